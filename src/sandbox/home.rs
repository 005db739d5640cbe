//! The front page, for whoever opens the sandbox's address.

use super::answer::Outcome;
use super::page;
use super::request::Request;
use super::route::Route;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[Route { method: "GET", path: "/", handler: home }];

fn home(state: &mut State, _: &Request) -> Outcome {
    Ok(page::home(&state.base))
}

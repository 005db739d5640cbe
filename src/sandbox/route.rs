//! One endpoint: when it is meant, and who answers.

use super::answer::Outcome;
use super::request::Request;
use super::state::State;

pub(crate) type Handler = fn(&mut State, &Request) -> Outcome;

pub(crate) struct Route {
    /// `*` stands for every method.
    pub(crate) method: &'static str,
    /// A segment `{name}` matches anything; the handler reads it with `request.capture("name")`.
    pub(crate) path: &'static str,
    pub(crate) handler: Handler,
}

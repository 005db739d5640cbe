//! Who am I.

use serde_json::json;

use super::answer::{Answer, Outcome};
use super::bearer;
use super::request::Request;
use super::route::Route;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[Route { method: "GET", path: "/me", handler: me }];

fn me(state: &mut State, request: &Request) -> Outcome {
    let person = bearer::check(state, request, &["profile", "email", "openid"])?;
    Ok(Answer::json(&json!({
        "sub": person.id,
        "email": person.email,
        "email_verified": true,
        "name": person.name,
        "workspace": person.workspace,
    }))
    .no_store())
}

//! Taking tokens back (RFC 7009) and asking about them (RFC 7662).

use hyper::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Outcome, Refusal, set};
use super::grants::Family;
use super::id_token::unix_seconds;
use super::request::Request;
use super::route::Route;
use super::scopes::Scopes;
use super::state::State;
use super::token::client;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/revoke", handler: revoke },
    Route { method: "POST", path: "/introspect", handler: introspect },
];

/// Either kind of token ends the whole family; a token nobody knows is already what the client wants it to be.
fn revoke(state: &mut State, request: &Request) -> Outcome {
    let form = request.oauth_form()?;
    let (client_id, _) = client(state, request, &form)?;
    let token = form.get("token").ok_or(Refusal::invalid_request("token is missing"))?;
    if let Some(id) = state.grants.family_of(token) {
        if state.grants.family(id).is_some_and(|family| family.client_id != client_id) {
            return Err(Refusal::bad("unauthorized_client", "this token belongs to another client"));
        }
        state.grants.end(id);
    }
    Ok(Answer::empty(StatusCode::OK).no_store())
}

fn introspect(state: &mut State, request: &Request) -> Outcome {
    let form = request.oauth_form()?;
    let (client_id, _) = client(state, request, &form)?;
    let token = form.get("token").ok_or(Refusal::invalid_request("token is missing"))?;
    let now = state.now();
    let mine = |family: &Family| family.client_id == client_id;
    let body =
        if let Some((access, family)) = state.grants.access(token, now).filter(|(_, family)| mine(family)) {
            let mut body = describe(family, &access.scopes);
            set(&mut body, "token_type", "Bearer");
            set(&mut body, "exp", unix_seconds() + access.expires.duration_since(now).as_secs());
            body
        } else if let Some(family) = state.grants.family_of_refresh(token).filter(|family| mine(family)) {
            describe(family, &family.granted)
        } else {
            json!({ "active": false })
        };
    Ok(Answer::json(&body).no_store())
}

fn describe(family: &Family, scopes: &Scopes) -> Value {
    json!({
        "active": true,
        "client_id": family.client_id,
        "sub": family.person.id,
        "username": family.person.email,
        "scope": scopes.join(" "),
    })
}

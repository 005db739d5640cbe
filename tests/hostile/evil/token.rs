//! The token endpoint: looks the mode up in the table and does what it says.

use serde_json::json;

use super::token_modes::{self, Does, Facts};
use super::wire::{self, Answer, Request};
use super::{Shared, canary, device};

pub(crate) fn answer(shared: &Shared, request: &Request, mode: &str) -> Answer {
    let mut state = shared.lock();
    if mode == "ok" && request.field("grant_type").as_deref() == Some(device::GRANT) {
        return device::poll(&mut state, request);
    }
    match token_modes::find(mode).map(|m| m.does) {
        // Nothing happens at the provider: what it says is a lie, and the stored grant must survive it.
        Some(Does::Says(say)) => {
            let document = state.grants.document(&canary("at"), &canary("rt"), "openid");
            say(&Facts::new(&state, document))
        }
        // The provider does its part (a refresh token may be spent), and only the answer is odd.
        Some(Does::Alters(alter)) => match state.grants.exchange(request) {
            Ok(document) => alter(&Facts::new(&state, document)),
            Err(refusal) => refused(refusal),
        },
        None => match state.grants.exchange(request) {
            Ok(document) => wire::json("200 OK", &document),
            Err(refusal) => refused(refusal),
        },
    }
}

fn refused((status, code): (&str, &str)) -> Answer {
    wire::json(status, &json!({"error": code, "error_description": "refused by the provider"}))
}

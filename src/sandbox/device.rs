//! Sign-in for machines without a browser (RFC 8628).

use serde_json::json;

use super::answer::{Answer, Outcome, Refusal};
use super::choice::{self, Choice};
use super::clients::DEVICE;
use super::consent::Decision;
use super::devices;
use super::page;
use super::request::Request;
use super::route::Route;
use super::scopes;
use super::state::State;
use super::token::client;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/device_authorization", handler: open },
    Route { method: "GET", path: "/device", handler: ask },
    Route { method: "POST", path: "/device/decision", handler: decided },
];

fn open(state: &mut State, request: &Request) -> Outcome {
    let form = request.oauth_form()?;
    let (client_id, client) = client(state, request, &form)?;
    if !client.may(DEVICE) {
        return Err(Refusal::bad("unauthorized_client", "this client did not register for this grant_type"));
    }
    let scopes = scopes::parse(form.get("scope").unwrap_or(scopes::DEFAULT));
    let scopes = scopes.ok_or(Refusal::bad("invalid_scope", "a scope is unknown"))?;
    let now = state.now();
    let (device_code, user_code) = state.devices.open(client_id, scopes, now);
    let verification = state.url("/device");
    Ok(Answer::json(&json!({
        "device_code": device_code,
        "user_code": user_code,
        "verification_uri": verification,
        "verification_uri_complete": format!("{verification}?user_code={user_code}"),
        "expires_in": devices::LIFE.as_secs(),
        "interval": devices::INTERVAL.as_secs(),
    }))
    .no_store())
}

fn ask(state: &mut State, request: &Request) -> Outcome {
    let Some(typed) = request.query.get("user_code") else {
        return Ok(page::user_code(None));
    };
    let now = state.now();
    let Some(device) = state.devices.waiting(typed, now) else {
        return Ok(page::user_code(Some(typed)));
    };
    let hint = request.query.get("login_hint");
    if let Some(decision) = state.consent.decide(&device.scopes, hint) {
        let answer = page::device_done(&decision);
        device.decide(decision);
        return Ok(answer);
    }
    let client = state.clients.get(&device.client_id);
    Ok(choice::page(&Choice {
        action: "/device/decision",
        key: &device.user_code,
        client: client.map_or("", |client| &client.name),
        scopes: &device.scopes,
        hint,
        redirect: None,
        user_code: Some(&device.user_code),
    }))
}

fn decided(state: &mut State, request: &Request) -> Outcome {
    let form = request.form()?;
    let now = state.now();
    let Some(device) = state.devices.waiting(form.get("key").unwrap_or_default(), now) else {
        return Ok(page::refused(
            "This sign-in is over, or it was answered before. Start it again on the device.",
        ));
    };
    let decision = Decision::from_form(&form, &device.scopes)?;
    let answer = page::device_done(&decision);
    device.decide(decision);
    Ok(answer)
}

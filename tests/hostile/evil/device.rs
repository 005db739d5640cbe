//! Sign-in by a code on another device (RFC 8628): the endpoint that gives the code, and what each poll is told.

use std::collections::VecDeque;

use serde_json::{Value, json};

use super::api::HOSTILE;
use super::wire::{self, Answer, Request};
use super::{State, canary};

pub(crate) const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";

#[derive(Default)]
pub(crate) struct Devices {
    /// The device code that is out.
    code: Option<String>,
    /// What the next polls are told: an error, `200:` before it where the status lies, `+N` behind it for an interval. When
    /// none is left, the person has said yes.
    pub(crate) polls: VecDeque<String>,
}

type Alter = fn(&mut Value);

pub(crate) const MODES: &[(&str, Alter)] = &[
    ("ok", |_| {}),
    ("device-complete", |d| {
        d["verification_uri_complete"] = json!(format!("{}?user_code=WDJB-MJHT", text(d)))
    }),
    // Google's name for it.
    ("device-url", |d| {
        d["verification_url"] = d["verification_uri"].take();
        d.as_object_mut().unwrap().remove("verification_uri");
    }),
    ("device-uri-js", |d| d["verification_uri"] = json!("javascript:alert(1)")),
    ("device-uri-file", |d| d["verification_uri"] = json!("file:///etc/passwd")),
    ("device-complete-js", |d| d["verification_uri_complete"] = json!("javascript:alert(1)")),
    ("device-usercode-ansi", |d| d["user_code"] = json!(HOSTILE)),
    ("device-interval-0", |d| d["interval"] = json!(0)),
    ("device-interval-missing", |d| drop(d.as_object_mut().unwrap().remove("interval"))),
    ("device-interval-string", |d| d["interval"] = json!("1")),
    ("device-expires-1", |d| d["expires_in"] = json!(1)),
    // GitHub's refusal has status 200.
    ("device-disabled", |d| *d = json!({"error": "device_flow_disabled", "error_description": "enable it"})),
    ("device-unauthorized", |d| *d = json!({"error": "unauthorized_client"})),
    ("device-no-code", |d| drop(d.as_object_mut().unwrap().remove("device_code"))),
];

fn text(document: &Value) -> String {
    document["verification_uri"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn answer(state: &mut State, mode: &str) -> Answer {
    let code = canary("dc");
    state.devices.code = Some(code.clone());
    let mut document = json!({
        "device_code": code,
        "user_code": "WDJB-MJHT",
        "verification_uri": format!("{}/activate", state.base),
        "expires_in": 300,
        "interval": 1,
    });
    if let Some((_, alter)) = MODES.iter().find(|(name, _)| *name == mode) {
        alter(&mut document);
    }
    let status = if mode == "device-unauthorized" { "400 Bad Request" } else { "200 OK" };
    wire::json(status, &document)
}

pub(crate) fn poll(state: &mut State, request: &Request) -> Answer {
    if state.devices.code.is_none() || request.field("device_code") != state.devices.code {
        return wire::json("400 Bad Request", &json!({"error": "invalid_grant"}));
    }
    let Some(told) = state.devices.polls.pop_front() else {
        state.devices.code = None;
        let (access, refresh) = state.grants.mint("openid");
        return wire::json("200 OK", &state.grants.document(&access, &refresh, "openid"));
    };
    let (status, told) = match told.strip_prefix("200:") {
        Some(told) => ("200 OK", told),
        None => ("400 Bad Request", told.as_str()),
    };
    let (error, interval) = told.split_once('+').unwrap_or((told, ""));
    let mut document = json!({"error": error});
    if let Ok(interval) = interval.parse::<u64>() {
        document["interval"] = json!(interval);
    }
    wire::json(status, &document)
}

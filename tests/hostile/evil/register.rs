//! Dynamic client registration (RFC 7591), honest or not.

use serde_json::{Value, json};

use super::wire::{self, Answer, Request};
use super::{State, canary};

pub(crate) const MODES: &[&str] = &[
    "ok",
    "reg-secret",
    "reg-secret-ends",
    "reg-secret-ended",
    "reg-no-secret",
    "reg-no-id",
    "reg-wrong-types",
    "reg-other-redirect",
    "reg-other-auth-method",
    "reg-error",
    "reg-closed",
    "reg-html",
    "reg-redirect-other",
];

pub(crate) fn answer(state: &mut State, request: &Request, mode: &str) -> Answer {
    let asked: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    // No id is given twice.
    let id = match &state.grants.client {
        Some((before, _)) if before.starts_with("registered-client") => format!("{before}-again"),
        _ => "registered-client".to_owned(),
    };
    let mut document = json!({
        "client_id": id,
        "redirect_uris": asked["redirect_uris"],
        "token_endpoint_auth_method": asked["token_endpoint_auth_method"],
        "grant_types": asked["grant_types"],
    });
    match mode {
        "reg-secret" => {
            let secret = canary("cs");
            document["client_secret"] = json!(secret);
            state.grants.client = Some((id, secret));
        }
        "reg-secret-ends" | "reg-secret-ended" => {
            let secret = canary("cs");
            document["client_secret"] = json!(secret);
            let ends = if mode == "reg-secret-ends" { 4_000_000_000_u64 } else { 1 };
            document["client_secret_expires_at"] = json!(ends);
            state.grants.client = Some((id, secret));
        }
        "reg-no-secret" => document["token_endpoint_auth_method"] = json!("client_secret_basic"),
        "reg-no-id" => document["client_id"] = json!(""),
        "reg-wrong-types" => document["redirect_uris"] = json!("http://127.0.0.1/callback"),
        "reg-closed" => return wire::http("401 Unauthorized", &[], ""),
        "reg-redirect-other" => {
            return wire::http("307 Temporary Redirect", &[("Location", &format!("{}/r", state.other))], "");
        }
        "reg-other-redirect" => document["redirect_uris"] = json!([format!("{}/callback", state.other)]),
        "reg-other-auth-method" => document["token_endpoint_auth_method"] = json!("private_key_jwt"),
        "reg-error" => {
            let error = json!({"error": "invalid_client_metadata", "error_description": "no"});
            return wire::json("400 Bad Request", &error);
        }
        "reg-html" => return wire::http("200 OK", &[("Content-Type", "text/html")], "<html>hello</html>"),
        _ => {}
    }
    wire::json("201 Created", &document)
}

//! What a client can find out by itself: RFC 8414, and the same for OpenID Connect.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome, set};
use super::clients::GRANT_TYPES;
use super::request::Request;
use super::route::Route;
use super::scopes::SCOPES;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/.well-known/oauth-authorization-server", handler: oauth },
    Route { method: "GET", path: "/.well-known/openid-configuration", handler: openid },
    Route { method: "GET", path: "/jwks", handler: keys },
];

fn oauth(state: &mut State, _: &Request) -> Outcome {
    Ok(Answer::json(&metadata(state)))
}

fn openid(state: &mut State, _: &Request) -> Outcome {
    let mut document = metadata(state);
    set(&mut document, "userinfo_endpoint", state.url("/me"));
    set(&mut document, "subject_types_supported", json!(["public"]));
    set(&mut document, "id_token_signing_alg_values_supported", json!(["none"]));
    set(&mut document, "claims_supported", json!(["sub", "email", "email_verified", "name"]));
    Ok(Answer::json(&document))
}

/// Empty, since nothing here is signed.
fn keys(_: &mut State, _: &Request) -> Outcome {
    Ok(Answer::json(&json!({ "keys": [] })))
}

fn metadata(state: &State) -> Value {
    json!({
        "issuer": state.base,
        "authorization_endpoint": state.url("/authorize"),
        "token_endpoint": state.url("/token"),
        "revocation_endpoint": state.url("/revoke"),
        "introspection_endpoint": state.url("/introspect"),
        "registration_endpoint": state.url("/register"),
        "device_authorization_endpoint": state.url("/device_authorization"),
        "jwks_uri": state.url("/jwks"),
        "service_documentation": state.url("/"),
        "scopes_supported": SCOPES.iter().map(|scope| scope.name).collect::<Vec<_>>(),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": GRANT_TYPES,
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "revocation_endpoint_auth_methods_supported": ["none"],
        "introspection_endpoint_auth_methods_supported": ["none"],
        "prompt_values_supported": ["none"],
        "authorization_response_iss_parameter_supported": true,
    })
}

//! `/.well-known/…`: the metadata document, and the ways in which it can lie.

use serde_json::{Value, json};

use super::State;
use super::wire::{self, Answer, Request};

pub(crate) const MODES: &[&str] = &[
    "ok",
    "iss-announced",
    "registration",
    "par-required",
    "disc-no-s256",
    "disc-plain-only",
    "disc-issuer-mismatch",
    "disc-authz-js",
    "disc-authz-file",
    "disc-authz-flag",
    "disc-authz-shell",
    "disc-authz-userinfo",
    "disc-token-other",
    "disc-http-endpoints",
    "disc-no-token",
    "disc-no-issuer",
    "disc-wrong-types",
    "disc-array",
    "disc-twice",
    "disc-truncated",
    "disc-deep",
    "disc-flood",
    "disc-par-nowhere",
    "disc-register-other",
    "disc-ansi",
    "disc-key-only",
    "at-oidc",
    "at-rfc8414",
    "at-oidc-inserted",
    "at-rfc8414-appended",
    "registration-post",
    "disc-html",
    "disc-404",
    "disc-redirect-other",
];

pub(crate) fn answer(state: &State, request: &Request, mode: &str) -> Answer {
    let (base, other) = (&state.base, &state.other);
    let mut document = json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/authorize"),
        "token_endpoint": format!("{base}/token"),
        "revocation_endpoint": format!("{base}/revoke"),
        "userinfo_endpoint": format!("{base}/me"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none", "client_secret_basic"],
        "scopes_supported": ["openid"],
    });
    let place = match mode {
        "at-oidc" => "/tenant/.well-known/openid-configuration",
        "at-rfc8414" => "/.well-known/oauth-authorization-server/tenant",
        "at-oidc-inserted" => "/.well-known/openid-configuration/tenant",
        "at-rfc8414-appended" => "/tenant/.well-known/oauth-authorization-server",
        _ => "",
    };
    if !place.is_empty() {
        if request.path != place {
            return wire::http("404 Not Found", &[], "");
        }
        document["issuer"] = json!(format!("{base}/tenant"));
    }
    let mut set = |key: &str, value: Value| document[key] = value;
    match mode {
        "disc-no-token" => set("token_endpoint", Value::Null),
        "disc-no-issuer" => set("issuer", Value::Null),
        "disc-wrong-types" => set("token_endpoint", json!([format!("{base}/token")])),
        "disc-array" => document = json!([document]),
        "disc-twice" => {
            let text = document.to_string();
            let again = format!("{{\"issuer\":\"{other}\",{}", &text[1..]);
            return wire::http("200 OK", &[wire::JSON], again);
        }
        "disc-truncated" => {
            let text = document.to_string();
            return wire::http("200 OK", &[wire::JSON], &text[..text.len() / 2]);
        }
        "disc-deep" => return wire::http("200 OK", &[wire::JSON], "[".repeat(100_000)),
        "disc-flood" => {
            let head =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[".to_vec();
            return Answer::Flood(head, b"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,".repeat(1024), 64 << 20);
        }
        "disc-par-nowhere" => set("require_pushed_authorization_requests", json!(true)),
        "disc-register-other" => set("registration_endpoint", json!(format!("{other}/register"))),
        "disc-ansi" => set("issuer", json!(super::api::HOSTILE)),
        "disc-key-only" => {
            set("registration_endpoint", json!(format!("{base}/register")));
            document["token_endpoint_auth_methods_supported"] = json!(["private_key_jwt"]);
        }
        "registration-post" => {
            set("registration_endpoint", json!(format!("{base}/register")));
            document["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
        }
        "iss-announced" => set("authorization_response_iss_parameter_supported", json!(true)),
        "par-required" => {
            set("pushed_authorization_request_endpoint", json!(format!("{base}/par")));
            document["require_pushed_authorization_requests"] = json!(true);
        }
        "registration" => set("registration_endpoint", json!(format!("{base}/register"))),
        "disc-no-s256" => set("code_challenge_methods_supported", Value::Null),
        "disc-plain-only" => set("code_challenge_methods_supported", json!(["plain"])),
        "disc-issuer-mismatch" => set("issuer", json!(other)),
        "disc-authz-js" => set("authorization_endpoint", json!("javascript:alert(1)")),
        "disc-authz-file" => set("authorization_endpoint", json!("file:///etc/passwd")),
        "disc-authz-flag" => set("authorization_endpoint", json!("--incognito")),
        "disc-authz-shell" => {
            set("authorization_endpoint", json!("http://127.0.0.1/;touch$IFS/tmp/evil-pwned"))
        }
        "disc-authz-userinfo" => {
            set(
                "authorization_endpoint",
                json!(base.replace("http://", "http://accounts.example@") + "/authorize"),
            );
        }
        "disc-token-other" => set("token_endpoint", json!(format!("{other}/token"))),
        "disc-http-endpoints" => set("token_endpoint", json!("http://evil.invalid/token")),
        "disc-html" => return wire::http("200 OK", &[("Content-Type", "text/html")], "<html>hello</html>"),
        "disc-404" => return wire::http("404 Not Found", &[], ""),
        "disc-redirect-other" => {
            return wire::http("302 Found", &[("Location", &format!("{other}/metadata"))], "");
        }
        _ => {}
    }
    wire::json("200 OK", &document)
}

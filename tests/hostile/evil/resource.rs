//! A protected resource (RFC 9728) at `/mcp`, which says who gives tokens for it, honestly or not.

use serde_json::json;

use super::State;
use super::wire::{self, Answer, Request};

pub(crate) const MODES: &[&str] = &[
    "ok",
    "challenge",
    "challenge-other",
    "challenge-garbage",
    "root",
    "absent",
    "first-is-dead",
    "all-dead",
    "other-resource",
    "other-path",
    "no-resource",
    "no-servers",
    "server-js",
    "server-http",
    "server-userinfo",
    "wrong-types",
    "array",
    "html",
    "truncated",
    "deep",
    "flood",
    "redirect-other",
];

const PLACE: &str = "/.well-known/oauth-protected-resource";

pub(crate) fn metadata(state: &State, request: &Request, mode: &str) -> Answer {
    let (base, other) = (&state.base, &state.other);
    let mut document = json!({
        "resource": format!("{base}/mcp"),
        "authorization_servers": [base],
        "scopes_supported": ["mcp:read"],
    });
    let asked = request.path.as_str();
    let of_path = asked == format!("{PLACE}/mcp");
    match mode {
        "challenge" | "challenge-other" | "challenge-garbage" if asked != "/meta" => {
            return wire::http("404 Not Found", &[], "");
        }
        "root" if of_path => return wire::http("404 Not Found", &[], ""),
        "root" => document["resource"] = json!(base),
        "absent" => return wire::http("404 Not Found", &[], ""),
        "first-is-dead" => document["authorization_servers"] = json!([format!("{base}/dead"), base]),
        "all-dead" => document["authorization_servers"] = json!([format!("{base}/dead")]),
        "other-resource" => document["resource"] = json!(format!("{other}/mcp")),
        "other-path" => document["resource"] = json!(format!("{base}/mcp/admin")),
        "no-resource" => drop(document.as_object_mut().unwrap().remove("resource")),
        "no-servers" => document["authorization_servers"] = json!([]),
        "server-js" => document["authorization_servers"] = json!(["javascript:alert(1)"]),
        "server-http" => document["authorization_servers"] = json!(["http://evil.invalid"]),
        "server-userinfo" => {
            document["authorization_servers"] = json!([base.replace("http://", "http://a.example@")]);
        }
        "wrong-types" => document["authorization_servers"] = json!({"one": base}),
        "array" => document = json!([document]),
        "html" => return wire::http("200 OK", &[("Content-Type", "text/html")], "<html>hello</html>"),
        "truncated" => {
            let text = document.to_string();
            return wire::http("200 OK", &[wire::JSON], &text[..text.len() / 2]);
        }
        "deep" => return wire::http("200 OK", &[wire::JSON], "[".repeat(100_000)),
        "flood" => {
            let head =
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[".to_vec();
            return Answer::Flood(head, b"0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,".repeat(1024), 64 << 20);
        }
        "redirect-other" => {
            return wire::http("302 Found", &[("Location", &format!("{other}{asked}"))], "");
        }
        _ => {}
    }
    wire::json("200 OK", &document)
}

/// The resource itself, asked without a token.
pub(crate) fn knock(state: &State, mode: &str) -> Answer {
    let challenge = match mode {
        "challenge" => format!("Bearer resource_metadata=\"{}/meta\", scope=\"mcp:write\"", state.base),
        "challenge-other" => format!("Bearer resource_metadata=\"{}/meta\"", state.other),
        "challenge-garbage" => "Bearer resource_metadata=\"http".to_owned(),
        _ => "Bearer".to_owned(),
    };
    wire::http("401 Unauthorized", &[("WWW-Authenticate", &challenge)], "")
}

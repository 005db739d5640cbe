//! `/me`, `/api/…` and `/revoke`.

use serde_json::json;

use super::State;
use super::wire::{self, Answer, JSON, Request};

pub(crate) const MODES: &[&str] = &[
    "ok",
    "401",
    "403",
    "http-500",
    "http-503",
    "http-404",
    "hang",
    "hostile",
    "other-account",
    "html",
    "redirect-other",
    "429",
    "null",
    "deep",
    "echo-auth",
    "huge",
];

/// Escape sequences, controls, a line that looks like a workflow command, and text that runs backwards.
pub(crate) const HOSTILE: &str = "\u{1b}[31mred\u{1b}[0m\u{1b}]8;;http://evil.invalid\u{7}link\u{1b}]52;c;aGk=\u{7}\u{90}dcs\u{9c}\u{85}\u{7f}\
     \u{202e}rtl\u{2066}iso\u{2069}\r\n::set-output name=x::pwned\n::add-mask::a\u{0}end";

pub(crate) fn me(state: &State, request: &Request, mode: &str) -> Answer {
    let allowed = request.bearer().is_some_and(|token| state.grants.is_live(token));
    if let Some(answer) = failure(state, request, mode) {
        return answer;
    }
    if !allowed {
        return unauthorized();
    }
    let (id, email, org) = &state.grants.account;
    match mode {
        "hostile" => wire::json("200 OK", &json!({"sub": id, "email": HOSTILE, "org": {"name": HOSTILE}})),
        "other-account" => wire::json("200 OK", &json!({"sub": "sub-2", "email": "eve@example.com"})),
        "null" => wire::json("200 OK", &json!({"sub": null, "email": null, "org": null})),
        _ => wire::json("200 OK", &json!({"sub": id, "email": email, "org": {"name": org}})),
    }
}

pub(crate) fn answer(state: &State, request: &Request, mode: &str) -> Answer {
    if let Some(answer) = failure(state, request, mode) {
        return answer;
    }
    if request.bearer().is_some_and(|token| state.grants.is_live(token)) {
        return wire::json("200 OK", &json!({"path": request.path, "ok": true}));
    }
    unauthorized()
}

pub(crate) fn revoke(state: &mut State, request: &Request, mode: &str) -> Answer {
    if let Some(answer) = failure(state, request, mode) {
        return answer;
    }
    let token = request.field("token").unwrap_or_default();
    for family in &mut state.grants.families {
        if family.current == token || family.spent.contains(&token) {
            family.revoked = true;
        }
    }
    state.grants.live.retain(|live| *live != token);
    wire::http("200 OK", &[], "")
}

fn failure(state: &State, request: &Request, mode: &str) -> Option<Answer> {
    Some(match mode {
        "401" => unauthorized(),
        "403" => wire::json("403 Forbidden", &json!({"error": {"message": "forbidden"}})),
        "http-500" => wire::http("500 Internal Server Error", &[], "oops"),
        "http-503" => wire::http("503 Service Unavailable", &[], ""),
        "http-404" => wire::http("404 Not Found", &[], ""),
        "429" => wire::http("429 Too Many Requests", &[("Retry-After", "99999")], ""),
        "hang" => Answer::Hang,
        "html" => wire::http("200 OK", &[("Content-Type", "text/html")], "<html>captive portal</html>"),
        "deep" => wire::http("200 OK", &[JSON], "[".repeat(100_000)),
        "huge" => Answer::Flood(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n\"".to_vec(),
            vec![b'x'; 64 * 1024],
            64 << 20,
        ),
        "redirect-other" => wire::http("302 Found", &[("Location", &format!("{}/stolen", state.other))], ""),
        // A server that repeats what it was sent: the token must not come back out.
        "echo-auth" => {
            let echo = request.header("authorization").unwrap_or_default();
            wire::json("400 Bad Request", &json!({"error": {"message": format!("bad request: {echo}")}}))
        }
        _ => return None,
    })
}

pub(super) fn unauthorized() -> Answer {
    wire::http("401 Unauthorized", &[JSON, ("WWW-Authenticate", "Bearer error=\"invalid_token\"")], "{}")
}

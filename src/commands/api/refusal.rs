//! Which answers are failures, and of what kind.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};

use crate::clock;
use crate::http::{Answer, retry_after};
use crate::providers::{Answered, Provider, judge};
use crate::vault::Secret;

/// `None`: the provider did what was asked.
pub(super) fn of(provider: &Provider, token: &Secret, answer: &Answer) -> Option<Answered> {
    let body = answer.json().unwrap_or(Value::Null);
    let says_no = provider.ok_field.as_ref().is_some_and(|field| body.get(field) == Some(&json!(false)));
    // 304 is what a conditional request hopes for.
    let is_fine = answer.status.is_success() || answer.status.as_u16() == 304;
    if is_fine && !says_no {
        return None;
    }
    if lacks_scope(&answer.headers) {
        return Some(Answered::MissingScope { words: "insufficient_scope".into() });
    }
    let after = retry_after(&answer.headers, clock::now());
    let code = provider.error.code.text(&body).unwrap_or_default();
    Some(match judge(provider, token, answer.status, &body, after) {
        // Asking who one is needs next to no scope; any other call may be forbidden for many reasons.
        Answered::MissingScope { words } if !provider.error.missing_scope.contains(&code) => {
            Answered::Refused { words }
        }
        // A path that is not there says nothing about the token.
        Answered::Rejected { words } if answer.status.as_u16() == 404 => Answered::Refused { words },
        other => other,
    })
}

/// RFC 6750 §3.1.
fn lacks_scope(headers: &HeaderMap) -> bool {
    headers.get_all(WWW_AUTHENTICATE).iter().any(|value| {
        value.to_str().is_ok_and(|text| {
            text.contains("error=\"insufficient_scope\"") || text.contains("error=insufficient_scope")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;

    fn answer(status: u16, body: &str) -> Answer {
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers: HeaderMap::new(), body: body.as_bytes().to_vec() }
    }

    fn provider() -> Provider {
        toml::from_str(
            "title = \"X\"\nok-field = \"ok\"\n[error]\ncode = \"error\"\nreconnect = [\"gone\", \"404\"]\nmissing-scope = [\"scope\"]",
        )
        .unwrap()
    }

    #[test]
    fn refusals_are_told_apart() {
        let provider = provider();
        let of = |status, body: &str| of(&provider, &Secret::new("token"), &answer(status, body));
        assert!(of(200, "{\"ok\":true}").is_none() && of(204, "").is_none() && of(304, "").is_none());
        assert!(matches!(of(200, "{\"ok\":false,\"error\":\"nope\"}"), Some(Answered::Refused { .. })));
        assert!(matches!(of(200, "{\"ok\":false,\"error\":\"gone\"}"), Some(Answered::Rejected { .. })));
        assert!(matches!(of(401, ""), Some(Answered::Rejected { .. })));
        assert!(matches!(of(403, "{\"error\":\"scope\"}"), Some(Answered::MissingScope { .. })));
        assert!(matches!(of(403, "{\"error\":\"other\"}"), Some(Answered::Refused { .. })));
        assert!(matches!(of(404, "{\"error\":\"404\"}"), Some(Answered::Refused { .. })));
        assert!(matches!(of(429, ""), Some(Answered::Later { status: 429, .. })));
        assert!(matches!(of(503, "<html>"), Some(Answered::Later { status: 503, .. })));
        assert!(matches!(of(302, ""), Some(Answered::Refused { .. })));
    }

    #[test]
    fn the_challenge_of_rfc_6750_names_a_missing_scope() {
        let mut refused = answer(403, "");
        refused
            .headers
            .insert(WWW_AUTHENTICATE, "Bearer realm=\"x\", error=\"insufficient_scope\"".parse().unwrap());
        assert!(matches!(
            of(&provider(), &Secret::new("token"), &refused),
            Some(Answered::MissingScope { .. })
        ));
    }
}

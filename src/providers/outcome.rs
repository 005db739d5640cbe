//! Which answers are failures, and of what kind.

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;
use serde_json::Value;

use super::{Answered, Paths, Provider, Refusal, judge, refuses};
use crate::http::Answer;
use crate::vault::Secret;

/// `None`: the provider did what was asked.
pub(crate) fn failure(provider: &Provider, token: &Secret, answer: &Answer) -> Option<Answered> {
    let body = answer.json().unwrap_or(Value::Null);
    // 304 is what a conditional request hopes for.
    let is_fine =
        answer.status.as_u16() == 304 || !refuses(provider, answer.status, &body, &Paths::default());
    if is_fine && !graphql_failed(provider, &body) {
        return None;
    }
    Some(match judge(provider, token, answer, &body) {
        Answered::Rejected(refusal) | Answered::MissingScope(refusal) | Answered::Refused(refusal)
            if lacks_scope(&answer.headers) =>
        {
            Answered::MissingScope(Refusal { words: "insufficient_scope".into(), ..refusal })
        }
        // Asking who one is needs next to no scope; any other call may be forbidden for many reasons.
        Answered::MissingScope(refusal) if !refusal.is_in(&provider.error.missing_scope) => {
            Answered::Refused(refusal)
        }
        // A path that is not there says nothing about the token.
        Answered::Rejected(refusal) if answer.status.as_u16() == 404 => Answered::Refused(refusal),
        other => other,
    })
}

/// GraphQL (spec §7.1): `errors` is there, and not empty, exactly where something failed.
fn graphql_failed(provider: &Provider, body: &Value) -> bool {
    provider.whoami.as_ref().is_some_and(|whoami| whoami.body.is_some())
        && body.get("errors").and_then(Value::as_array).is_some_and(|errors| !errors.is_empty())
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
        let of = |status, body: &str| failure(&provider, &Secret::new("token"), &answer(status, body));
        assert!(of(200, "{\"ok\":true}").is_none() && of(204, "").is_none() && of(304, "").is_none());
        assert!(matches!(of(200, "{\"ok\":false,\"error\":\"nope\"}"), Some(Answered::Refused(_))));
        assert!(matches!(of(200, "{\"ok\":false,\"error\":\"gone\"}"), Some(Answered::Rejected(_))));
        assert!(matches!(of(401, ""), Some(Answered::Rejected(_))));
        assert!(matches!(of(403, "{\"error\":\"scope\"}"), Some(Answered::MissingScope(_))));
        assert!(matches!(of(403, "{\"error\":\"other\"}"), Some(Answered::Refused(_))));
        assert!(matches!(of(404, "{\"error\":\"404\"}"), Some(Answered::Refused(_))));
        assert!(matches!(of(429, ""), Some(Answered::Later { status: 429, .. })));
        assert!(matches!(of(503, "<html>"), Some(Answered::Later { status: 503, .. })));
        assert!(matches!(of(302, ""), Some(Answered::Refused(_))));
    }

    #[test]
    fn the_challenge_of_rfc_6750_names_a_missing_scope() {
        let mut refused = answer(403, "");
        refused
            .headers
            .insert(WWW_AUTHENTICATE, "Bearer realm=\"x\", error=\"insufficient_scope\"".parse().unwrap());
        assert!(matches!(
            failure(&provider(), &Secret::new("token"), &refused),
            Some(Answered::MissingScope(_))
        ));
    }
}

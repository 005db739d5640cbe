//! What an answer of a provider's API means, whoever asked.

use http::StatusCode;
use serde_json::{Value, json};

use super::rate::{is_limited, later_at};
use super::{Paths, Provider, Refusal};
use crate::clock;
use crate::http::Answer;
use crate::vault::{Identity, Secret};

#[derive(Debug)]
pub(crate) enum Answered {
    /// The token works; scopes where the answer names them.
    As { identity: Identity, scopes: Option<Vec<String>> },
    /// The token is no longer good (401, or a code that means it).
    Rejected(Refusal),
    /// It is good and may not do this.
    MissingScope(Refusal),
    /// Try later, from then on (unix seconds) where the provider says. 429 stands for every way of saying: not so
    /// fast; any other status: it is down. `words`: what it says of it, if anything.
    Later { status: u16, at: Option<i64>, words: String },
    /// Any other refusal.
    Refused(Refusal),
    /// The provider offers no such call.
    Unknown,
}

/// The status of an answer that means: not so fast.
pub(crate) const LIMITED: u16 = 429;

/// Whether this answer is a refusal, whatever its status. GraphQL refuses with status 200: then a code is there, and
/// what was asked for (`expected`) is not. Either alone proves nothing.
pub(crate) fn refuses(provider: &Provider, status: StatusCode, body: &Value, expected: &Paths) -> bool {
    let says_no = provider.ok_field.as_ref().is_some_and(|field| body.get(field) == Some(&json!(false)));
    let came_to_nothing = || {
        !expected.0.is_empty()
            && expected.text(body).is_none()
            && provider.error.code.text(body).is_some_and(|code| code != "0" && code != "false")
    };
    !status.is_success() || says_no || came_to_nothing()
}

/// What a refusal means.
pub(crate) fn judge(provider: &Provider, token: &Secret, answer: &Answer, body: &Value) -> Answered {
    let (status, now) = (answer.status, clock::now());
    let mut refusal = Refusal::read(provider, body, &[token.expose()]);
    let own_words = Some(&refusal.words).filter(|words| **words != refusal.code).cloned().unwrap_or_default();
    if refusal.words.is_empty() {
        refusal.words = format!("status {}", status.as_u16());
    }
    let limited = is_limited(provider, status, &answer.headers, [&refusal.detail, &refusal.code], now);
    let at = || later_at(provider, limited, &answer.headers, body, now);
    let lists = &provider.error;
    let is_named = refusal.is_in(&lists.missing_scope);
    match status.as_u16() {
        _ if limited => Answered::Later { status: LIMITED, at: at(), words: own_words },
        500..=599 | 408 => Answered::Later { status: status.as_u16(), at: at(), words: own_words },
        // A finer code that the file explains is not what the coarse one usually means.
        _ if is_named && !is_explained(provider, &refusal) => Answered::MissingScope(refusal),
        401 => Answered::Rejected(refusal),
        _ if refusal.is_in(&lists.reconnect) => Answered::Rejected(refusal),
        403 if refusal.link.is_none()
            && !lists.words.contains_key(&refusal.code)
            && !is_explained(provider, &refusal) =>
        {
            Answered::MissingScope(refusal)
        }
        300..=399 => {
            refusal.words = format!("it redirects (status {})", status.as_u16());
            Answered::Refused(refusal)
        }
        _ => Answered::Refused(refusal),
    }
}

/// The finer code has words of its own and is not itself the code of a missing scope: `SERVICE_DISABLED` below
/// `PERMISSION_DENIED`.
fn is_explained(provider: &Provider, refusal: &Refusal) -> bool {
    provider.error.words.contains_key(&refusal.detail)
        && !provider.error.missing_scope.contains(&refusal.detail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderMap;

    fn provider() -> Provider {
        toml::from_str(
            "title = \"X\"\n[error]\ncode = [\"errors.0.extensions.code\", \"error.status\"]
             detail = \"error.details.0.reason\"\nlink = \"error.details.*.links.*.url\"
             missing-scope = [\"PERMISSION_DENIED\"]\nreconnect = [\"AUTHENTICATION_ERROR\"]
             rate-limited = [\"RATELIMITED\"]\nblocked = [\"for_good\"]\n[error.words]\nSERVICE_DISABLED = \"the API is not enabled\"",
        )
        .unwrap()
    }

    fn verdict(status: u16, body: Value) -> Answered {
        let status = StatusCode::from_u16(status).unwrap();
        let answer = Answer { status, headers: HeaderMap::new(), body: Vec::new() };
        judge(&provider(), &Secret::new("token"), &answer, &body)
    }

    #[test]
    fn graphql_refuses_with_any_status() {
        let error = |code: &str| json!({"data": null, "errors": [{"extensions": {"code": code}}]});
        for status in [200, 400] {
            assert!(matches!(verdict(status, error("AUTHENTICATION_ERROR")), Answered::Rejected(_)));
            assert!(matches!(verdict(status, error("RATELIMITED")), Answered::Later { status: 429, .. }));
            assert!(matches!(verdict(status, error("OTHER")), Answered::Refused(_)));
        }
        let id = Paths(vec!["data.viewer.id".into()]);
        let refused = |body: &Value| refuses(&provider(), StatusCode::OK, body, &id);
        assert!(refused(&error("OTHER")));
        let partly = json!({"data": {"viewer": {"id": "1"}}, "errors": [{"extensions": {"code": "OTHER"}}]});
        assert!(!refused(&partly), "what was asked for is there");
        assert!(!refused(&json!({"data": {"viewer": null}})), "no code: odd, and no refusal");
        assert!(!refuses(&provider(), StatusCode::OK, &error("OTHER"), &Paths::default()));
    }

    #[test]
    fn a_limit_that_no_waiting_lifts_is_a_refusal() {
        let slow =
            |reason: &str| json!({"error": {"status": "RATELIMITED", "details": [{"reason": reason}]}});
        assert!(matches!(verdict(429, slow("for_good")), Answered::Refused(_)));
        let Answered::Later { words, .. } = verdict(429, slow("SERVICE_DISABLED")) else {
            panic!("not later")
        };
        assert!(words.starts_with("the API is not enabled"), "{words}");
    }

    #[test]
    fn a_switched_off_api_is_no_missing_scope() {
        let error = |reason: &str| {
            json!({"error": {"status": "PERMISSION_DENIED", "details": [{"reason": reason},
                {"links": [{"url": "https://console.example/enable"}]}]}})
        };
        let Answered::Refused(refusal) = verdict(403, error("SERVICE_DISABLED")) else {
            panic!("not refused")
        };
        assert_eq!(refusal.link.as_deref(), Some("https://console.example/enable"));
        assert!(refusal.words.starts_with("the API is not enabled"));
        assert!(matches!(verdict(403, error("ACCESS_TOKEN_SCOPE_INSUFFICIENT")), Answered::MissingScope(_)));
        assert!(matches!(verdict(403, json!({})), Answered::MissingScope(_)));
    }
}

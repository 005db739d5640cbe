//! What a refusal means: sign in again, try later, or neither (RFC 5530, RFC 9051 §7.1, and what large servers say).

use super::ImapError;
use super::reply::{Status, Word};
use crate::output::sanitise::{excerpt, masked};
use crate::vault::Secret;

/// It will pass.
const LATER: &[&str] = &["UNAVAILABLE", "INUSE", "SERVERBUG", "CORRUPTION"];
/// It will pass, sooner where less is asked.
const LIMITED: &[&str] = &["LIMIT", "THROTTLED", "OVERQUOTA"];
/// Where a server has no code for it, or Gmail's `ALERT`, which stands for anything.
const LATER_WORDS: &[&str] = &["too many", "try again", "temporar", "unavailable", "bandwidth"];

pub(super) fn is_later(status: &Status) -> bool {
    LATER.contains(&status.code.as_str())
        || is_limited(status)
        || (is_vague(status) && says(status, LATER_WORDS))
}

fn is_limited(status: &Status) -> bool {
    LIMITED.contains(&status.code.as_str())
        || (is_vague(status) && says(status, &["too many", "bandwidth", "rate limit"]))
}

fn is_vague(status: &Status) -> bool {
    matches!(status.code.as_str(), "" | "ALERT")
}

fn says(status: &Status, words: &[&str]) -> bool {
    let text = status.text.to_lowercase();
    words.iter().any(|word| text.contains(word))
}

/// After a login. `told`: why, from a challenge.
pub(super) fn of_login(host: &str, status: &Status, told: Option<&str>, secret: &Secret) -> ImapError {
    let host = host.to_owned();
    let mut words = words(status);
    if let Some(told) = told {
        words = format!("{words} ({})", excerpt(told));
    }
    // A server may repeat what it was sent. A password can be shorter than what is masked elsewhere.
    words = masked(&words, [secret.expose()]);
    if secret.expose().len() >= 4 {
        words = words.replace(secret.expose(), "***");
    }
    match status.word {
        _ if is_later(status) => ImapError::Later { host, words, limited: is_limited(status) },
        Word::Bad => ImapError::Refused { host, words },
        Word::Bye if is_vague(status) => ImapError::Later { host, words, limited: false },
        _ => ImapError::Rejected { host, words },
    }
}

/// After anything else.
pub(super) fn of_command(host: &str, status: &Status) -> ImapError {
    match status.word {
        Word::Bye => of_goodbye(host, status),
        _ if is_later(status) => of_goodbye(host, status),
        _ => ImapError::Refused { host: host.to_owned(), words: words(status) },
    }
}

/// A server that ends the conversation has its reasons, and they pass.
pub(super) fn of_goodbye(host: &str, status: &Status) -> ImapError {
    ImapError::Later { host: host.to_owned(), words: words(status), limited: is_limited(status) }
}

/// The server's own words, made harmless, with its code.
fn words(status: &Status) -> String {
    match (status.code.as_str(), status.text.as_str()) {
        ("", "") => "it does not say why".to_owned(),
        ("" | "ALERT", text) => excerpt(text),
        (code, "") => excerpt(code),
        (code, text) => excerpt(&format!("{text} ({code})")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::reply::{Reply, read};
    use super::*;

    fn verdict(line: &str) -> ImapError {
        let Some(Reply::Status(status)) = read(line) else { panic!("{line}") };
        of_login("h", &status, None, &Secret::new("hunter2"))
    }

    #[test]
    fn only_some_refusals_mean_sign_in_again() {
        for line in [
            "a1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)",
            "a1 NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)",
            "a1 NO [EXPIRED] Password expired",
            "a1 NO [AUTHORIZATIONFAILED] not yours",
            "a1 NO [CONTACTADMIN] switched off",
            "a1 NO LOGIN failed.",
            "* BYE [AUTHENTICATIONFAILED] go away",
        ] {
            assert!(matches!(verdict(line), ImapError::Rejected { .. }), "{line}");
        }
        for line in [
            "a1 NO [UNAVAILABLE] Temporary authentication failure.",
            "a1 NO [LIMIT] Rate limit hit.",
            "a1 NO [ALERT] Too many simultaneous connections. (Failure)",
            "a1 NO [THROTTLED] slow",
            "a1 NO [INUSE] locked",
            "a1 NO Server temporarily unavailable",
            "* BYE shutting down",
        ] {
            assert!(matches!(verdict(line), ImapError::Later { .. }), "{line}");
        }
        assert!(matches!(verdict("a1 BAD what?"), ImapError::Refused { .. }));
        let ImapError::Rejected { words, .. } = verdict("a1 NO hunter2 \u{1b}[2J") else { panic!() };
        assert!(!words.contains("hunter2") && !words.contains('\u{1b}'), "{words}");
    }
}

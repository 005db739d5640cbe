//! What a refusal says: its codes, in words, why, what would cure it. Read in one place from every kind of answer, and
//! never raw.

use serde_json::Value;
use url::Url;

use super::{Paths, Provider};
use crate::http::host;
use crate::output::sanitise::{self, masked};
use crate::reason::Reason;

/// A longer link is not one that a person would follow, and a list of needed scopes has an end (bytes, entries).
const LONGEST_LINK: usize = 500;
const MOST_SCOPES: usize = 30;

#[derive(Clone, Debug, Default)]
pub(crate) struct Refusal {
    pub code: String,
    /// A finer code below the first; empty: there is none.
    pub detail: String,
    pub words: String,
    pub reason: Option<Reason>,
    /// An https address that cures it.
    pub link: Option<String>,
    /// The scopes that were needed.
    pub needed: Vec<String>,
}

impl Refusal {
    /// Of an API's answer. `secrets`: what was sent, and must not come back in the words.
    pub(crate) fn read(provider: &Provider, body: &Value, secrets: &[&str]) -> Refusal {
        let shape = &provider.error;
        let code = shape.code.text(body).unwrap_or_default();
        let message = shape.message.text(body).unwrap_or_default();
        Refusal::with(provider, body, &code, &message, secrets)
    }

    /// Of an answer whose code and words are found already.
    pub(crate) fn with(
        provider: &Provider,
        body: &Value,
        code: &str,
        message: &str,
        secrets: &[&str],
    ) -> Refusal {
        let shape = &provider.error;
        let clean = |text: &str| sanitise::excerpt(&masked(text, secrets.iter().copied()));
        let (code, detail) = (clean(code), clean(&shape.detail.text(body).unwrap_or_default()));
        Refusal {
            words: provider.words(&code, &detail, &clean(message)),
            reason: shape.reason.get(&detail).or_else(|| shape.reason.get(&code)).copied(),
            link: link(&shape.link, body, secrets),
            needed: needed(&shape.needed, body, secrets),
            code,
            detail,
        }
    }

    /// A refusal that is in one of the provider file's lists.
    pub(crate) fn is_in(&self, list: &[String]) -> bool {
        let named = |code: &str| !code.is_empty() && list.iter().any(|known| known == code);
        named(&self.detail) || named(&self.code)
    }
}

impl Provider {
    /// What a code means: our words where this file has some (for the finer code first), else the provider's, never
    /// raw.
    pub(crate) fn words(&self, code: &str, detail: &str, description: &str) -> String {
        let (code, detail) = (sanitise::excerpt(code), sanitise::excerpt(detail));
        if let Some(words) = self.error.words.get(&detail) {
            return format!("{words} ({code} {detail})");
        }
        if let Some(words) = self.error.words.get(&code) {
            return format!("{words} ({code})");
        }
        match sanitise::excerpt(description) {
            text if text.is_empty() || text == code => code,
            text if code.is_empty() => text,
            text => format!("{code}: {text}"),
        }
    }

    /// Why a sign-in ended that was refused for good. `invalid_grant` alone says nothing: if the sign-in is about as
    /// old as one gets while the app is in test mode, then that is why.
    pub(crate) fn why_ended(
        &self,
        code: &str,
        reason: Option<Reason>,
        connected_at: i64,
        now: i64,
    ) -> Option<Reason> {
        let says_nothing = code == "invalid_grant" && reason == self.error.reason.get(code).copied();
        if reason.is_some() && !says_nothing {
            return reason;
        }
        let life = self.testing_life.as_deref().and_then(|life| crate::duration::parse(life).ok());
        let of_age = life.is_some_and(|life| {
            let age = now.saturating_sub(connected_at) as f64;
            (0.9..=1.3).contains(&(age / life.as_secs_f64().max(1.0)))
        });
        if of_age { Some(Reason::TestingMode) } else { reason }
    }

    /// How long a sign-in lasts in test mode, in words.
    pub(crate) fn testing_words(&self) -> Option<String> {
        let seconds = crate::duration::parse(self.testing_life.as_deref()?).ok()?.as_secs();
        Some(match (seconds / 86_400, seconds % 86_400) {
            (1, 0) => "1 day".to_owned(),
            (days, 0) if days > 0 => format!("{days} days"),
            _ => crate::duration::words(i64::try_from(seconds).unwrap_or(i64::MAX)),
        })
    }
}

/// Only what a person can follow safely: https, a host, no user, nothing unprintable (the parser encodes it).
fn link(paths: &Paths, body: &Value, secrets: &[&str]) -> Option<String> {
    let url: Url = masked(&paths.text(body)?, secrets.iter().copied()).parse().ok()?;
    let shown = url.as_str();
    let is_plain = shown.bytes().all(|b| b.is_ascii_graphic());
    (url.scheme() == "https" && host::safe(&url).is_ok() && is_plain && shown.len() <= LONGEST_LINK)
        .then(|| shown.to_owned())
}

/// Scopes stand in a command to type: nothing else may look like one.
fn needed(paths: &Paths, body: &Value, secrets: &[&str]) -> Vec<String> {
    let harmless = |scope: &String| {
        scope.len() <= 200
            && scope.bytes().all(|b| b.is_ascii_alphanumeric() || b"._:/-".contains(&b))
            && !scope.starts_with('-')
            && !secrets.contains(&scope.as_str())
    };
    paths.list(body).unwrap_or_default().into_iter().filter(harmless).take(MOST_SCOPES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn provider() -> Provider {
        toml::from_str(
            "title = \"X\"\ntesting-life = \"7d\"\n[error]\ncode = \"error\"\nmessage = \"text\"\ndetail = \"codes.0\"
             link = \"links.*.url\"\nneeded = \"needed\"\n[error.reason]\n70008 = \"expired\"\ngone = \"revoked\"
             invalid_grant = \"revoked\"\n[error.words]\n70008 = \"too old\"\ngone = \"it is gone\"",
        )
        .unwrap()
    }

    #[test]
    fn the_finer_code_is_looked_up_first() {
        let read = |body: Value| Refusal::read(&provider(), &body, &["s3cret-s3cret"]);
        let fine = read(json!({"error": "gone", "codes": [70008]}));
        assert_eq!((fine.words.as_str(), fine.reason), ("too old (gone 70008)", Some(Reason::Expired)));
        let unknown = read(json!({"error": "gone", "codes": [1]}));
        assert_eq!((unknown.words.as_str(), unknown.reason), ("it is gone (gone)", Some(Reason::Revoked)));
        let other = read(json!({"error": "other", "text": "no s3cret-s3cret\u{1b}[2J"}));
        assert_eq!((other.words.as_str(), other.reason), ("other: no ***\u{fffd}[2J", None));
        assert_eq!(read(json!({})).words, "");
    }

    #[test]
    fn a_link_is_https_and_printable_or_not_shown() {
        let link =
            |url: &str| Refusal::read(&provider(), &json!({"links": [{"x": 1}, {"url": url}]}), &[]).link;
        assert_eq!(link("https://a.example/x?y=1").unwrap(), "https://a.example/x?y=1");
        assert_eq!(link("https://a.example/\u{1b}[2J").unwrap(), "https://a.example/%1B[2J");
        for bad in ["http://a.example/", "javascript:alert(1)", "https://u:p@a.example/", "a.example", ""] {
            assert_eq!(link(bad), None, "{bad}");
        }
        assert_eq!(link(&format!("https://a.example/{}", "x".repeat(600))), None);
    }

    #[test]
    fn needed_scopes_cannot_be_taken_for_a_command() {
        let needed = |value: Value| Refusal::read(&provider(), &json!({"needed": value}), &[]).needed;
        assert_eq!(needed(json!("chat:write,users:read")), ["chat:write", "users:read"]);
        assert_eq!(
            needed(json!(["https://x.example/auth/y", "$(reboot)", "--yes", "a b"])),
            ["https://x.example/auth/y"]
        );
    }

    #[test]
    fn seven_days_explain_what_nothing_else_does() {
        let day = 86_400;
        let why = |code: &str, reason, age: i64| provider().why_ended(code, reason, 0, age);
        assert_eq!(why("invalid_grant", None, 7 * day + 60), Some(Reason::TestingMode));
        assert_eq!(why("invalid_grant", Some(Reason::Revoked), 7 * day), Some(Reason::TestingMode));
        assert_eq!(
            why("invalid_grant", Some(Reason::PasswordChanged), 7 * day),
            Some(Reason::PasswordChanged)
        );
        assert_eq!(why("gone", Some(Reason::Revoked), 7 * day), Some(Reason::Revoked));
        assert_eq!(why("invalid_grant", None, 6 * day), None);
        assert_eq!(why("invalid_grant", None, 10 * day), None);
        assert_eq!(provider().testing_words().unwrap(), "7 days");
    }
}

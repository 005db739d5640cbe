//! What a provider answers and what that means: who am I, introspection, errors, pacing.

use std::collections::BTreeMap;

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Capability {
    pub required: Vec<String>,
    pub optional: Vec<String>,
    /// A cheap call that fails where the capability would: `test` makes it.
    pub probe: Option<String>,
    /// Its scopes are another resource's and cannot be asked together with others.
    pub alone: bool,
    /// Left out unless a person names it: it gives more power than most want to give, or not every account can.
    pub on_request: bool,
    /// What it can not do, for a person to know beforehand.
    pub note: Option<String>,
}

/// A name people know for a slice of the provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Service {
    pub title: String,
    pub capabilities: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Whoami {
    /// Relative to `api-url`, or a URL on one of `hosts`.
    pub path: String,
    pub method: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// A JSON document to send: GraphQL.
    pub body: Option<String>,
    /// Dotted paths into the answer; the first that is there counts.
    pub id: Paths,
    pub account: Paths,
    pub workspace: Paths,
    /// The header that lists the granted scopes.
    pub scopes_header: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct ErrorShape {
    pub message: Paths,
    pub code: Paths,
    /// A finer code below the first, for `words` and `reason`: `error_codes.0`.
    pub detail: Paths,
    /// An address that cures it (`*` stands for any element of a list); and the scopes that were needed.
    pub link: Paths,
    pub needed: Paths,
    /// Codes that mean: sign in again. `invalid_grant` always does.
    pub reconnect: Vec<String>,
    /// Codes that mean: a scope is missing.
    pub missing_scope: Vec<String>,
    /// Codes that mean: not so fast, whatever the status.
    pub rate_limited: Vec<String>,
    /// Why a sign-in ended, by code.
    pub reason: BTreeMap<String, Reason>,
    /// What a code means and what cures it, where its name does not say so.
    pub words: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Rate {
    pub per_second: Option<f64>,
    /// When to come again, where `Retry-After` does not say: a header of this name, in this unit; a path into the body
    /// (seconds); else a pause of this length.
    pub reset_header: Option<String>,
    pub reset_unit: ResetUnit,
    pub remaining_header: Option<String>,
    pub retry_after: Paths,
    pub pause: Option<String>,
}

/// Asking the provider about a token (RFC 7662 and its dialects).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Introspect {
    pub url: String,
    pub method: Option<String>,
    /// As at the token endpoint, with the token itself, or not at all.
    pub auth: super::RevokeAuth,
    pub body: super::RevokeBody,
    /// The parameter that carries the token; absent: `token`.
    pub param: Option<String>,
    /// `false` there: sign in again.
    pub active: Paths,
    /// Unix seconds; and seconds from now.
    pub expires_at: Paths,
    pub expires_in: Paths,
    /// A list, or one text.
    pub scopes: Option<String>,
    pub account: Paths,
    pub workspace: Paths,
}

/// A further question that `test` asks, about something that would fail later without a word.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Check {
    pub path: String,
    /// A number in the answer, of which one of these bits must be set.
    pub at: Paths,
    pub bits: Vec<u32>,
    /// What it means where it does not hold, and what cures it.
    pub words: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ResetUnit {
    /// Unix seconds.
    #[default]
    Epoch,
    EpochMs,
    /// From now.
    Seconds,
}

/// How far a provider file is proven.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Proof {
    /// Against a server that somebody else wrote.
    Emulator,
    /// Our requests conform to the provider's own machine-readable description.
    Spec,
    /// Our reading of the documentation.
    Sheet,
}

impl Proof {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Proof::Emulator => "emulator",
            Proof::Spec => "spec",
            Proof::Sheet => "sheet",
        }
    }
}

/// Why a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all(deserialize = "kebab-case", serialize = "snake_case"))]
pub(crate) enum Reason {
    Expired,
    Revoked,
    PasswordChanged,
    AdminPolicy,
    /// The app is in its provider's test mode, which ends every sign-in early.
    TestingMode,
    /// Unused for too long.
    Idle,
    /// The account or the app is gone or was switched off.
    Deactivated,
}

/// One dotted path or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub(crate) struct Paths(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Paths {
    fn from(paths: OneOrMany) -> Self {
        match paths {
            OneOrMany::One(path) => Paths(vec![path]),
            OneOrMany::Many(paths) => Paths(paths),
        }
    }
}

impl Paths {
    /// The first path that leads to a text, a number or a truth value.
    pub(crate) fn text(&self, answer: &serde_json::Value) -> Option<String> {
        self.0.iter().find_map(|path| {
            let found = path.split('.').try_fold(answer, |at, step| match at {
                serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                _ => at.get(step),
            })?;
            match found {
                serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
                serde_json::Value::Number(number) => Some(number.to_string()),
                serde_json::Value::Bool(truth) => Some(truth.to_string()),
                _ => None,
            }
        })
    }
}

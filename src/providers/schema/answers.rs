//! What a provider answers and what that means: who am I, introspection, errors, pacing.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::reason::Reason;

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
    /// The language that this part of the API speaks, by its name in `providers/calendars` or `providers/tasks`.
    pub dialect: Option<String>,
    /// Where this part of the API is, where that is not below `api-url`.
    pub base: Option<String>,
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
    /// Codes that mean: never again, though the status says not so fast.
    pub blocked: Vec<String>,
    /// Why a sign-in ended, by code.
    pub reason: BTreeMap<String, Reason>,
    /// What a code means and what cures it, where its name does not say so.
    pub words: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Rate {
    pub per_second: Option<f64>,
    /// Requests of one account at the same time.
    pub concurrent: Option<usize>,
    /// When to come again, where `Retry-After` does not say: a header of this name, in this unit; a path into the body
    /// (seconds); else a pause of this length.
    pub reset_header: Option<String>,
    pub reset_unit: ResetUnit,
    pub remaining_header: Option<String>,
    pub retry_after: Paths,
    pub pause: Option<String>,
    /// Statuses besides 429 that mean: not now, and nothing was done.
    pub later_status: Vec<u16>,
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
    pub(crate) fn text(&self, answer: &Value) -> Option<String> {
        self.0.iter().flat_map(|path| reached(path, answer)).find_map(scalar)
    }

    /// The first path that leads to a list, or to a text that lists something with commas or spaces.
    pub(crate) fn list(&self, answer: &Value) -> Option<Vec<String>> {
        let listed = self.0.iter().flat_map(|path| reached(path, answer)).find_map(|found| match found {
            Value::Array(items) => Some(items.iter().filter_map(scalar).collect::<Vec<_>>()),
            found => {
                let text = scalar(found)?;
                Some(text.split([',', ' ']).filter(|item| !item.is_empty()).map(str::to_owned).collect())
            }
        })?;
        (!listed.is_empty()).then_some(listed)
    }

    /// The first path that leads to a number, or to a text that is one.
    pub(crate) fn number(&self, answer: &Value) -> Option<f64> {
        self.0.iter().flat_map(|path| reached(path, answer)).find_map(|found| match found {
            Value::Number(number) => number.as_f64(),
            Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
            _ => None,
        })
    }

    /// These paths, or the usual one where the file names none.
    pub(crate) fn or(&self, usual: &str) -> Paths {
        if self.0.is_empty() { Paths(vec![usual.to_owned()]) } else { self.clone() }
    }
}

/// What a dotted path leads to; `*` stands for every element of a list, so there may be several.
fn reached<'a>(path: &str, answer: &'a Value) -> Vec<&'a Value> {
    path.split('.').fold(vec![answer], |at, step| {
        at.into_iter()
            .flat_map(|value| match (value, step) {
                (Value::Array(items), "*") => items.iter().collect(),
                (Value::Array(items), _) => {
                    step.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().collect()
                }
                _ => value.get(step).into_iter().collect::<Vec<_>>(),
            })
            .collect()
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_into_lists() {
        let answer = json!({"error": {"code": 7, "details": [{"a": 1}, {"links": [{"url": "u"}]}], "none": null},
            "needed": "a,b c", "scopes": ["x", "y"], "wait": "1.5"});
        let paths = |path: &str| Paths(vec!["nowhere".into(), path.into()]);
        assert_eq!(paths("error.code").text(&answer).unwrap(), "7");
        assert_eq!(paths("error.details.*.links.*.url").text(&answer).unwrap(), "u");
        assert_eq!(paths("error.details.0.a").text(&answer).unwrap(), "1");
        assert_eq!(paths("error.none").text(&answer), None);
        assert_eq!(paths("error.code.*").text(&answer), None);
        assert_eq!(paths("needed").list(&answer).unwrap(), ["a", "b", "c"]);
        assert_eq!(paths("scopes").list(&answer).unwrap(), ["x", "y"]);
        assert_eq!(paths("wait").number(&answer), Some(1.5));
        assert_eq!(paths("needed").number(&answer), None);
    }
}

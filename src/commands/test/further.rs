//! What a token that works cannot do: a cheap call for each capability, and the provider file's further questions.
//! Only a plain no counts; whatever is unclear says nothing.

use std::time::Duration;

use futures_util::future::join_all;
use http::Method;
use serde_json::Value;

use crate::app::{refused, scope_missing};
use crate::error::{Error, Kind};
use crate::http::{Answer, Budget, Request};
use crate::log;
use crate::name::Name;
use crate::output::sanitise;
use crate::providers::{Answered, Api, ApiError, Check, Provider, judge, refuses};

/// The connection is proven: these questions are not worth more of anybody's time.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) struct Capable {
    pub name: String,
    pub outcome: Can,
    pub error: Option<Error>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Can {
    Yes,
    MissingScopes,
    Failed,
    Unknown,
}

/// Something that does not work, or will not, and that no error tells.
pub(super) struct Warning {
    pub name: String,
    pub words: String,
}

impl Can {
    pub(super) fn word(self) -> &'static str {
        match self {
            Can::Yes => "ok",
            Can::MissingScopes => "missing_scopes",
            Can::Failed => "failed",
            Can::Unknown => "unknown",
        }
    }
}

pub(super) fn budget(whole: Budget) -> Budget {
    Budget::starting_now(whole.left().min(PATIENCE))
}

/// All at once.
pub(super) async fn ask(
    api: &Api<'_>,
    name: &Name,
    capabilities: &[String],
    granted: &[String],
) -> (Vec<Capable>, Vec<Warning>) {
    let can = join_all(capabilities.iter().map(|capability| capable(api, name, capability, granted)));
    let checks = join_all(api.provider.check.iter().map(|(name, check)| warning(api, name, check)));
    let (capabilities, warnings) = futures_util::future::join(can, checks).await;
    (capabilities, warnings.into_iter().flatten().collect())
}

async fn capable(api: &Api<'_>, name: &Name, capability: &str, granted: &[String]) -> Capable {
    let provider = api.provider;
    let shape = provider.capability.get(capability);
    let missing = provider.missing_scopes(&[capability.to_owned()], granted);
    let (outcome, error) = match shape.and_then(|shape| shape.probe.as_deref()) {
        _ if !missing.is_empty() => {
            let message = format!("not granted: {}", missing.join(", "));
            let mut error = Error::new(Kind::MissingScope, message).help(format!("integ connect {name}"));
            error.needed = missing;
            (Can::MissingScopes, Some(error))
        }
        Some(path) => probe(api, name, capability, path).await,
        // Granted is not proven, but it is what the provider says.
        None if shape.is_some_and(|shape| !shape.required.is_empty()) && !granted.is_empty() => {
            (Can::Yes, None)
        }
        None => (Can::Unknown, None),
    };
    Capable { name: capability.to_owned(), outcome, error }
}

async fn probe(api: &Api<'_>, name: &Name, capability: &str, path: &str) -> (Can, Option<Error>) {
    let provider = api.provider;
    let answer = match get(api, path).await {
        Ok(answer) => answer,
        Err(error) => {
            log::info(&format!("{capability}: {error}"));
            return (Can::Unknown, None);
        }
    };
    let body = answer.json().unwrap_or_default();
    if !refuses(provider, answer.status, &body, &crate::providers::Paths::default()) {
        return (Can::Yes, None);
    }
    match judge(provider, api.token, &answer, &body) {
        // 403 alone is a no, but not for want of a scope: that takes a code.
        Answered::MissingScope(refusal) if !refusal.is_in(&provider.error.missing_scope) => {
            (Can::Failed, Some(refused(name, &provider.title, refusal)))
        }
        Answered::MissingScope(refusal) => {
            (Can::MissingScopes, Some(scope_missing(name, &provider.title, refusal)))
        }
        Answered::Rejected(refusal) | Answered::Refused(refusal)
            if matches!(answer.status.as_u16(), 401 | 403)
                || is_explained(provider, &refusal.code, &refusal.detail) =>
        {
            (Can::Failed, Some(refused(name, &provider.title, refusal)))
        }
        _ => {
            log::info(&format!("{capability}: status {} says nothing", answer.status.as_u16()));
            (Can::Unknown, None)
        }
    }
}

/// A code that the provider file knows is a plain answer, whatever its status.
fn is_explained(provider: &Provider, code: &str, detail: &str) -> bool {
    let error = &provider.error;
    [code, detail]
        .iter()
        .any(|code| error.words.contains_key(*code) || error.reconnect.iter().any(|known| known == code))
}

async fn warning(api: &Api<'_>, name: &str, check: &Check) -> Option<Warning> {
    let answer = match get(api, &check.path).await {
        Ok(answer) => answer,
        Err(error) => {
            log::info(&format!("{name}: {error}"));
            return None;
        }
    };
    let body = answer
        .json()
        .filter(|body| !refuses(api.provider, answer.status, body, &crate::providers::Paths::default()))?;
    (!holds(check, &body)?).then(|| Warning { name: name.to_owned(), words: sanitise::excerpt(&check.words) })
}

/// `None`: the answer does not have what was asked about.
fn holds(check: &Check, body: &Value) -> Option<bool> {
    if check.bits.is_empty() {
        return check.at.text(body).map(|text| text != "false" && text != "0");
    }
    let number = check.at.number(body).filter(|number| (0.0..=9e15).contains(number))? as u64;
    Some(check.bits.iter().any(|bit| number.checked_shr(*bit).unwrap_or(0) & 1 == 1))
}

async fn get(api: &Api<'_>, path: &str) -> Result<Answer, ApiError> {
    let request = Request::new(Method::GET, api.url(path)?).header("accept", "application/json");
    api.send(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn one_bit_is_enough_and_no_answer_is_no_warning() {
        let check: Check =
            toml::from_str("path = \"/x\"\nat = \"flags\"\nbits = [18, 19]\nwords = \"w\"").unwrap();
        assert_eq!(holds(&check, &json!({"flags": 1 << 18})), Some(true));
        assert_eq!(holds(&check, &json!({"flags": "524289"})), Some(true));
        assert_eq!(holds(&check, &json!({"flags": 1 << 17})), Some(false));
        assert_eq!(holds(&check, &json!({"flags": -1})), None);
        assert_eq!(holds(&check, &json!({})), None);
        let plain: Check = toml::from_str("path = \"/x\"\nat = \"on\"\nwords = \"w\"").unwrap();
        assert_eq!(holds(&plain, &json!({"on": false})), Some(false));
        assert_eq!(holds(&plain, &json!({"on": true})), Some(true));
        assert_eq!(holds(&plain, &json!({})), None);
    }
}

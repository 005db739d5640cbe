//! A connection as a person or another program writes it: one object, a list of them, the answer of a token endpoint,
//! or what `integ token --json` prints.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::carried::CarriedClient;
use super::{BundleError, json};
use crate::clock;
use crate::name::{Name, simple};
use crate::oauth::is_token;
use crate::vault::Secret;

/// The longest life that is believed (seconds), as at the token endpoint.
const LONGEST: i64 = 365 * 86_400;

#[derive(Debug, Default)]
pub(crate) struct Given {
    pub name: Option<Name>,
    pub provider: Option<String>,
    pub access_token: Option<Secret>,
    pub refresh_token: Option<Secret>,
    /// Unix seconds.
    pub expires_at: Option<i64>,
    pub refresh_expires_at: Option<i64>,
    pub scopes: Option<Vec<String>>,
    pub token_type: Option<String>,
    pub client_id: Option<String>,
    pub client_secret: Option<Secret>,
    /// What the provider wants to be chosen: `tenant`, `phone-number-id`.
    pub options: BTreeMap<String, String>,
    pub extra: BTreeMap<String, Value>,
}

impl Given {
    pub(crate) fn bare(token: Secret) -> Given {
        Given { access_token: Some(token), ..Given::default() }
    }
}

/// Every key that means something; others are ignored.
#[derive(Deserialize)]
struct Raw {
    name: Option<String>,
    provider: Option<String>,
    access_token: Option<Secret>,
    refresh_token: Option<Secret>,
    token_type: Option<String>,
    #[serde(default, deserialize_with = "time")]
    expires_at: Option<i64>,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<i64>,
    #[serde(default, alias = "refresh_expires_in", deserialize_with = "seconds")]
    refresh_token_expires_in: Option<i64>,
    #[serde(default, alias = "scopes", deserialize_with = "scopes")]
    scope: Option<Vec<String>>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    #[serde(default, deserialize_with = "options")]
    options: BTreeMap<String, String>,
    #[serde(default)]
    extra: Option<BTreeMap<String, Value>>,
}

#[derive(Deserialize)]
struct Shape {
    tokens: Option<IgnoredAny>,
}

#[derive(Deserialize)]
struct Printed {
    tokens: Vec<Raw>,
}

pub(super) fn read(text: &[u8]) -> Result<Vec<Given>, BundleError> {
    let raw: Vec<Raw> = if text.first() == Some(&b'[') {
        json::read(text)?
    } else if json::read::<Shape>(text)?.tokens.is_some() {
        json::read::<Printed>(text)?.tokens
    } else {
        vec![json::read(text)?]
    };
    raw.into_iter()
        .enumerate()
        .map(|(index, raw)| raw.check().map_err(|why| BundleError::Entry { number: index + 1, why }))
        .collect()
}

impl Raw {
    fn check(self) -> Result<Given, &'static str> {
        let now = clock::now();
        let present = |secret: Option<Secret>| secret.filter(|s| !s.expose().is_empty());
        let (access_token, refresh_token) = (present(self.access_token), present(self.refresh_token));
        let sound = |secret: &Option<Secret>| secret.as_ref().is_none_or(|s| is_token(s.expose()));
        let client_id = self.client_id.filter(|id| !id.is_empty());
        let client_secret = present(self.client_secret);
        let client = client_id.map(|id| CarriedClient { id, secret: client_secret.clone() });
        let name = match self.name.filter(|name| !name.is_empty()) {
            Some(text) => Some(text.parse::<Name>().map_err(|_| "`name` is not a connection name")?),
            None => None,
        };
        let provider = self.provider.filter(|provider| !provider.is_empty());
        let rules = [
            (
                access_token.is_some() || refresh_token.is_some(),
                "it has neither `access_token` nor `refresh_token`",
            ),
            (provider.as_ref().is_none_or(|p| simple(p).is_ok()), "`provider` is not a provider name"),
            (sound(&access_token), "`access_token` is not a token"),
            (sound(&refresh_token), "`refresh_token` is not a token"),
            (
                client.as_ref().is_none_or(CarriedClient::is_sound),
                "`client_id` or `client_secret` is not one",
            ),
            (client.is_some() || client_secret.is_none(), "`client_secret` needs `client_id`"),
        ];
        if let Some((_, why)) = rules.into_iter().find(|(holds, _)| !holds) {
            return Err(why);
        }
        let (client_id, client_secret) =
            client.map_or((None, None), |client| (Some(client.id), client.secret));
        Ok(Given {
            name,
            provider,
            access_token,
            refresh_token,
            expires_at: self.expires_at.or_else(|| self.expires_in.map(|life| now + life)),
            refresh_expires_at: self.refresh_token_expires_in.map(|life| now + life),
            scopes: self.scope,
            token_type: self.token_type.filter(|t| !t.is_empty()),
            client_id,
            client_secret,
            options: self.options,
            extra: self.extra.unwrap_or_default(),
        })
    }
}

/// RFC 3339, or unix seconds as a number or a text. A time that makes no sense is refused: guessed, it would make a
/// dead token look alive.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let wrong = || serde::de::Error::custom("time");
    let at = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::String(text) if text.is_empty() => return Ok(None),
        Value::String(text) => clock::parse(text.trim()).ok_or_else(wrong)?,
        Value::Number(number) => {
            number.as_i64().or_else(|| number.as_f64().map(|f| f as i64)).ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    // Beyond the year 9999 it is milliseconds, or nonsense.
    if (0..=253_402_300_799).contains(&at) { Ok(Some(at)) } else { Err(wrong()) }
}

/// 3600, 3600.0 or "3600"; what is not above zero says nothing, what is no number is a mistake.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let wrong = || serde::de::Error::custom("seconds");
    let seconds = match Value::deserialize(deserializer)? {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64().ok_or_else(wrong)?,
        Value::String(text) => text.trim().parse::<f64>().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    Ok(Some(seconds).filter(|s| *s >= 1.0).map(|s| s.min(LONGEST as f64) as i64))
}

/// Texts, and numbers as people write them: `{"phone-number-id": 1055}`.
fn options<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    let given = Option::<BTreeMap<String, Value>>::deserialize(deserializer)?.unwrap_or_default();
    let text = |(name, value)| match value {
        Value::String(text) => Ok((name, text)),
        Value::Number(number) => Ok((name, number.to_string())),
        _ => Err(serde::de::Error::custom("options")),
    };
    given.into_iter().map(text).collect()
}

/// "a b", "a,b" or ["a", "b"]; an empty one says nothing.
fn scopes<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let listed: Vec<String> = match Value::deserialize(deserializer)? {
        Value::String(text) => text.split([' ', ',']).map(str::to_owned).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    };
    let listed: Vec<String> = listed.into_iter().filter(|scope| !scope.is_empty()).collect();
    Ok((!listed.is_empty()).then_some(listed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Result<Given, BundleError> {
        read(text.as_bytes()).map(|mut all| all.remove(0))
    }

    #[test]
    fn objects_lists_answers_and_our_own_output_are_read() {
        let full = one(
            r#"{"provider":"acme","name":"acme/ci","access_token":"a","refresh_token":"r","expires_at":
            "2030-01-01T00:00:00Z","scope":["x","y"],"client_id":"c","client_secret":"s","extra":{"k":1},"other":[1]}"#,
        )
        .unwrap();
        assert_eq!(full.name.unwrap().as_str(), "acme/ci");
        assert_eq!((full.expires_at, full.scopes.unwrap().len()), (Some(1_893_456_000), 2));
        assert_eq!(full.client_secret.unwrap().expose(), "s");
        let answer = one(
            r#"{"access_token":"a","token_type":"bearer","expires_in":"60","scope":"x y","id_token":"z"}"#,
        )
        .unwrap();
        assert!(answer.expires_at.unwrap() > clock::now() && answer.name.is_none());
        let ours = one(
            r#"{"v":1,"tokens":[{"name":"acme","access_token":"a","token_type":"Bearer","expires_at":null}]}"#,
        );
        assert_eq!(ours.unwrap().name.unwrap().as_str(), "acme");
        assert_eq!(
            read(br#"[{"refresh_token":"r","client_id":"c"},{"access_token":"b"}]"#).unwrap().len(),
            2
        );
    }

    #[test]
    fn times_are_rfc_3339_or_unix_seconds() {
        for (at, expected) in
            [("1893456000", Some(1_893_456_000)), ("\"1893456000\"", Some(1_893_456_000)), ("null", None)]
        {
            let given = one(&format!(r#"{{"access_token":"a","expires_at":{at}}}"#)).unwrap();
            assert_eq!(given.expires_at, expected);
        }
        for bad in ["1893456000000", "\"soon\"", "-5", "[]", "true"] {
            assert!(one(&format!(r#"{{"access_token":"a","expires_at":{bad}}}"#)).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_right_is_refused_and_not_quoted() {
        for text in [
            r#"{}"#,
            r#"{"access_token":""}"#,
            r#"{"access_token":"hunter2 x"}"#,
            r#"{"access_token":["hunter2"]}"#,
            r#"{"refresh_token":"hunter2\u0000"}"#,
            r#"{"name":"../hunter2","access_token":"a"}"#,
            r#"{"provider":"a/hunter2","access_token":"a"}"#,
            r#"{"access_token":"a","client_secret":"hunter2"}"#,
            r#"{"access_token":"a","client_id":"c","client_secret":"hunter2\n"}"#,
            r#"{"access_token":"a","expires_in":"hunter2"}"#,
            r#"{"tokens":"hunter2"}"#,
            r#"["hunter2"]"#,
        ] {
            let message = one(text).err().unwrap_or_else(|| panic!("{text}")).to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}

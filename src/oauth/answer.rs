//! The token answer, read as leniently as providers are loose and no further.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use oauth2::basic::BasicTokenType;
use oauth2::{AccessToken, RefreshToken, Scope, TokenResponse};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::OauthError;
use crate::providers::Provider;
use crate::vault::Secret;

/// The longest life that is believed, and the one assumed where none is told (seconds).
const LONGEST: i64 = 365 * 86_400;
pub(super) const USUAL: i64 = 3_600;

/// What the token endpoint said, after `dialect` has put it into RFC 6749's shape. It is never shown or logged.
#[derive(Deserialize, Serialize)]
pub(super) struct Answer {
    access_token: AccessToken,
    #[serde(skip, default = "bearer")]
    standard_type: BasicTokenType,
    #[serde(default)]
    token_type: Option<String>,
    #[serde(default, deserialize_with = "lenient_seconds")]
    expires_in: Option<i64>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, alias = "refresh_expires_in", deserialize_with = "lenient_seconds")]
    refresh_token_expires_in: Option<i64>,
    #[serde(default)]
    scope: Option<Value>,
    #[serde(flatten)]
    extra: BTreeMap<String, Value>,
}

/// `oauth2` asks for it; an answer is mute.
impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.standard_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.and_then(|s| u64::try_from(s).ok()).map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        None
    }
}

/// 3600, 3600.0, "3600"; anything else, and what is not above zero, says nothing.
fn lenient_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let seconds = match Value::deserialize(deserializer)? {
        // Past i64 it is a very long life all the same.
        Value::Number(n) => n.as_i64().or_else(|| n.as_f64().map(|f| f.clamp(-1.0, 1e15) as i64)),
        Value::String(text) => text.trim().parse::<f64>().ok().map(|f| f.clamp(-1.0, 1e15) as i64),
        _ => None,
    };
    Ok(seconds.filter(|s| *s > 0).map(|s| s.min(LONGEST)))
}

/// What a grant is made of or renewed with.
#[derive(Debug)]
pub(crate) struct Tokens {
    pub access_token: Secret,
    pub token_type: String,
    /// Life in seconds; `None` where the provider gives none and the rule is to wait for a refusal.
    pub life: Option<i64>,
    pub refresh_token: Option<Secret>,
    pub refresh_life: Option<i64>,
    /// `None`: as asked.
    pub scopes: Option<Vec<String>>,
    pub extra: BTreeMap<String, Value>,
    /// What is kept and is a secret itself.
    pub secrets: BTreeMap<String, Secret>,
    /// `sub` of the ID token, where there is one.
    pub subject: Option<String>,
}

impl Answer {
    /// Refuses what could do harm in a header or be mistaken for a token.
    pub(super) fn accept(self, provider: &Provider) -> Result<Tokens, OauthError> {
        let title = &provider.title;
        let refused = |why: &str| OauthError::Malformed(format!("{title} gave {why}"));
        let access_token = self.access_token.into_secret();
        if !is_token(&access_token) {
            return Err(refused("no usable access token"));
        }
        let token_type = self.token_type.unwrap_or_default();
        let known = token_type.eq_ignore_ascii_case("bearer")
            || provider.token_types.iter().any(|t| t.eq_ignore_ascii_case(&token_type));
        if !known {
            return Err(refused("a token of a type that cannot be used"));
        }
        let refresh_token = self.refresh_token.map(RefreshToken::into_secret).filter(|t| !t.is_empty());
        if refresh_token.as_deref().is_some_and(|t| !is_token(t)) {
            return Err(refused("no usable refresh token"));
        }
        let told = self.expires_in.or_else(|| {
            let life = provider.access_life.as_deref()?;
            crate::duration::parse(life).ok().and_then(|d| i64::try_from(d.as_secs()).ok())
        });
        let waits_for_refusal = provider.refresh_rule() == crate::vault::RefreshRule::On401;
        let life = match told {
            None if refresh_token.is_some() && !waits_for_refusal => Some(USUAL),
            told => told,
        };
        let subject = self.extra.get("id_token").and_then(Value::as_str).and_then(subject_of);
        let base = provider.api_url_at.as_ref().and_then(|at| self.extra.get(at)).filter(|v| !v.is_null());
        if let Some(base) = base {
            let named = provider.named_base(base.as_str().unwrap_or_default());
            named.map_err(|error| OauthError::Unsafe(error.to_string()))?;
        }
        // Where `scope` is missing, some list what they granted in the plural.
        let listed = self.extra.get("scopes").filter(|value| value.is_array()).and_then(scopes);
        let (mut extra, mut secrets) = (BTreeMap::new(), BTreeMap::new());
        for (key, value) in self.extra.into_iter().filter(|(_, value)| !value.is_null()) {
            if provider.keep_secret.contains(&key) {
                secrets.insert(key, Secret::new(value.to_string()));
            } else if provider.keeps(&key) {
                extra.insert(key, value);
            }
        }
        Ok(Tokens {
            access_token: Secret::new(access_token),
            token_type: "Bearer".to_owned(),
            life,
            refresh_token: refresh_token.map(Secret::new),
            refresh_life: self.refresh_token_expires_in,
            scopes: self.scope.as_ref().and_then(scopes).or(listed),
            extra,
            secrets,
            subject,
        })
    }
}

/// Visible ASCII only: anything else could end a header line or paint a terminal.
pub(crate) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.len() <= 64 * 1024 && text.bytes().all(|b| (0x21..=0x7e).contains(&b))
}

/// "a b", "a,b", ["a", "b"]; an empty list says nothing.
fn scopes(value: &Value) -> Option<Vec<String>> {
    let listed: Vec<String> = match value {
        Value::String(text) => text.split([' ', ',']).map(str::to_owned).collect(),
        Value::Array(items) => items.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        _ => return None,
    };
    let listed: Vec<String> = listed.into_iter().filter(|scope| !scope.is_empty()).collect();
    (!listed.is_empty()).then_some(listed)
}

/// The subject of an ID token that came straight from the token endpoint: TLS vouches for it
/// (OpenID Connect Core §3.1.3.7), so it is read and not verified.
fn subject_of(id_token: &str) -> Option<String> {
    use base64::Engine;
    let payload = id_token.split('.').nth(1)?;
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).ok()?;
    let claims: Value = serde_json::from_slice(&bytes).ok()?;
    claims.get("sub")?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests;

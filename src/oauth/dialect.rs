//! Providers' dialects of the token endpoint, put into RFC 6749's shape in one place: JSON bodies, errors with status
//! 200, tokens in a nested object, error codes under other names.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

use http::StatusCode;
use http::header::CONTENT_TYPE;
use oauth2::{AsyncHttpClient, HttpRequest, HttpResponse};
use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::OauthError;
use crate::clock;
use crate::http::{Answer, Budget, Client, Request};
use crate::output::sanitise;
use crate::providers::{Body, LIMITED, Provider, Refusal, is_limited, later_at};
use crate::vault::Secret;

/// Sends what `oauth2` built, as this provider wants it.
pub(super) struct Dialect<'a> {
    pub http: &'a Client,
    pub provider: &'a Provider,
    pub budget: Budget,
    pub client_secret: Option<&'a Secret>,
}

impl<'c> AsyncHttpClient<'c> for Dialect<'_> {
    type Error = OauthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OauthError>> + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let url = parts.uri.to_string().parse();
            let url = url.map_err(|_| OauthError::Unsafe("the token endpoint is no URL".into()))?;
            let mut request = Request::new(parts.method, url);
            request.headers = parts.headers;
            request.body = body;
            self.send(request).await
        })
    }
}

impl Dialect<'_> {
    /// One request of the token endpoint, a form; the answer as RFC 6749 would have it.
    pub(super) async fn send(&self, mut request: Request) -> Result<HttpResponse, OauthError> {
        if self.provider.token_body == Body::Json {
            request.body = form_as_json(&request.body);
            request = request.header(CONTENT_TYPE.as_str(), "application/json");
        }
        for (name, value) in &self.provider.api_headers {
            request = request.header(name, value);
        }
        let url = request.url.clone();
        let sent = self.secrets_of(&request.body);
        let answer = self.http.send(request, self.budget.left()).await?;
        self.read(&answer, &url, &sent)
    }

    /// The answer of the token endpoint at `url`.
    pub(super) fn read(
        &self,
        answer: &Answer,
        url: &Url,
        sent: &[Zeroizing<String>],
    ) -> Result<HttpResponse, OauthError> {
        let title = self.provider.title.clone();
        if answer.status.is_redirection() {
            let to = answer.headers.get("location").and_then(|l| l.to_str().ok()).unwrap_or("nowhere");
            let to = url.join(to).ok().and_then(|u| u.host_str().map(str::to_owned)).unwrap_or_default();
            return Err(OauthError::Elsewhere { title, to: sanitise::excerpt(&to) });
        }
        let status = answer.status.as_u16();
        if let Some(error) = unavailable(self.provider, answer) {
            return Err(error);
        }
        if status == 204 || answer.body.is_empty() {
            return http::Response::builder()
                .status(status)
                .body(Vec::new())
                .map_err(|_| self.not_oauth(status));
        }
        if serde_json::from_slice::<UniqueKeys>(&answer.body).is_err() {
            let kind = answer.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            let is_page = kind.is_some_and(|kind| kind.starts_with("text/html"));
            return Err(if is_page { OauthError::Page { title, status } } else { self.not_oauth(status) });
        }
        let Some(Value::Object(object)) = answer.json() else { return Err(self.not_oauth(status)) };
        let mut object = self.standard(answer.status, object, sent)?;
        // An address that is refused is quoted: it must not repeat what was sent.
        if let Some(Value::String(base)) = self.provider.api_url_at.as_ref().and_then(|at| object.get_mut(at))
        {
            *base = sanitise::masked(base, sent.iter().map(|secret| secret.as_str()));
        }
        let body = serde_json::to_vec(&object).unwrap_or_default();
        http::Response::builder()
            .status(status)
            .header(CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|_| self.not_oauth(status))
    }

    /// What must not come back in an error's words: servers repeat what they were sent.
    fn secrets_of(&self, body: &[u8]) -> Vec<Zeroizing<String>> {
        const PUBLIC: [&str; 5] = ["grant_type", "client_id", "redirect_uri", "scope", "token_type_hint"];
        let values: Vec<(String, String)> = match self.provider.token_body {
            Body::Form => url::form_urlencoded::parse(body).into_owned().collect(),
            Body::Json => serde_json::from_slice::<Map<String, Value>>(body)
                .unwrap_or_default()
                .into_iter()
                .filter_map(|(key, value)| Some((key, value.as_str()?.to_owned())))
                .collect(),
        };
        let secret = self.client_secret.map(|secret| Zeroizing::new(secret.expose().to_owned()));
        let of_body = values.into_iter().filter(|(key, _)| !PUBLIC.contains(&key.as_str()));
        of_body.map(|(_, value)| Zeroizing::new(value)).chain(secret).collect()
    }

    /// Captive portals and proxies answer in the provider's place: such an answer says nothing about a token.
    fn not_oauth(&self, status: u16) -> OauthError {
        OauthError::Malformed(format!(
            "the answer of {} is not an OAuth answer (status {status})",
            self.provider.title
        ))
    }

    /// A token document as RFC 6749 would have it; a refusal is an error here already, with all that it says.
    fn standard(
        &self,
        status: StatusCode,
        mut object: Map<String, Value>,
        sent: &[Zeroizing<String>],
    ) -> Result<Map<String, Value>, OauthError> {
        let says_no = self.provider.ok_field.as_ref().is_some_and(|f| object.get(f) == Some(&json!(false)));
        let has_error = object.get("error").is_some_and(|e| !e.is_null());
        if !status.is_success() || says_no || has_error {
            let sent: Vec<&str> = sent.iter().map(|secret| secret.as_str()).collect();
            let whole = Value::Object(object);
            let refusal = refusal(self.provider, &whole, &sent);
            return Err(match refusal {
                // The device flow's, which may say how slow.
                Some(refusal) if refusal.code == "slow_down" => {
                    OauthError::SlowDown { interval: whole.get("interval").and_then(Value::as_u64) }
                }
                Some(Refusal { code, detail, words, reason, .. }) => {
                    OauthError::Refused { title: self.provider.title.clone(), code, detail, words, reason }
                }
                None => self.not_oauth(status.as_u16()),
            });
        }
        // A user's token nested beside the bot's: what is nested wins, what surrounds it is kept.
        if let Some(Value::Object(nested)) = self.provider.token_at.as_ref().and_then(|at| object.remove(at))
            && nested.contains_key("access_token")
        {
            object.extend(nested);
        }
        Ok(object)
    }
}

/// What a refusal of an OAuth endpoint says, in OAuth's words or the provider's own; `None`: no code, so no refusal.
pub(super) fn refusal(provider: &Provider, body: &Value, secrets: &[&str]) -> Option<Refusal> {
    let text = |key: &str| body.get(key).and_then(Value::as_str).map(str::to_owned);
    let code = text("error").or_else(|| provider.error.code.text(body))?;
    let words = text("error_description").or_else(|| provider.error.message.text(body)).unwrap_or_default();
    Some(Refusal::with(provider, body, &code, &words, secrets))
}

/// An answer that asks to come again later. `invalid_grant` never does: it is final whatever stands beside it.
pub(super) fn unavailable(provider: &Provider, answer: &Answer) -> Option<OauthError> {
    let (status, now) = (answer.status, clock::now());
    let body = answer.json().unwrap_or_default();
    let Refusal { code, detail, .. } = refusal(provider, &body, &[]).unwrap_or_default();
    let limited =
        code != "invalid_grant" && is_limited(provider, status, &answer.headers, [&detail, &code], now);
    let status = if limited { LIMITED } else { status.as_u16() };
    (status >= 500 || matches!(status, 408 | 425 | LIMITED)).then(|| OauthError::Unavailable {
        title: provider.title.clone(),
        status,
        at: later_at(provider, limited, &answer.headers, &body, now),
        // Only these two say that nothing was done.
        refused: matches!(status, LIMITED | 503),
    })
}

/// A JSON document whose top level, if it is an object, names nothing twice: of two `access_token`s neither is meant.
struct UniqueKeys;

impl<'de> Deserialize<'de> for UniqueKeys {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = UniqueKeys;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<UniqueKeys, A::Error> {
                let mut seen = HashSet::new();
                while let Some((key, _)) = map.next_entry::<String, IgnoredAny>()? {
                    if !seen.insert(key) {
                        return Err(serde::de::Error::custom("a key is given twice"));
                    }
                }
                Ok(UniqueKeys)
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// Some providers want JSON where RFC 6749 says a form.
fn form_as_json(form: &[u8]) -> Vec<u8> {
    let object: Map<String, Value> = url::form_urlencoded::parse(form)
        .map(|(key, value)| (key.into_owned(), value.into_owned().into()))
        .collect();
    serde_json::to_vec(&object).unwrap_or_default()
}

#[cfg(test)]
mod tests;

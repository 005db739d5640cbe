//! The device flow (RFC 8628): a code that the person enters on another device while we ask now and then.

mod pace;

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use url::Url;

use super::dialect::refusal;
use super::discovery::Server;
use super::exchange::{Context, Polled};
use super::signin::token_endpoint;
use super::{OauthError, Tokens};
use crate::clock;
use crate::http::{Request, host, retry_after};
use crate::output::sanitise;
use crate::providers::Refusal;
use crate::vault::{Secret, sealed};
use pace::Pace;

/// So long before its end a code is asked about for the last time.
const LAST: Duration = Duration::from_secs(1);
/// No code is waited for longer than this (seconds).
const LONGEST: u64 = 900;

#[derive(Deserialize)]
struct Answer {
    device_code: Secret,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: Option<Value>,
    interval: Option<Value>,
}

pub(crate) struct DeviceSignIn {
    code: Secret,
    /// What the person types, fit to be shown.
    pub user_code: String,
    /// Where they type it.
    pub page: Url,
    /// The same with the code in it.
    pub page_with_code: Option<Url>,
    pub ends: Instant,
    pace: Pace,
}

/// A sign-in that another process will finish.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptDevice {
    #[serde(serialize_with = "sealed")]
    code: Secret,
    user_code: String,
    page: Url,
    page_with_code: Option<Url>,
    interval: u64,
}

impl KeptDevice {
    /// `left`: how long the code still lives.
    pub(crate) fn resume(&self, left: Duration) -> DeviceSignIn {
        DeviceSignIn {
            code: self.code.clone(),
            user_code: self.user_code.clone(),
            page: self.page.clone(),
            page_with_code: self.page_with_code.clone(),
            ends: Instant::now() + left,
            pace: Pace::of(Some(self.interval)),
        }
    }
}

/// 600 and "600"; anything else says nothing.
fn number(value: Option<&Value>) -> Option<u64> {
    let value = value?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

impl DeviceSignIn {
    pub(crate) fn keep(&self) -> KeptDevice {
        KeptDevice {
            code: self.code.clone(),
            user_code: self.user_code.clone(),
            page: self.page.clone(),
            page_with_code: self.page_with_code.clone(),
            interval: self.pace.seconds(),
        }
    }

    /// The address that needs the least typing.
    pub(crate) fn shortest_way(&self) -> &Url {
        self.page_with_code.as_ref().unwrap_or(&self.page)
    }

    /// How long the code still lives.
    pub(crate) fn life(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    pub(crate) async fn begin(
        context: &Context<'_>,
        server: &Server,
        scopes: &[String],
    ) -> Result<DeviceSignIn, OauthError> {
        let title = &context.provider.title;
        let endpoint = server.device.clone().ok_or_else(|| {
            OauthError::Unsupported(format!("{title} does not offer sign-in by device code"))
        })?;
        let scope = scopes.join(context.provider.separator());
        let mut fields = vec![("client_id", context.client.id.as_str())];
        if !scope.is_empty() {
            fields.push((context.provider.scope_param.as_deref().unwrap_or("scope"), &scope));
        }
        if let Some(resource) = &context.provider.resource {
            fields.push(("resource", resource));
        }
        let request = Request::new(http::Method::POST, endpoint).header("accept", "application/json");
        let request = context.authenticated(request, fields);
        let answer = context.http.send(request, context.budget.left()).await?;
        let body = answer.json().unwrap_or_default();
        // GitHub says no with status 200.
        if !answer.status.is_success() || body.get("error").is_some_and(|error| !error.is_null()) {
            if matches!(answer.status.as_u16(), 408 | 429 | 500..) {
                let (status, now) = (answer.status.as_u16(), clock::now());
                let at = retry_after(&answer.headers, now).map(|seconds| now + seconds);
                return Err(OauthError::Unavailable { title: title.clone(), status, at, refused: true });
            }
            let secret = context.client.secret.as_ref().map_or("", |secret| secret.expose());
            let Some(refusal) = refusal(context.provider, &body, &[secret]) else {
                return Err(context.refused("no device code", ""));
            };
            let Refusal { code, detail, words, reason, .. } = refusal;
            return Err(OauthError::Refused { title: title.clone(), code, detail, words, reason });
        }
        let answer: Answer = serde_json::from_slice(&answer.body)
            .map_err(|_| OauthError::Malformed(format!("the answer of {title} is not a device code")))?;
        let page: Url = answer
            .verification_uri
            .parse()
            .map_err(|_| OauthError::Unsafe(format!("{title} gave a page that is no URL")))?;
        host::safe(&page).map_err(|why| OauthError::Unsafe(format!("the page that {title} gave {why}")))?;
        let complete = answer.verification_uri_complete.and_then(|text| text.parse().ok());
        let life = number(answer.expires_in.as_ref()).unwrap_or(LONGEST).min(LONGEST);
        Ok(DeviceSignIn {
            code: answer.device_code,
            user_code: sanitise::excerpt(&answer.user_code),
            page,
            page_with_code: complete.filter(|url| host::safe(url).is_ok()),
            ends: Instant::now() + Duration::from_secs(life),
            pace: Pace::of(number(answer.interval.as_ref())),
        })
    }

    /// Asks until the person has answered or the code has died, for the last time shortly before. A server that does not
    /// answer is asked again.
    pub(crate) async fn wait(mut self, context: &Context<'_>, server: &Server) -> Result<Tokens, OauthError> {
        let endpoint = token_endpoint(context, server)?;
        while !self.life().is_zero() {
            let left = self.life().saturating_sub(LAST);
            let is_last = self.pace.pause >= left;
            tokio::time::sleep(self.pace.pause.min(left)).await;
            let context = Context {
                budget: crate::http::Budget::starting_now(context.http.limits().deadline),
                ..*context
            };
            match context.exchange_device_code(&endpoint, &self.code).await {
                Ok(Polled::Tokens(tokens)) => return Ok(*tokens),
                Ok(Polled::Pending) => self.pace.answered(),
                Ok(Polled::TooFast { interval }) => self.pace.slow_down(interval),
                Err(OauthError::Refused { code, .. })
                    if matches!(code.as_str(), "expired_token" | "token_expired" | "code_expired") =>
                {
                    break;
                }
                Err(OauthError::Refused { title, code, words, .. })
                    if code == "access_denied" || code == "authorization_declined" =>
                {
                    return Err(OauthError::Denied { title, code, words });
                }
                Err(error) if error.is_transient() => self.pace.unanswered(),
                Err(error) => return Err(error),
            }
            if is_last {
                break;
            }
        }
        Err(OauthError::TimedOut("the code was not entered in time".into()))
    }
}

#[cfg(test)]
mod tests;

//! The device flow (RFC 8628): a code that the person enters on another device while we ask now and then.

use std::time::{Duration, Instant};

use serde::Deserialize;
use url::Url;

use super::discovery::Server;
use super::exchange::Context;
use super::signin::token_endpoint;
use super::{OauthError, Tokens};
use crate::http::{Request, host};
use crate::output::sanitise;
use crate::vault::Secret;

/// Seconds between two questions: what the server says, within these bounds.
const INTERVAL: std::ops::RangeInclusive<u64> = 1..=60;
const USUAL_INTERVAL: u64 = 5;

#[derive(Deserialize)]
struct Answer {
    device_code: Secret,
    user_code: String,
    #[serde(alias = "verification_url")]
    verification_uri: String,
    verification_uri_complete: Option<String>,
    expires_in: Option<u64>,
    interval: Option<serde_json::Value>,
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
    interval: Duration,
}

impl DeviceSignIn {
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
        let mut fields = vec![("client_id", context.client.id.as_str()), ("scope", &scope)];
        if let Some(secret) = &context.client.secret {
            fields.push(("client_secret", secret.expose()));
        }
        if let Some(resource) = &context.provider.resource {
            fields.push(("resource", resource));
        }
        let request =
            Request::new(http::Method::POST, endpoint).header("accept", "application/json").form(&fields);
        let answer = context.http.send(request, context.budget.left()).await?;
        if !answer.status.is_success() {
            let body = answer.json().unwrap_or_default();
            let code = body.get("error").and_then(|e| e.as_str()).unwrap_or("no device code");
            let words = body.get("error_description").and_then(|e| e.as_str()).unwrap_or_default();
            return Err(context.refused(code, words));
        }
        let answer: Answer = serde_json::from_slice(&answer.body)
            .map_err(|_| OauthError::Malformed(format!("the answer of {title} is not a device code")))?;
        let page: Url = answer
            .verification_uri
            .parse()
            .map_err(|_| OauthError::Unsafe(format!("{title} gave a page that is no URL")))?;
        host::safe(&page).map_err(|why| OauthError::Unsafe(format!("the page that {title} gave {why}")))?;
        let complete = answer.verification_uri_complete.and_then(|text| text.parse().ok());
        let asked = answer.interval.as_ref().and_then(|i| i.as_u64().or_else(|| i.as_str()?.parse().ok()));
        let seconds = asked.unwrap_or(USUAL_INTERVAL).clamp(*INTERVAL.start(), *INTERVAL.end());
        let life = answer.expires_in.unwrap_or(900).min(900);
        Ok(DeviceSignIn {
            code: answer.device_code,
            user_code: sanitise::excerpt(&answer.user_code),
            page,
            page_with_code: complete.filter(|url| host::safe(url).is_ok()),
            ends: Instant::now() + Duration::from_secs(life),
            interval: Duration::from_secs(seconds),
        })
    }

    /// Asks until the person has answered or the code has died. A server that does not answer is asked again.
    pub(crate) async fn wait(mut self, context: &Context<'_>, server: &Server) -> Result<Tokens, OauthError> {
        let endpoint = token_endpoint(context, server)?;
        loop {
            tokio::time::sleep(self.interval).await;
            if Instant::now() >= self.ends {
                return Err(OauthError::TimedOut("the code was not entered in time".into()));
            }
            let context = Context {
                budget: crate::http::Budget::starting_now(context.http.limits().deadline),
                ..*context
            };
            match context.exchange_device_code(&endpoint, &self.code).await {
                Ok(tokens) => return Ok(tokens),
                Err(OauthError::Refused { code, .. }) if code == "authorization_pending" => {}
                Err(OauthError::Refused { code, .. }) if code == "slow_down" => {
                    self.interval += Duration::from_secs(5);
                }
                Err(OauthError::Refused { code, .. }) if code == "expired_token" => {
                    return Err(OauthError::TimedOut("the code was not entered in time".into()));
                }
                Err(OauthError::Refused { title, code, words })
                    if code == "access_denied" || code == "authorization_declined" =>
                {
                    return Err(OauthError::Denied { title, words });
                }
                Err(error) if error.is_transient() => {
                    self.interval = (self.interval * 2).min(Duration::from_secs(*INTERVAL.end()));
                }
                Err(error) => return Err(error),
            }
        }
    }
}

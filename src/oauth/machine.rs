//! A token for a program: asked for with an assertion that a key signs, or with the client's own secret.

use http::Method;
use url::Url;

use super::answer::{Answer, Tokens, USUAL};
use super::assertion::assertion;
use super::exchange::Context;
use super::{OauthError, Server};
use crate::http::Request;
use crate::vault::{Machine, MachineKey, RefreshRule};

const JWT_BEARER: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";

/// A clock that is further away than this makes a sound assertion one of the past or of the future (seconds).
const SKEW: i64 = 60;

/// The first token, at the endpoint that discovery or the provider file names.
pub(crate) async fn ask_first(
    context: &Context<'_>,
    server: &Server,
    machine: &Machine,
) -> Result<Tokens, OauthError> {
    let endpoint = super::signin::token_endpoint(context, server)?;
    context.ask_as_machine(&endpoint, machine).await
}

impl Context<'_> {
    /// One request. Asking twice does no harm: it spends nothing.
    pub(super) async fn ask_as_machine(&self, token: &Url, machine: &Machine) -> Result<Tokens, OauthError> {
        let answer = match &machine.key {
            Some(key) => self.present_assertion(token, machine, key).await?,
            None => self.present_client(token, machine).await?,
        };
        let mut tokens = answer.accept(self.provider)?;
        // RFC 6749 §4.4.3: there is none to keep. A life that nobody tells is an hour, because asking again is cheap.
        tokens.refresh_token = None;
        if self.provider.refresh_rule() != RefreshRule::On401 {
            tokens.life = tokens.life.or(Some(USUAL));
        }
        Ok(tokens)
    }

    async fn present_client(&self, token: &Url, machine: &Machine) -> Result<Answer, OauthError> {
        let client = self.oauth2_client(token);
        let mut request = client.exchange_client_credentials();
        if !machine.scopes.is_empty() {
            request = request.add_extra_param("scope", machine.scopes.join(self.provider.separator()));
        }
        for (name, value) in &self.provider.token_params {
            request = request.add_extra_param(name, value);
        }
        request.request_async(&self.dialect()).await.map_err(|error| self.translate(error))
    }

    /// The assertion says who asks: no client id, no secret (RFC 7523 §2.1).
    async fn present_assertion(
        &self,
        token: &Url,
        machine: &Machine,
        key: &MachineKey,
    ) -> Result<Answer, OauthError> {
        let title = &self.provider.title;
        let rules = self.provider.jwt_bearer.as_ref().ok_or_else(|| {
            OauthError::Unsupported(format!(
                "the provider file of {title} no longer says how a key asks for a token"
            ))
        })?;
        let assertion =
            assertion(rules, machine, key, token, self.provider.separator()).map_err(|error| {
                OauthError::Unsupported(format!("the key of this connection cannot sign: {error}"))
            })?;
        let mut fields = vec![("grant_type", JWT_BEARER), ("assertion", assertion.expose())];
        fields.extend(self.provider.token_params.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        let request =
            Request::new(Method::POST, token.clone()).header("accept", "application/json").form(&fields);
        let answer = self.token_answer(request).await;
        match answer {
            // What the key said was refused; the server's own clock tells whether it was the time.
            Err(OauthError::Refused { ref code, .. }) if code == "invalid_grant" => {
                match self.http.clock_skew() {
                    Some(seconds) if seconds.abs() > SKEW => {
                        Err(OauthError::Clock { title: title.clone(), seconds })
                    }
                    _ => answer,
                }
            }
            answer => answer,
        }
    }
}

#[cfg(test)]
mod tests;

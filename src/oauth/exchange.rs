//! The calls to the token endpoint: a code or a refresh token goes in, tokens come out.

use oauth2::basic::{BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, EndpointNotSet, EndpointSet, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, StandardRevocableToken, TokenUrl,
};
use url::Url;

use super::answer::{Answer, Tokens};
use super::dialect::Dialect;
use super::{Client, OauthError};
use crate::http::{self, Budget, Request};
use crate::providers::{ClientAuth, Provider, Refusal};
use crate::vault::Secret;

type Oauth2Client<Token> = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    Token,
>;

/// What one question of the device flow brought.
pub(super) enum Polled {
    Tokens(Box<Tokens>),
    /// Nobody has answered yet.
    Pending,
    /// `interval`: what the server wants from now on (seconds), where it says so.
    TooFast {
        interval: Option<u64>,
    },
}

/// Who talks to whom, and for how long.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub http: &'a http::Client,
    pub provider: &'a Provider,
    pub client: &'a Client,
    pub budget: Budget,
}

impl<'a> Context<'a> {
    /// Pauses before try number `tries + 1`; `false`: it would be one too many, or there is no time for it.
    pub(super) async fn again(&self, tries: u32, error: &OauthError) -> bool {
        tries < self.http.limits().tries && self.budget.pause(tries, error.retry_after()).await
    }

    pub(super) fn dialect(&self) -> Dialect<'a> {
        let client_secret = self.client.secret.as_ref();
        Dialect { http: self.http, provider: self.provider, budget: self.budget, client_secret }
    }

    pub(super) fn oauth2_client(&self, token: &Url) -> Oauth2Client<EndpointSet> {
        let mut client = oauth2::Client::new(ClientId::new(self.client.id.clone()))
            .set_auth_type(match self.provider.client_auth {
                ClientAuth::Basic => AuthType::BasicAuth,
                ClientAuth::Body | ClientAuth::None => AuthType::RequestBody,
            })
            .set_token_uri(TokenUrl::from_url(token.clone()));
        if let Some(secret) = &self.client.secret
            && self.provider.client_auth != ClientAuth::None
        {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        client
    }

    /// One presentation of the code; whether to present it again is for `signin` to decide.
    pub(super) async fn exchange_code(
        &self,
        token: &Url,
        code: &Secret,
        redirect_uri: &str,
        verifier: Option<PkceCodeVerifier>,
    ) -> Result<Tokens, OauthError> {
        let client = self.oauth2_client(token);
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| OauthError::Unsafe("the redirect URI is no URL".into()))?;
        let mut request = client
            .exchange_code(AuthorizationCode::new(code.expose().to_owned()))
            .set_redirect_uri(std::borrow::Cow::Owned(redirect));
        for (name, value) in &self.provider.token_params {
            request = request.add_extra_param(name, value);
        }
        if let Some(resource) = &self.provider.resource {
            request = request.add_extra_param("resource", resource);
        }
        if let Some(verifier) = verifier {
            request = request.set_pkce_verifier(verifier);
        }
        let dialect = self.dialect();
        let answer = request.request_async(&dialect).await.map_err(|error| self.translate(error))?;
        answer.accept(self.provider)
    }

    /// One presentation of the refresh token; whether to present it again is for `renew` to decide.
    pub(super) async fn refresh(
        &self,
        token: &Url,
        refresh_token: &Secret,
        resource: Option<&str>,
    ) -> Result<Tokens, OauthError> {
        let client = self.oauth2_client(token);
        let refresh_token = RefreshToken::new(refresh_token.expose().to_owned());
        let mut request = client.exchange_refresh_token(&refresh_token);
        for (name, value) in &self.provider.token_params {
            request = request.add_extra_param(name, value);
        }
        if let Some(resource) = resource {
            request = request.add_extra_param("resource", resource);
        }
        let dialect = self.dialect();
        let answer = request.request_async(&dialect).await.map_err(|error| self.translate(error))?;
        answer.accept(self.provider)
    }

    /// The client's secret where this provider wants it, in a form that `oauth2` does not build.
    pub(super) fn authenticated<'f>(
        &'f self,
        request: Request,
        mut fields: Vec<(&'f str, &'f str)>,
    ) -> Request {
        match (&self.client.secret, self.provider.client_auth) {
            (Some(secret), ClientAuth::Basic) => request.basic(&self.client.id, secret).form(&fields),
            (Some(secret), ClientAuth::Body) => {
                fields.push(("client_secret", secret.expose()));
                request.form(&fields)
            }
            _ => request.form(&fields),
        }
    }

    /// One question of the device flow. `oauth2` would poll by itself, and less patiently than we want to.
    pub(super) async fn exchange_device_code(
        &self,
        token: &Url,
        code: &Secret,
    ) -> Result<Polled, OauthError> {
        let mut fields = vec![
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", code.expose()),
            ("client_id", self.client.id.as_str()),
        ];
        if let Some(resource) = &self.provider.resource {
            fields.push(("resource", resource));
        }
        let request = Request::new(::http::Method::POST, token.clone()).header("accept", "application/json");
        let answer = match self.dialect().send(self.authenticated(request, fields)).await {
            Err(OauthError::Refused { code, .. }) if code == "authorization_pending" => {
                return Ok(Polled::Pending);
            }
            Err(OauthError::SlowDown { interval }) => return Ok(Polled::TooFast { interval }),
            answer => answer?,
        };
        let answer: Answer = serde_json::from_slice(answer.body()).map_err(|_| {
            OauthError::Malformed(format!("the answer of {} is not a token answer", self.provider.title))
        })?;
        Ok(Polled::Tokens(Box::new(answer.accept(self.provider)?)))
    }

    /// For the requests that `oauth2` does not build.
    pub(super) async fn token_answer(&self, request: Request) -> Result<Answer, OauthError> {
        let answer = self.dialect().send(request).await?;
        let not_tokens =
            || OauthError::Malformed(format!("the answer of {} is not a token answer", self.provider.title));
        if !answer.status().is_success() {
            let error: BasicErrorResponse =
                serde_json::from_slice(answer.body()).map_err(|_| not_tokens())?;
            let words = error.error_description().map(String::as_str).unwrap_or_default();
            return Err(self.refused(error.error().as_ref(), words));
        }
        serde_json::from_slice::<Answer>(answer.body()).map_err(|_| not_tokens())
    }

    /// `Parse` carries the raw answer, which may hold tokens: it is dropped here.
    pub(super) fn translate(&self, error: RequestTokenError<OauthError, BasicErrorResponse>) -> OauthError {
        match error {
            RequestTokenError::Request(error) => error,
            RequestTokenError::ServerResponse(answer) => {
                let words = answer.error_description().map(String::as_str).unwrap_or_default();
                self.refused(answer.error().as_ref(), words)
            }
            RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
                OauthError::Malformed(format!("the answer of {} is not a token answer", self.provider.title))
            }
        }
    }

    pub(super) fn refused(&self, code: &str, description: &str) -> OauthError {
        let refusal = Refusal::with(self.provider, &serde_json::Value::Null, code, description, &[]);
        let Refusal { code, detail, words, reason, .. } = refusal;
        OauthError::Refused { title: self.provider.title.clone(), code, detail, words, reason }
    }
}

#[cfg(test)]
mod tests;

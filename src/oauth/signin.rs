//! One sign-in: what is sent to the browser, what must come back, and what it is exchanged for. Used once.

use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use serde::{Deserialize, Serialize};
use url::Url;

use super::discovery::Server;
use super::exchange::Context;
use super::paste::BareCode;
use super::push::{Pushed, push_request};
use super::{OauthError, Tokens};
use crate::http::host;
use crate::output::sanitise;
use crate::vault::{Secret, sealed, sealed_option};

/// Bytes of randomness in `state`: 128 bits and more.
const STATE_BYTES: u32 = 24;

/// What is asked for, and what of it the person may leave out.
pub(crate) struct Scopes<'a> {
    pub all: &'a [String],
    pub optional: &'a [String],
}

pub(crate) struct SignIn {
    /// What the person's browser opens.
    pub url: Url,
    /// Seconds after which nobody can begin with it any more.
    pub good_for: Option<i64>,
    state: CsrfToken,
    verifier: Option<PkceCodeVerifier>,
    redirect_uri: String,
}

/// Something random to call a thing by: small letters and digits.
pub(crate) fn fresh_id(length: usize) -> String {
    let random = CsrfToken::new_random_len(64).into_secret();
    random.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).take(length).collect()
}

/// A sign-in that another process will finish: all of it, secrets included.
#[derive(Serialize, Deserialize)]
pub(crate) struct KeptSignIn {
    url: Url,
    #[serde(serialize_with = "sealed")]
    state: Secret,
    #[serde(serialize_with = "sealed_option")]
    verifier: Option<Secret>,
    redirect_uri: String,
}

impl From<&KeptSignIn> for SignIn {
    fn from(kept: &KeptSignIn) -> SignIn {
        SignIn {
            url: kept.url.clone(),
            good_for: None,
            state: CsrfToken::new(kept.state.expose().to_owned()),
            verifier: kept
                .verifier
                .as_ref()
                .map(|verifier| PkceCodeVerifier::new(verifier.expose().to_owned())),
            redirect_uri: kept.redirect_uri.clone(),
        }
    }
}

impl SignIn {
    pub(crate) fn keep(&self) -> KeptSignIn {
        KeptSignIn {
            url: self.url.clone(),
            state: Secret::new(self.state.secret().as_str()),
            verifier: self.verifier.as_ref().map(|verifier| Secret::new(verifier.secret().as_str())),
            redirect_uri: self.redirect_uri.clone(),
        }
    }

    /// Builds the authorization request; where the server requires it, the request is pushed and the URL only
    /// refers to it (RFC 9126).
    pub(crate) async fn begin(
        context: &Context<'_>,
        server: &Server,
        redirect_uri: &str,
        scopes: &Scopes<'_>,
        login_hint: Option<&str>,
    ) -> Result<SignIn, OauthError> {
        let provider = context.provider;
        let authorize = server.authorize.clone().ok_or_else(|| {
            OauthError::Unsupported(format!("{} has no authorization endpoint", provider.title))
        })?;
        host::safe(&authorize)
            .map_err(|why| OauthError::Unsafe(format!("the authorization endpoint {why}")))?;
        let redirect = RedirectUrl::new(redirect_uri.to_owned())
            .map_err(|_| OauthError::Unsafe("the redirect URI is no URL".into()))?;
        let client = oauth2::basic::BasicClient::new(ClientId::new(context.client.id.clone()))
            .set_auth_uri(AuthUrl::from_url(authorize.clone()))
            .set_redirect_uri(redirect);
        let mut request = client.authorize_url(|| CsrfToken::new_random_len(STATE_BYTES));
        let mut verifier = None;
        if provider.uses_pkce() {
            let (challenge, fresh) = PkceCodeChallenge::new_random_sha256();
            request = request.set_pkce_challenge(challenge);
            verifier = Some(fresh);
        }
        let apart = provider.optional_scope_param.as_deref();
        let (optional, asked): (Vec<&str>, Vec<&str>) = scopes
            .all
            .iter()
            .map(String::as_str)
            .partition(|scope| apart.is_some() && scopes.optional.iter().any(|other| other == scope));
        let scope_param = provider.scope_param.as_deref().unwrap_or("scope");
        for (name, scopes) in [(scope_param, asked), (apart.unwrap_or_default(), optional)] {
            if !scopes.is_empty() {
                request = request.add_extra_param(name, scopes.join(provider.separator()));
            }
        }
        for (name, value) in &provider.authorize_params {
            request = request.add_extra_param(name, value);
        }
        if let Some(resource) = &provider.resource {
            request = request.add_extra_param("resource", resource);
        }
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint);
        }
        let (url, state) = request.url();
        let Pushed { url, good_for } = match &server.push {
            Some(push) => push_request(context, push, &authorize, &url).await?,
            None => Pushed { url, good_for: None },
        };
        Ok(SignIn { url, good_for, state, verifier, redirect_uri: redirect_uri.to_owned() })
    }

    pub(crate) fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    pub(crate) fn bare_code(&self) -> BareCode {
        let shown = self.redirect_uri.starts_with("urn:");
        if shown || self.verifier.is_some() { BareCode::Taken } else { BareCode::Refused }
    }

    pub(crate) fn state(&self) -> &str {
        self.state.secret()
    }

    /// RFC 9207: where the server announces `iss` it must be there, and wherever it is there it must be the issuer,
    /// character by character.
    pub(crate) fn check_issuer(&self, server: &Server, iss: &[String]) -> Result<(), OauthError> {
        let Some(issuer) = &server.issuer else { return Ok(()) };
        let refuse =
            |what: String| OauthError::Unsafe(format!("the answer in the browser {what}, not from {issuer}"));
        match iss {
            [] if server.announces_iss => Err(refuse("does not say whom it is from".into())),
            [] => Ok(()),
            [one] if one == issuer => Ok(()),
            [one] => Err(refuse(format!("is from {}", sanitise::excerpt(one)))),
            _ => Err(refuse("names several issuers".into())),
        }
    }

    /// What the browser brought instead of a code. Two codes stand for statuses that a redirect cannot have
    /// (RFC 6749 §4.1.2.1).
    pub(crate) fn denied(context: &Context<'_>, error: &str, description: Option<&str>) -> OauthError {
        let status = match error {
            "server_error" => Some(500),
            "temporarily_unavailable" => Some(503),
            _ => None,
        };
        if let Some(status) = status {
            let title = context.provider.title.clone();
            return OauthError::Unavailable { title, status, at: None, refused: true };
        }
        let words = context.provider.words(error, "", description.unwrap_or_default());
        OauthError::Denied { title: context.provider.title.clone(), code: sanitise::excerpt(error), words }
    }

    /// Presents the code, again only where it did not reach anybody: it works once (RFC 6749 §4.1.2), and whoever answered
    /// may have taken it.
    pub(crate) async fn exchange(
        &self,
        context: &Context<'_>,
        server: &Server,
        code: &Secret,
    ) -> Result<Tokens, OauthError> {
        let token = token_endpoint(context, server)?;
        let mut tries = 1;
        loop {
            let verifier = self.verifier.as_ref().map(|own| PkceCodeVerifier::new(own.secret().clone()));
            match context.exchange_code(&token, code, &self.redirect_uri, verifier).await {
                Err(error @ OauthError::Http(_))
                    if error.left_no_trace() && context.again(tries, &error).await =>
                {
                    tries += 1;
                }
                answer => return answer,
            }
        }
    }
}

pub(super) fn token_endpoint(context: &Context<'_>, server: &Server) -> Result<Url, OauthError> {
    let title = &context.provider.title;
    server.token.clone().ok_or_else(|| OauthError::Unsupported(format!("{title} has no token endpoint")))
}

#[cfg(test)]
mod tests;

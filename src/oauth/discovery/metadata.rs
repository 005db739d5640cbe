//! The metadata document of an authorization server: where it may be, and what counts as one.

use http::Method;
use serde::Deserialize;
use url::Url;

use crate::http::{Answer, Budget, Client, HttpError, Request};
use crate::oauth::OauthError;
use crate::output::sanitise;

/// What is `null` says nothing, as if it were left out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Metadata {
    pub issuer: Option<String>,
    pub authorization_response_iss_parameter_supported: Option<bool>,
    pub authorization_endpoint: Option<String>,
    pub token_endpoint: Option<String>,
    pub revocation_endpoint: Option<String>,
    pub device_authorization_endpoint: Option<String>,
    pub pushed_authorization_request_endpoint: Option<String>,
    pub require_pushed_authorization_requests: Option<bool>,
    pub registration_endpoint: Option<String>,
    pub userinfo_endpoint: Option<String>,
    pub scopes_supported: Option<Vec<String>>,
    pub code_challenge_methods_supported: Option<Vec<String>>,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

impl Metadata {
    /// RFC 8414 §3.3: the issuer, character by character.
    pub(super) fn is_about(&self, issuer: &str) -> Result<(), OauthError> {
        match self.issuer.as_deref() {
            Some(named) if named == issuer => Ok(()),
            Some(named) => {
                let slash = named.trim_end_matches('/') == issuer.trim_end_matches('/');
                let hint = if slash { " (the slash counts)" } else { "" };
                let named = sanitise::excerpt(named);
                Err(OauthError::Unsafe(format!(
                    "the metadata of {issuer} is about another issuer: {named}{hint}"
                )))
            }
            None => Err(OauthError::Metadata(format!("the metadata of {issuer} does not name its issuer"))),
        }
    }
}

/// The places, in order: OpenID Connect's, RFC 8414's, OpenID's suffix spelt RFC 8414's way, and the reverse.
pub(super) fn places(issuer: &Url) -> Vec<Url> {
    const OIDC: &str = "/.well-known/openid-configuration";
    const OAUTH: &str = "/.well-known/oauth-authorization-server";
    let path = issuer.path().trim_end_matches('/');
    let mut places = Vec::new();
    for place in
        [format!("{path}{OIDC}"), format!("{OAUTH}{path}"), format!("{OIDC}{path}"), format!("{path}{OAUTH}")]
    {
        let mut url = issuer.clone();
        url.set_path(&place);
        url.set_query(None);
        url.set_fragment(None);
        if !places.contains(&url) {
            places.push(url);
        }
    }
    places
}

/// What one place said.
pub(super) enum Said<T> {
    Yes(T),
    /// It is not there: somewhere else perhaps.
    No,
    /// Told only if no other place says yes.
    Odd(OauthError),
}

/// The first place that has the document. A place that answers nonsense or redirects does not hide the next one.
pub(super) async fn fetch(
    title: &str,
    issuer: &str,
    base: &Url,
    http: &Client,
    budget: Budget,
) -> Result<Metadata, OauthError> {
    let mut trouble = None;
    for url in places(base) {
        let request = Request::new(Method::GET, url).header("accept", "application/json");
        let answer = http.send(request, budget.left()).await.map_err(in_bounds)?;
        match judge(title, issuer, &answer) {
            Said::Yes(metadata) => return Ok(metadata),
            Said::No => {}
            Said::Odd(error) => {
                trouble.get_or_insert(error);
            }
        }
    }
    Err(trouble.unwrap_or_else(|| OauthError::NoMetadata(issuer.to_owned())))
}

/// More than any metadata needs is no metadata.
pub(super) fn in_bounds(error: HttpError) -> OauthError {
    match error {
        HttpError::TooLarge { .. } => OauthError::Metadata(error.to_string()),
        other => other.into(),
    }
}

/// A document of ours in this answer. `about` is shown, and is what a person named.
pub(super) fn judge<T: for<'de> Deserialize<'de>>(title: &str, about: &str, answer: &Answer) -> Said<T> {
    let status = answer.status;
    if status.is_redirection() {
        return Said::Odd(OauthError::Unsafe(format!(
            "the metadata of {about} is somewhere else; that is never followed"
        )));
    }
    if let Some(later) = OauthError::not_now(title, answer) {
        return Said::Odd(later);
    }
    if !status.is_success() {
        return Said::No;
    }
    match serde_json::from_slice(&answer.body) {
        Ok(document) => Said::Yes(document),
        Err(error) => {
            let why = match error.classify() {
                serde_json::error::Category::Data => format!(": {}", sanitise::excerpt(&error.to_string())),
                _ => String::new(),
            };
            Said::Odd(OauthError::Metadata(format!("what {about} answers is not OAuth metadata{why}")))
        }
    }
}

//! One sign-in: what is sent to the browser, what must come back, and what it is exchanged for. Used once.

use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl};
use serde::{Deserialize, Serialize};
use url::Url;

use super::discovery::Server;
use super::exchange::Context;
use super::paste::BareCode;
use super::{OauthError, Tokens};
use crate::http::{Request, host};
use crate::output::sanitise;
use crate::providers::ClientAuth;
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

impl From<KeptSignIn> for SignIn {
    fn from(kept: KeptSignIn) -> SignIn {
        SignIn {
            url: kept.url,
            state: CsrfToken::new(kept.state.expose().to_owned()),
            verifier: kept.verifier.map(|verifier| PkceCodeVerifier::new(verifier.expose().to_owned())),
            redirect_uri: kept.redirect_uri,
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
        if let Some(hint) = login_hint {
            request = request.add_extra_param("login_hint", hint);
        }
        let (url, state) = request.url();
        let url = match &server.push {
            Some(push) => push_request(context, push, &authorize, &url).await?,
            None => url,
        };
        Ok(SignIn { url, state, verifier, redirect_uri: redirect_uri.to_owned() })
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

    /// What the browser brought instead of a code.
    pub(crate) fn denied(context: &Context<'_>, error: &str, description: Option<&str>) -> OauthError {
        let words = context.provider.words(error, "", description.unwrap_or_default());
        OauthError::Denied { title: context.provider.title.clone(), code: sanitise::excerpt(error), words }
    }

    pub(crate) async fn exchange(
        self,
        context: &Context<'_>,
        server: &Server,
        code: &Secret,
    ) -> Result<Tokens, OauthError> {
        let token = token_endpoint(context, server)?;
        context.exchange_code(&token, code, &self.redirect_uri, self.verifier).await
    }
}

pub(super) fn token_endpoint(context: &Context<'_>, server: &Server) -> Result<Url, OauthError> {
    let title = &context.provider.title;
    server.token.clone().ok_or_else(|| OauthError::Unsupported(format!("{title} has no token endpoint")))
}

/// The front channel then carries nothing but the client id and a reference.
async fn push_request(
    context: &Context<'_>,
    push: &Url,
    authorize: &Url,
    full: &Url,
) -> Result<Url, OauthError> {
    #[derive(Deserialize)]
    struct Pushed {
        request_uri: String,
    }
    let secret = context.client.secret.as_ref();
    let mut fields: Vec<(String, String)> = full.query_pairs().into_owned().collect();
    let mut request = Request::new(http::Method::POST, push.clone()).header("accept", "application/json");
    match (secret, context.provider.client_auth) {
        (Some(secret), ClientAuth::Basic) => request = request.basic(&context.client.id, secret),
        (Some(secret), ClientAuth::Body) => fields.push(("client_secret".into(), secret.expose().to_owned())),
        _ => {}
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let request = request.form(&fields);
    let answer = context.http.send(request, context.budget.left()).await?;
    let title = &context.provider.title;
    let pushed: Pushed = serde_json::from_slice(&answer.body)
        .map_err(|_| OauthError::Malformed(format!("{title} did not take the pushed request")))?;
    let mut url = authorize.clone();
    url.query_pairs_mut()
        .append_pair("client_id", &context.client.id)
        .append_pair("request_uri", &pushed.request_uri);
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Budget, Client as Http, Limits};
    use crate::oauth::Client;
    use crate::providers::Provider;
    use std::collections::HashSet;
    use std::time::Duration;

    fn begin(provider: &Provider) -> SignIn {
        let limits = Limits { connect: Duration::ZERO, deadline: Duration::ZERO, tries: 1, body: 0 };
        let (http, client) =
            (Http::new(limits), Client { id: "cid".into(), secret: Some(Secret::new("s3cret")) });
        let context =
            Context { http: &http, provider, client: &client, budget: Budget::starting_now(Duration::ZERO) };
        let server =
            Server { authorize: "https://as.example/authorize?a=1".parse().ok(), ..Server::default() };
        let scopes = ["x y".to_owned(), "z".to_owned()];
        let scopes = Scopes { all: &scopes, optional: &[] };
        let begun = SignIn::begin(&context, &server, "http://127.0.0.1:5/callback", &scopes, None);
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(begun).unwrap()
    }

    #[test]
    fn a_thousand_requests_are_sound_and_share_nothing() {
        let provider = Provider { title: "X".into(), ..Provider::default() };
        let mut seen = HashSet::new();
        for _ in 0..1_000 {
            let signin = begin(&provider);
            let query: std::collections::HashMap<_, _> = signin.url.query_pairs().into_owned().collect();
            let verifier = signin.verifier.as_ref().unwrap().secret().clone();
            assert_eq!(query["code_challenge_method"], "S256");
            assert_eq!(query["code_challenge"].len(), 43);
            assert!((43..=128).contains(&verifier.len()));
            assert!(verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
            assert!(query["state"].len() >= 22, "128 bits and more");
            assert_eq!((query["response_type"].as_str(), query["a"].as_str()), ("code", "1"));
            assert!(!signin.url.as_str().contains("s3cret"));
            assert!(seen.insert(verifier) && seen.insert(query["state"].clone()));
        }
    }

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
        let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn the_issuer_is_compared_character_by_character() {
        let signin = begin(&Provider { title: "X".into(), ..Provider::default() });
        let mut server =
            Server { issuer: Some("https://as.example".into()), announces_iss: true, ..Server::default() };
        let check = |server: &Server, iss: &[&str]| {
            signin.check_issuer(server, &iss.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).is_ok()
        };
        assert!(check(&server, &["https://as.example"]));
        for bad in [&[][..], &["https://as.example/"], &["https://other.example"], &["https://as.example"; 2]]
        {
            assert!(!check(&server, bad), "{bad:?}");
        }
        server.announces_iss = false;
        assert!(check(&server, &[]));
        assert!(!check(&server, &["https://other.example"]));
    }
}

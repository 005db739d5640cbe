//! Where a server's endpoints are: from the provider file, else from its own metadata (RFC 8414, OpenID Connect
//! Discovery), which is believed only about itself.

use http::{Method, StatusCode};
use serde::Deserialize;
use url::Url;

use super::OauthError;
use crate::http::{Budget, Client, Request, host};
use crate::providers::Provider;

#[derive(Clone, Debug, Default)]
pub(crate) struct Server {
    pub issuer: Option<String>,
    /// The server says that it names itself in every callback (RFC 9207).
    pub announces_iss: bool,
    pub authorize: Option<Url>,
    pub token: Option<Url>,
    pub revoke: Option<Url>,
    pub device: Option<Url>,
    /// Pushed authorization requests (RFC 9126), only where they are required.
    pub push: Option<Url>,
    pub register: Option<Url>,
    pub whoami: Option<Url>,
    pub scopes: Vec<String>,
    /// The server knows PKCE only as `plain`, or says that it has none.
    pub lacks_s256: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    issuer: String,
    authorization_response_iss_parameter_supported: bool,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    pushed_authorization_request_endpoint: Option<String>,
    require_pushed_authorization_requests: bool,
    registration_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    scopes_supported: Vec<String>,
    code_challenge_methods_supported: Option<Vec<String>>,
}

impl Server {
    /// `issuer` in the provider file always means discovery; endpoints that the file gives go before what is found.
    pub(crate) async fn of(provider: &Provider, http: &Client, budget: Budget) -> Result<Server, OauthError> {
        let mut server = match &provider.issuer {
            Some(issuer) => discover(provider, issuer, http, budget).await?,
            None => Server::default(),
        };
        let given = |text: &Option<String>| text.as_deref().and_then(|t| t.parse::<Url>().ok());
        let prefer = |slot: &mut Option<Url>, text: &Option<String>| {
            if let Some(url) = given(text) {
                *slot = Some(url);
            }
        };
        prefer(&mut server.authorize, &provider.authorize_url);
        prefer(&mut server.token, &provider.token_url);
        prefer(&mut server.revoke, &provider.revoke_url);
        prefer(&mut server.device, &provider.device_url);
        Ok(server)
    }
}

async fn discover(
    provider: &Provider,
    issuer: &str,
    http: &Client,
    budget: Budget,
) -> Result<Server, OauthError> {
    let metadata = fetch(provider, issuer, http, budget).await?;
    if metadata.issuer != issuer {
        return Err(OauthError::Unsafe(format!(
            "the metadata of {issuer} is about another issuer: {}",
            crate::output::sanitise::excerpt(&metadata.issuer)
        )));
    }
    let base: Url = issuer.parse().map_err(|_| OauthError::Unsafe(format!("{issuer} is no URL")))?;
    let own = |name: &str, text: Option<String>| endpoint(provider, &base, name, text, true);
    let push = own("pushed_authorization_request_endpoint", metadata.pushed_authorization_request_endpoint)?;
    Ok(Server {
        issuer: Some(issuer.to_owned()),
        announces_iss: metadata.authorization_response_iss_parameter_supported,
        authorize: endpoint(
            provider,
            &base,
            "authorization_endpoint",
            metadata.authorization_endpoint,
            false,
        )?,
        token: own("token_endpoint", metadata.token_endpoint)?,
        revoke: own("revocation_endpoint", metadata.revocation_endpoint)?,
        device: own("device_authorization_endpoint", metadata.device_authorization_endpoint)?,
        push: push.filter(|_| metadata.require_pushed_authorization_requests),
        register: own("registration_endpoint", metadata.registration_endpoint)?,
        whoami: own("userinfo_endpoint", metadata.userinfo_endpoint)?,
        scopes: metadata.scopes_supported,
        lacks_s256: metadata.code_challenge_methods_supported.is_none_or(|m| !m.iter().any(|x| x == "S256")),
    })
}

/// OpenID's place first, then RFC 8414's.
async fn fetch(
    provider: &Provider,
    issuer: &str,
    http: &Client,
    budget: Budget,
) -> Result<Metadata, OauthError> {
    let base: Url = issuer.parse().map_err(|_| OauthError::Unsafe(format!("{issuer} is no URL")))?;
    let mut oidc = base.clone();
    oidc.set_path(&format!("{}/.well-known/openid-configuration", base.path().trim_end_matches('/')));
    let mut rfc8414 = base.clone();
    rfc8414
        .set_path(&format!("/.well-known/oauth-authorization-server{}", base.path().trim_end_matches('/')));
    for url in [oidc, rfc8414] {
        let request = Request::new(Method::GET, url).header("accept", "application/json");
        let answer = http.send(request, budget.left()).await?;
        let status = answer.status;
        if status.is_redirection() {
            return Err(OauthError::Unsafe(format!(
                "the metadata of {issuer} is somewhere else; that is never followed"
            )));
        }
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            let now = crate::clock::now();
            let at = crate::http::retry_after(&answer.headers, now).map(|seconds| now + seconds);
            let title = provider.title.clone();
            return Err(OauthError::Unavailable { title, status: status.as_u16(), at, refused: true });
        }
        if status.is_success() {
            return serde_json::from_slice(&answer.body)
                .map_err(|_| OauthError::Malformed(format!("what {issuer} answers is not OAuth metadata")));
        }
    }
    Err(OauthError::Malformed(format!("{issuer} has no OAuth metadata")))
}

/// An endpoint that gets secrets must be on the issuer's own host, unless the provider file pins its host.
fn endpoint(
    provider: &Provider,
    issuer: &Url,
    name: &str,
    text: Option<String>,
    gets_secrets: bool,
) -> Result<Option<Url>, OauthError> {
    let Some(text) = text else { return Ok(None) };
    let refuse = |why: &str| {
        let text = crate::output::sanitise::excerpt(&text);
        OauthError::Unsafe(format!("`{name}` of {issuer} {why}: {text}"))
    };
    let url: Url = text.parse().map_err(|_| refuse("is no URL"))?;
    host::safe(&url).map_err(refuse)?;
    let at_home =
        url.host_str() == issuer.host_str() && url.port_or_known_default() == issuer.port_or_known_default();
    if gets_secrets && !at_home && !host::allowed(&url, issuer, &provider.hosts) {
        return Err(refuse("is on another host (a provider file can allow it with `hosts`)"));
    }
    Ok(Some(url))
}

//! Where a server's endpoints are: from the provider file, else from its own metadata (RFC 8414, OpenID Connect
//! Discovery), which is believed only about itself.

#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod metadata;
mod resource;

use url::Url;

use super::OauthError;
use crate::http::{Budget, Client, host};
use crate::output::sanitise;
use crate::providers::{ClientAuth, Provider};
use crate::vault::Endpoints;
use metadata::Metadata;
pub(crate) use resource::{Resource, protected_resource};

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
    /// The PKCE methods that it announces; `None`: it says nothing of PKCE.
    pub pkce: Option<Vec<String>>,
    /// How a client may authenticate at the token endpoint; `None`: it does not say.
    pub auth_methods: Option<Vec<String>>,
}

impl Server {
    /// `issuer` in the provider file always means discovery; endpoints that the file gives go before what is found.
    pub(crate) async fn of(provider: &Provider, http: &Client, budget: Budget) -> Result<Server, OauthError> {
        let mut server = match &provider.issuer {
            Some(issuer) => Server::discovered(provider, issuer, http, budget).await?,
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

    /// What the server says about itself. Of the provider file only `hosts` and `token-url` count.
    pub(crate) async fn discovered(
        provider: &Provider,
        issuer: &str,
        http: &Client,
        budget: Budget,
    ) -> Result<Server, OauthError> {
        let base = address(issuer)?;
        let metadata = metadata::fetch(&provider.title, issuer, &base, http, budget).await?;
        Server::read(metadata, provider, issuer, &base)
    }

    fn read(metadata: Metadata, provider: &Provider, issuer: &str, base: &Url) -> Result<Server, OauthError> {
        metadata.is_about(issuer)?;
        let own = |name: &str, text: Option<String>| endpoint(provider, base, name, text, true);
        let authorize = metadata.authorization_endpoint;
        let push =
            own("pushed_authorization_request_endpoint", metadata.pushed_authorization_request_endpoint)?;
        let must_push = metadata.require_pushed_authorization_requests.unwrap_or(false);
        let token = own("token_endpoint", metadata.token_endpoint)?;
        let lacks = |what: &str| Err(OauthError::Metadata(format!("the metadata of {issuer} {what}")));
        if token.is_none() && provider.token_url.is_none() {
            return lacks("names no token endpoint");
        }
        if must_push && push.is_none() {
            return lacks("requires pushed requests and does not say where to");
        }
        Ok(Server {
            issuer: Some(issuer.to_owned()),
            announces_iss: metadata.authorization_response_iss_parameter_supported.unwrap_or(false),
            authorize: endpoint(provider, base, "authorization_endpoint", authorize, false)?,
            token,
            revoke: own("revocation_endpoint", metadata.revocation_endpoint)?,
            device: own("device_authorization_endpoint", metadata.device_authorization_endpoint)?,
            push: push.filter(|_| must_push),
            register: own("registration_endpoint", metadata.registration_endpoint)?,
            whoami: own("userinfo_endpoint", metadata.userinfo_endpoint)?,
            scopes: metadata.scopes_supported.unwrap_or_default(),
            pkce: metadata.code_challenge_methods_supported,
            auth_methods: metadata.token_endpoint_auth_methods_supported,
        })
    }

    /// The server knows PKCE only as `plain`, or says that it has none.
    pub(crate) fn lacks_s256(&self) -> bool {
        self.pkce.as_ref().is_none_or(|methods| !methods.iter().any(|method| method == "S256"))
    }

    /// How a client with or without a secret authenticates here. Where nothing is said, Basic is meant (RFC 8414 §2).
    pub(crate) fn client_auth(&self, has_secret: bool) -> Result<ClientAuth, OauthError> {
        let offers = |method: &str| {
            self.auth_methods.as_ref().is_none_or(|methods| methods.iter().any(|offered| offered == method))
        };
        if !has_secret {
            return Ok(ClientAuth::None);
        }
        if offers("client_secret_basic") {
            Ok(ClientAuth::Basic)
        } else if offers("client_secret_post") {
            Ok(ClientAuth::Body)
        } else if offers("none") {
            Ok(ClientAuth::None)
        } else {
            let issuer = self.issuer.as_deref().unwrap_or_default();
            Err(OauthError::Unsupported(format!("{issuer} takes no client that has a secret, only keys")))
        }
    }

    /// What a grant keeps, so that a refresh asks nobody where to send its token. A token for one resource is not
    /// shown to another: who am I is then not asked of the authorization server.
    pub(crate) fn pinned(&self, provider: &Provider) -> Endpoints {
        let pin = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
        Endpoints {
            issuer: self.issuer.clone(),
            token: pin(&self.token),
            revoke: pin(&self.revoke),
            whoami: pin(&self.whoami).filter(|_| provider.resource.is_none()),
            resource: provider.resource.clone(),
        }
    }
}

/// An issuer or a resource as an address that may be asked.
fn address(text: &str) -> Result<Url, OauthError> {
    let shown = sanitise::excerpt(text);
    let url: Url = text.parse().map_err(|_| OauthError::Unsafe(format!("{shown} is no URL")))?;
    host::safe(&url).map_err(|why| OauthError::Unsafe(format!("{shown} {why}")))?;
    Ok(url)
}

/// An endpoint that gets secrets must be on the issuer's own host, unless the provider file pins its host. Nobody but
/// this machine may name an address of this machine.
fn endpoint(
    provider: &Provider,
    issuer: &Url,
    name: &str,
    text: Option<String>,
    gets_secrets: bool,
) -> Result<Option<Url>, OauthError> {
    let Some(text) = text else { return Ok(None) };
    let refuse = |why: &str| {
        let text = sanitise::excerpt(&text);
        OauthError::Unsafe(format!("`{name}` of {issuer} {why}: {text}"))
    };
    let url: Url = text.parse().map_err(|_| refuse("is no URL"))?;
    host::safe(&url).map_err(refuse)?;
    let at_home =
        url.host_str() == issuer.host_str() && url.port_or_known_default() == issuer.port_or_known_default();
    if gets_secrets && !at_home && !host::allowed(&url, issuer, &provider.hosts) {
        return Err(refuse("is on another host (a provider file can allow it with `hosts`)"));
    }
    if host::leads_here(&url) && !host::leads_here(issuer) {
        return Err(refuse("is on this machine"));
    }
    Ok(Some(url))
}

#[cfg(test)]
mod tests;

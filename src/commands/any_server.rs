//! Any server: one that is known only by its issuer, or by a resource that it gives tokens for. It becomes a provider
//! like any other with the first successful sign-in.

use crate::app::App;
use crate::error::{Error, Kind};
use crate::http::host;
use crate::oauth::{OauthError, Resource, Server, protected_resource};
use crate::output::sanitise;
use crate::providers::{ClientAuth, Provider, ProviderError, is_taken, issuer_file};
use crate::vault::RefreshRule;

/// What is asked where nothing says what a server knows.
const USUAL: [&str; 4] = ["openid", "email", "profile", "offline_access"];
const OFFLINE: &str = "offline_access";

/// Whether a new provider can have this name.
pub(super) fn may_be_called(name: &str) -> Result<(), Error> {
    if is_taken(name) {
        return Err(Error::usage(format!("a provider cannot be called `{name}`")).help("choose another name"));
    }
    Ok(())
}

/// The provider that `--issuer` or `--resource` means; one that is new comes from nowhere yet.
pub(super) fn named(
    app: &App,
    name: &str,
    issuer: Option<&String>,
    resource: Option<&String>,
    scopes: &[String],
) -> Result<Option<Provider>, Error> {
    if issuer.is_none() && resource.is_none() {
        return Ok(None);
    }
    match app.catalogue().provider(name) {
        Ok(known) => {
            let is = |asked: Option<&String>| {
                asked.is_none() || asked == known.issuer.as_ref() || asked == known.resource.as_ref()
            };
            if is(issuer) && is(resource) {
                return Ok(Some(known));
            }
            Err(Error::usage(format!("`{name}` is a provider with another address"))
                .help(format!("integ connect {name} uses it as it is; otherwise choose another name")))
        }
        Err(ProviderError::Unknown { .. }) => {
            may_be_called(name)?;
            describe(name, issuer, resource, scopes).map(Some)
        }
        Err(other) => Err(other.into()),
    }
}

/// A server of which nothing but an address is known.
pub(super) fn describe(
    name: &str,
    issuer: Option<&String>,
    resource: Option<&String>,
    scopes: &[String],
) -> Result<Provider, Error> {
    for (what, text) in [("an issuer", issuer), ("a resource", resource)] {
        let Some(text) = text else { continue };
        let url = text.parse().map_err(|_| Error::usage(format!("`{text}` is not a URL")))?;
        host::safe(&url).map_err(|why| Error::usage(format!("{what} {why}: {text}")))?;
    }
    let usual = USUAL.iter().filter(|_| issuer.is_some()).map(|scope| (*scope).to_owned());
    Ok(Provider {
        name: name.to_owned(),
        title: name.to_owned(),
        issuer: issuer.cloned(),
        resource: resource.cloned(),
        api_url: resource.cloned(),
        refresh: Some(RefreshRule::Rotating),
        scopes: usual.chain(scopes.iter().cloned()).collect(),
        ..Provider::default()
    })
}

/// Fills in what the server, or the resource, says about itself. A person who gave the address of a resource as an
/// issuer is understood too.
pub(super) async fn introduce(
    app: &App,
    provider: &mut Provider,
    wanted: &[String],
) -> Result<Server, Error> {
    let (http, budget) = (app.http()?, app.budget()?);
    let resource = match (provider.issuer.clone(), provider.resource.clone()) {
        (Some(address), known) => match Server::of(provider, http, budget).await {
            Ok(server) => {
                // No scope is asked that the server does not offer.
                if !server.scopes.is_empty() {
                    provider.scopes.retain(|scope| server.scopes.contains(scope));
                }
                return Ok(server);
            }
            Err(nothing @ OauthError::NoMetadata(_)) if known.is_none() => {
                match protected_resource(&address, http, budget).await {
                    Ok(resource) => resource,
                    Err(OauthError::NoMetadata(_)) => return Err(nothing.into()),
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        },
        (None, Some(address)) => protected_resource(&address, http, budget).await.map_err(|error| {
            let is_missing = matches!(error, OauthError::NoMetadata(_));
            let error = Error::from(error);
            if !is_missing {
                return error;
            }
            error.help("where it does not say who gives tokens for it, add: --issuer URL")
        })?,
        (None, None) => return Ok(Server::default()),
    };
    of_resource(app, provider, resource, wanted).await
}

/// The first of a resource's authorization servers that can be used.
async fn of_resource(
    app: &App,
    provider: &mut Provider,
    resource: Resource,
    wanted: &[String],
) -> Result<Server, Error> {
    let mut failed: Option<Error> = None;
    provider.resource = Some(resource.id.clone());
    provider.api_url = Some(resource.id.clone());
    for issuer in &resource.issuers {
        provider.issuer = Some(issuer.clone());
        match Server::of(provider, app.http()?, app.budget()?).await {
            Ok(server) => {
                let shown = sanitise::line(issuer);
                app.out.say(format!("Tokens for {} come from {shown}.", sanitise::line(&resource.id)));
                let mut scopes: Vec<String> = resource.scopes.iter().chain(wanted).cloned().collect();
                if server.scopes.iter().any(|scope| scope == OFFLINE) {
                    scopes.push(OFFLINE.to_owned());
                }
                let mut seen = std::collections::HashSet::new();
                scopes.retain(|scope| seen.insert(scope.clone()));
                provider.scopes = scopes;
                return Ok(server);
            }
            Err(error) => {
                let error = Error::from(error);
                if resource.issuers.len() > 1 {
                    app.out.warn(&error.message);
                }
                failed.get_or_insert(error);
            }
        }
    }
    Err(failed.unwrap_or_else(|| Error::new(Kind::Config, "the resource names no authorization server")))
}

/// From now on it is a provider like any other.
pub(super) fn write_provider_file(app: &App, provider: &Provider, auth: ClientAuth) -> Result<(), Error> {
    let path = app.catalogue().path_of(&provider.name);
    let text = issuer_file(&Provider { client_auth: auth, ..provider.clone() });
    crate::vault::private::write_private(&path, text.as_bytes())?;
    app.out.say(format!("Wrote {}: the provider can be changed there.", path.display()));
    Ok(())
}

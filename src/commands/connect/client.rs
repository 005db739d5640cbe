//! The client to sign in with: one that was set up, one that the server registers now (RFC 7591), or after the walk
//! through setting one up.

use url::Url;

use super::arguments::Connect;
use super::target::Target;
use crate::app::{App, no_client};
use crate::clock;
use crate::commands::setup::{self, save_client};
use crate::error::Error;
use crate::http::host;
use crate::oauth::{Client, OauthError, Registered, Server, register};
use crate::providers::Provider;

/// The client, and the provider with the way in which this client authenticates.
pub(super) async fn of(
    app: &App,
    target: &Target,
    server: &Server,
    redirect_uri: &str,
) -> Result<(Client, Provider), Error> {
    let provider = &target.provider;
    let known = app.client(provider)?;
    let client = match (&server.register, known) {
        (Some(endpoint), known) if is_to_be_registered(app, provider, known.as_ref(), redirect_uri)? => {
            return registered(app, target, server, endpoint, redirect_uri).await;
        }
        (_, Some(known)) => known,
        (_, None) if app.prompt.is_allowed() => {
            setup::walk_through(app, provider)?;
            app.client(provider)?.ok_or_else(|| no_client(&provider.name))?
        }
        (_, None) if target.is_new_provider => {
            return Err(no_client(&provider.name).help(by_hand(target)));
        }
        (_, None) => return Err(no_client(&provider.name)),
    };
    let provider = with_its_auth(target, server, &client)?;
    Ok((client, provider))
}

/// The provider file says how its client authenticates; where there is none yet, the server and the client do.
pub(super) fn with_its_auth(target: &Target, server: &Server, client: &Client) -> Result<Provider, Error> {
    let mut provider = target.provider.clone();
    if target.is_new_provider {
        provider.client_auth = server.client_auth(client.secret.is_some())?;
    }
    Ok(provider)
}

/// A client that a person set up is used as it is. One that we registered is good for its redirect URI, and until its
/// secret ends.
fn is_to_be_registered(
    app: &App,
    provider: &Provider,
    known: Option<&Client>,
    redirect_uri: &str,
) -> Result<bool, Error> {
    let Some(known) = known else { return Ok(true) };
    let config = app.config()?;
    let own = |key: &str| config.own(&format!("client.{}.{key}", provider.name));
    let Some(before) = own("registered").filter(|_| own("id").as_ref() == Some(&known.id)) else {
        return Ok(false);
    };
    let ended = own("expires").and_then(|at| at.parse::<i64>().ok()).is_some_and(|at| at <= clock::now());
    let is_covered = before == redirect_uri
        || setup::redirect(app, provider, None)?.registered().iter().any(|uri| uri == redirect_uri);
    Ok(ended || !is_covered)
}

/// Whether a listener whose port is taken may have any other, because the server then registers that one.
pub(super) fn may_move(app: &App, arguments: &Connect, provider: &Provider, server: &Server) -> bool {
    let any_port = matches!(provider.redirect.as_deref(), None | Some("loopback" | "localhost"));
    let key = format!("client.{}.registered", provider.name);
    let is_ours = app.config().is_ok_and(|config| config.own(&key).is_some());
    any_port && is_ours && arguments.port.is_none() && server.register.is_some()
}

async fn registered(
    app: &App,
    target: &Target,
    server: &Server,
    endpoint: &Url,
    redirect_uri: &str,
) -> Result<(Client, Provider), Error> {
    let mut provider = target.provider.clone();
    app.out.say(format!("{} registers clients by itself: registering one.", provider.title));
    // The very URI that is used, because many servers compare its port too; then whatever else may be used later.
    let mut uris = vec![redirect_uri.to_owned()];
    uris.extend(
        setup::redirect(app, &provider, None)?.registered().into_iter().filter(|u| u != redirect_uri),
    );
    let outcome = register(app.http()?, endpoint, server, &uris, &target.scopes, app.budget()?).await;
    let Registered { client, auth, secret_expires_at } = outcome.map_err(|error| match error {
        OauthError::NotRegistered(_) => Error::from(error).help(by_hand(target)),
        other => other.into(),
    })?;
    if !target.is_new_provider && client.secret.is_some() && auth != provider.client_auth {
        let word = format!("{auth:?}").to_lowercase();
        let error = OauthError::NotRegistered(format!(
            "{} registers clients that authenticate in another way than its provider file says",
            provider.title
        ));
        return Err(Error::from(error).help(format!("client-auth = \"{word}\" in {}", provider.origin)));
    }
    provider.client_auth = auth;
    let uri = uris.swap_remove(0);
    let port = uri.parse::<Url>().ok().filter(host::is_loopback).and_then(|url| url.port());
    save_client(app, &provider.name, &client.id, client.secret.as_ref(), port)?;
    app.change_config(|config| {
        config.set(&format!("client.{}.registered", provider.name), &uri)?;
        match secret_expires_at {
            Some(at) => config.set(&format!("client.{}.expires", provider.name), &at.to_string()),
            None => Ok(()),
        }
    })?;
    if let Some(at) = secret_expires_at {
        let day = clock::local(at);
        app.out.say(format!("Its secret is good until {day}; integ connect then registers another."));
    }
    Ok((client, provider))
}

/// A new provider has no file that `setup` could read.
fn by_hand(target: &Target) -> String {
    let provider = &target.provider;
    let name = &target.name;
    match (&provider.issuer, &provider.resource) {
        _ if !target.is_new_provider => format!("integ setup {}", provider.name),
        (_, Some(resource)) => {
            format!(
                "register an app there by hand, then: integ connect {name} --resource {resource} --client-id ID"
            )
        }
        (issuer, None) => format!(
            "register an app there by hand, then: integ connect {name} --issuer {} --client-id ID",
            issuer.as_deref().unwrap_or("URL")
        ),
    }
}

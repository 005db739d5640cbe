//! What a provider file says that the server itself says otherwise.

use url::Url;

use crate::app::App;
use crate::error::Error;
use crate::oauth::{OauthError, Server};
use crate::providers::{ClientAuth, Options, Provider};

#[derive(Default)]
pub(super) struct Drift {
    /// Whose metadata was read; `None`: there is none, so nothing is compared.
    pub issuer: Option<String>,
    /// The key, and how the server differs.
    pub found: Vec<(String, String)>,
    /// What may be as it should.
    pub notes: Vec<String>,
}

/// Compares with the metadata of the file's issuer, or of its host where it names none.
pub(super) async fn of(app: &App, provider: &Provider) -> Result<Drift, Error> {
    let mut drift = Drift::default();
    let Ok(mut provider) = provider.with_options(&Options::new(), false) else {
        drift.notes.push("its addresses depend on an option: nothing was compared".into());
        return Ok(drift);
    };
    let origin =
        |text: &Option<String>| Some(text.as_ref()?.parse::<Url>().ok()?.origin().ascii_serialization());
    let named = provider.issuer.clone();
    let guessed = origin(&provider.authorize_url).or_else(|| origin(&provider.token_url));
    let Some(issuer) = named.clone().or(guessed) else { return Ok(drift) };
    // Addresses that the file itself names are no news.
    let own = [&provider.token_url, &provider.revoke_url, &provider.device_url];
    let hosts: Vec<String> = own
        .into_iter()
        .flatten()
        .filter_map(|t| Some(t.parse::<Url>().ok()?.host_str()?.to_owned()))
        .collect();
    provider.hosts.extend(hosts);
    match Server::discovered(&provider, &issuer, app.http()?, app.budget()?).await {
        Ok(server) => compare(&provider, &server, &mut drift),
        Err(error @ (OauthError::Http(_) | OauthError::Unavailable { .. })) => return Err(error.into()),
        // A host need not be an issuer.
        Err(_) if named.is_none() => {
            drift.notes.push("it publishes no metadata at its host: nothing was compared".into());
            return Ok(drift);
        }
        Err(error) => drift.found.push(("issuer".into(), error.to_string())),
    }
    drift.issuer = Some(issuer);
    Ok(drift)
}

fn compare(provider: &Provider, server: &Server, drift: &mut Drift) {
    let endpoints = [
        ("authorize-url", &provider.authorize_url, &server.authorize),
        ("token-url", &provider.token_url, &server.token),
        ("revoke-url", &provider.revoke_url, &server.revoke),
        ("device-url", &provider.device_url, &server.device),
    ];
    for (key, own, theirs) in endpoints {
        match (own, theirs) {
            (Some(own), Some(theirs)) if own.parse::<Url>().ok().as_ref() != Some(theirs) => {
                drift.found.push((key.into(), format!("is {own}; the server says {theirs}")));
            }
            (None, Some(theirs)) if provider.issuer.is_none() => {
                drift.notes.push(format!("the server has `{key}` = \"{theirs}\", the file has none"));
            }
            _ => {}
        }
    }
    match (provider.uses_pkce(), server.pkce.is_some() && !server.lacks_s256()) {
        (false, true) => drift.found.push(("pkce".into(), "is off; the server takes S256".into())),
        (true, false) => drift.notes.push("the server does not announce PKCE with S256".into()),
        _ => {}
    }
    let method = match provider.client_auth {
        ClientAuth::Basic => "client_secret_basic",
        ClientAuth::Body => "client_secret_post",
        ClientAuth::None => "none",
    };
    if let Some(methods) = server.auth_methods.as_ref().filter(|m| !m.iter().any(|m| m == method)) {
        let words = format!("means {method}; the server takes {}", methods.join(", "));
        // The usual value says nothing about a client without a secret.
        if provider.client_auth == ClientAuth::Body {
            drift.notes.push(format!("`client-auth` {words}"));
        } else {
            drift.found.push(("client-auth".into(), words));
        }
    }
    let all: Vec<String> = provider.capability.keys().cloned().collect();
    let stray: Vec<String> =
        provider.scopes_for(&all).into_iter().filter(|scope| !server.scopes.contains(scope)).collect();
    // RFC 8414 §2: a server need not list every scope.
    if !server.scopes.is_empty() && !stray.is_empty() {
        drift.notes.push(format!("the server does not list these scopes: {}", stray.join(", ")));
    }
}

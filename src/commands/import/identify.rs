//! Which provider an entry means.

use crate::app::App;
use crate::bundle::Given;
use crate::error::Error;
use crate::name::Name;
use crate::providers::{ClientAuth, Provider, ProviderError, issuer_file};

/// What the command line says about every entry.
pub(super) struct Wishes<'a> {
    pub name: Option<&'a Name>,
    pub provider: Option<&'a str>,
    pub issuer: Option<&'a str>,
    pub options: &'a [(String, String)],
}

/// What an entry is a connection of.
pub(super) struct Identified {
    pub name: Name,
    pub provider: Provider,
    /// The capabilities of the service that was named instead of a provider.
    pub service: Option<Vec<String>>,
    /// A provider file that is written with it.
    pub file: Option<String>,
}

/// By the name of a provider, of a service of one, or by an issuer nobody has a file for.
pub(super) fn identify(
    app: &App,
    name: Name,
    word: &str,
    given: &Given,
    wishes: &Wishes<'_>,
) -> Result<Identified, Error> {
    let catalogue = app.catalogue();
    match (catalogue.provider(word), wishes.issuer) {
        (Ok(provider), Some(issuer)) if provider.issuer.as_deref() != Some(issuer) => {
            Err(Error::usage(format!("`{word}` is a provider with another issuer"))
                .help("choose another name"))
        }
        (Ok(provider), _) => Ok(Identified { name, provider, service: None, file: None }),
        (Err(ProviderError::Unknown { .. }), Some(issuer)) => {
            let public = given.client_id.is_some() && given.client_secret.is_none();
            let usual = || ["openid", "email", "profile", "offline_access"].map(str::to_owned).to_vec();
            let scopes = given.scopes.clone().unwrap_or_else(usual);
            let client_auth = if public { ClientAuth::None } else { ClientAuth::default() };
            let issuer = Some(issuer.to_owned());
            let described =
                Provider { title: word.to_owned(), issuer, scopes, client_auth, ..Provider::default() };
            let text = issuer_file(&described);
            let provider = catalogue
                .with_own(word, Some(&text))
                .map_err(|_| Error::usage("--issuer is not a safe URL"))?;
            Ok(Identified { name, provider, service: None, file: Some(text) })
        }
        (Err(unknown @ ProviderError::Unknown { .. }), None) => {
            let Some(provider) = catalogue.provider_of_service(word) else {
                return Err(Error::from(unknown).help(format!(
                    "integ providers lists them; for any OAuth server: integ import {name} --issuer URL"
                )));
            };
            let service = provider.service.get(word).map(|view| view.capabilities.clone());
            let name = if name.head() == word { name.under(&provider.name) } else { name };
            Ok(Identified { name, provider, service, file: None })
        }
        (Err(other), _) => Err(other.into()),
    }
}

//! What is to be connected: the connection's name, its provider and what it shall be able to do.

use super::settle::Settlement;
use super::{Connect, anywhere};
use crate::app::App;
use crate::error::Error;
use crate::name::Name;
use crate::providers::{Provider, ProviderError};
use crate::vault::Grant;

pub(super) struct Target {
    pub name: Name,
    pub provider: Provider,
    pub capabilities: Vec<String>,
    pub scopes: Vec<String>,
    /// What is connected under this name now.
    pub existing: Option<Grant>,
    /// The provider is new and gets a file of its own once it is connected.
    pub is_new_provider: bool,
}

impl Target {
    pub(super) fn of(app: &App, arguments: &Connect) -> Result<Target, Error> {
        let Named { name, provider, service, is_new_provider } = identify(app, arguments)?;
        // A damaged item must not keep a person from connecting anew: `--replace` says that they know.
        let existing = match app.vault()?.grant(&name) {
            Err(_) if arguments.replace => None,
            found => found?,
        };
        if let Some(other) =
            existing.as_ref().filter(|grant| grant.provider != provider.name && !arguments.replace)
        {
            return Err(Error::usage(format!(
                "`{name}` is connected to {}, not to {}",
                other.provider, provider.name
            ))
            .help("choose another name, or add --replace to lose that connection"));
        }
        let before = existing.as_ref().map_or(&[][..], |grant| &grant.capabilities);
        let capabilities = capabilities(&provider, &arguments.can, service, before)?;
        let known = existing.as_ref().filter(|_| provider.incremental_scopes && !before.is_empty());
        let adds = arguments.can.iter().any(|can| can.starts_with('+'));
        let mut scopes = provider.scopes_for(&capabilities);
        // A provider that adds up by itself is asked for what is missing only.
        if let Some(grant) = known.filter(|_| adds) {
            scopes.retain(|scope| !grant.scopes.contains(scope) || provider.scopes.contains(scope));
        }
        scopes.extend(arguments.scope.iter().filter(|s| !provider.scopes.contains(s)).cloned());
        Ok(Target { name, provider, capabilities, scopes, existing, is_new_provider })
    }

    pub(super) fn settlement<'a>(&'a self, arguments: &'a Connect) -> Settlement<'a> {
        Settlement {
            name: &self.name,
            provider: &self.provider,
            capabilities: &self.capabilities,
            asked: &self.scopes,
            existing: self.existing.as_ref(),
            expect: arguments.expect.as_deref(),
            replace: arguments.replace,
        }
    }
}

/// Whom a person named.
struct Named {
    /// A service's name is that of its provider's connection.
    name: Name,
    provider: Provider,
    /// What the service can do, where a service was named.
    service: Option<Vec<String>>,
    is_new_provider: bool,
}

fn identify(app: &App, arguments: &Connect) -> Result<Named, Error> {
    let known = |name, provider, service| Ok(Named { name, provider, service, is_new_provider: false });
    let (name, catalogue) = (arguments.name.clone(), app.catalogue());
    if let Some(provider) = anywhere::named(app, arguments)? {
        let is_new_provider = provider.origin.is_empty();
        return Ok(Named { name, provider, service: None, is_new_provider });
    }
    if let Some(provider) = &arguments.provider {
        return known(name, catalogue.provider(provider)?, None);
    }
    // A connection that was renamed is still its provider's.
    if let Ok(Some(existing)) = app.vault()?.grant(&name) {
        return known(name, catalogue.provider(&existing.provider)?, None);
    }
    match catalogue.provider(name.head()) {
        Ok(provider) => known(name, provider, None),
        Err(unknown @ ProviderError::Unknown { .. }) => {
            let Some(provider) = catalogue.provider_of_service(name.head()) else {
                return Err(unknown.into());
            };
            let service = provider.service.get(name.head()).map(|view| view.capabilities.clone());
            known(name.under(&provider.name), provider, service)
        }
        Err(other) => Err(other.into()),
    }
}

/// `--can`, else the service's, else everything the provider offers; `+files` and services add to what is there.
fn capabilities(
    provider: &Provider,
    can: &[String],
    service: Option<Vec<String>>,
    before: &[String],
) -> Result<Vec<String>, Error> {
    let words: Vec<&str> =
        can.iter().map(|word| word.trim_start_matches('+')).filter(|w| !w.is_empty()).collect();
    if let Some(stray) = words.iter().find(|word| !provider.capability.contains_key(**word)) {
        let known: Vec<&str> = provider.capability.keys().map(String::as_str).collect();
        let help = if known.is_empty() {
            "it has no capabilities".to_owned()
        } else {
            format!("it can: {}", known.join(", "))
        };
        return Err(Error::usage(format!("{} cannot do `{stray}`", provider.title)).help(help));
    }
    let adds = can.iter().any(|word| word.starts_with('+'));
    let mut chosen: Vec<String> = match (words.is_empty(), service) {
        (false, _) => words.into_iter().map(str::to_owned).collect(),
        (true, Some(service)) => service,
        (true, None) if !before.is_empty() => before.to_vec(),
        (true, None) => provider.capability.keys().cloned().collect(),
    };
    if adds || can.is_empty() {
        chosen.extend(before.iter().cloned());
    }
    chosen.sort();
    chosen.dedup();
    Ok(chosen)
}

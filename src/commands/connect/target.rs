//! What is to be connected: the connection's name, its provider and what it shall be able to do.

use super::arguments::Connect;
use super::settle::Settlement;
use super::site;
use crate::app::App;
use crate::commands::any_server;
use crate::commands::options::{ask, chosen};
use crate::error::Error;
use crate::name::Name;
use crate::providers::{Options, Provider, ProviderError};
use crate::vault::Grant;

pub(super) struct Target {
    pub name: Name,
    pub provider: Provider,
    /// What was chosen for this connection; `provider` is filled with it.
    pub options: Options,
    /// Its token is given, not signed in for.
    pub pasted: bool,
    /// Nobody signs in: a program gets a token of its own.
    pub machine: bool,
    pub capabilities: Vec<String>,
    pub scopes: Vec<String>,
    /// Of these, what only the person wanted, now or before.
    pub extra: Vec<String>,
    /// What is connected under this name now.
    pub existing: Option<Grant>,
    /// The provider is new and gets a file of its own once it is connected.
    pub is_new_provider: bool,
}

impl Target {
    pub(super) fn of(app: &App, arguments: &Connect) -> Result<Target, Error> {
        let Named { name, provider, service, is_new_provider } = identify(app, arguments)?;
        // A damaged item must not keep a person from connecting anew: `--replace` says that they know.
        let vault = app.vault()?;
        let existing = if arguments.replace { vault.replaceable(&name)? } else { vault.grant(&name)? };
        if let Some(other) =
            existing.as_ref().filter(|grant| grant.provider != provider.name && !arguments.replace)
        {
            return Err(Error::usage(format!(
                "`{name}` is connected to {}, not to {}",
                other.provider, provider.name
            ))
            .help("choose another name, or add --replace to lose that connection"));
        }
        let same = existing.as_ref().filter(|grant| grant.provider == provider.name);
        let kept = same.map(|grant| grant.options.clone()).unwrap_or_default();
        let machine = arguments.is_machine(&provider, same);
        let pasted = !machine && arguments.pastes(&provider);
        let mut options = chosen(&provider, &arguments.option, &kept)?;
        ask(app, &provider, &mut options, pasted)?;
        let provider = provider.with_options(&options, pasted)?;
        let before = existing.as_ref().map_or(&[][..], |grant| &grant.capabilities);
        let capabilities = capabilities(&provider, &arguments.can, service, before)?;
        let adds_up = provider.incremental_scopes && !machine && !before.is_empty();
        let known = existing.as_ref().filter(|_| adds_up);
        let adds = arguments.can.iter().any(|can| can.starts_with('+'));
        let extra = extra(&provider, &arguments.scope, same.filter(|_| !arguments.replace));
        let mut scopes = provider.scopes_for(&capabilities);
        for scope in &extra {
            if !scopes.contains(scope) {
                scopes.push(scope.clone());
            }
        }
        // A provider that adds up by itself is asked for what is missing only.
        if let Some(grant) = known.filter(|_| adds) {
            let asked = |scope: &String| provider.scopes.contains(scope) || arguments.scope.contains(scope);
            scopes.retain(|scope| !grant.scopes.contains(scope) || asked(scope));
        }
        Ok(Target {
            name,
            provider,
            options,
            pasted,
            machine,
            capabilities,
            scopes,
            extra,
            existing,
            is_new_provider,
        })
    }

    /// What a person should know about what they chose.
    pub(super) fn notes(&self) -> Vec<String> {
        let chosen =
            self.capabilities.iter().filter_map(|name| Some((name, self.provider.capability.get(name)?)));
        chosen
            .filter_map(|(name, capability)| Some(format!("{name}: {}", capability.note.as_ref()?)))
            .collect()
    }

    /// A sign-in of before that lacks its site only.
    pub(super) fn unfinished(&self, arguments: &Connect) -> Option<&Grant> {
        let asks_more = arguments.replace || !arguments.can.is_empty() || !arguments.scope.is_empty();
        let open = |grant: &&Grant| site::is_open(&self.provider, grant) && !grant.needs_reauth();
        self.existing.as_ref().filter(|_| !self.pasted && !asks_more).filter(open)
    }

    pub(super) fn settlement<'a>(&'a self, arguments: &'a Connect) -> Settlement<'a> {
        Settlement {
            name: &self.name,
            provider: &self.provider,
            options: &self.options,
            site: site::wanted(&self.provider, &arguments.option),
            pasted: self.pasted,
            capabilities: &self.capabilities,
            asked: &self.scopes,
            extra: &self.extra,
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
    let (name, catalogue) = (arguments.named()?, app.catalogue());
    let (issuer, resource) = (arguments.issuer.as_ref(), arguments.resource.as_ref());
    if let Some(provider) = any_server::named(app, name.head(), issuer, resource, &arguments.scope)? {
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

/// The scopes of some cannot be asked for together with those of others: they want a connection of their own.
fn must_fit_together(provider: &Provider, chosen: &[String]) -> Result<(), Error> {
    let is_alone = |name: &&String| provider.capability.get(*name).is_some_and(|capability| capability.alone);
    match chosen.iter().find(is_alone).filter(|_| chosen.len() > 1) {
        None => Ok(()),
        Some(alone) => {
            let others: Vec<&str> =
                chosen.iter().filter(|other| *other != alone).map(String::as_str).collect();
            let message = format!(
                "`{alone}` of {} cannot be asked for together with {}",
                provider.title,
                others.join(", ")
            );
            let help = format!(
                "a second connection can have it: integ connect {}/{alone} --can {alone}",
                provider.name
            );
            Err(Error::usage(message).help(help))
        }
    }
}

/// `--scope`, and what was asked for that way before.
fn extra(provider: &Provider, given: &[String], before: Option<&Grant>) -> Vec<String> {
    let mut extra: Vec<String> = Vec::new();
    for scope in given.iter().chain(before.into_iter().flat_map(|grant| &grant.extra_scopes)) {
        if !provider.scopes.contains(scope) && !extra.contains(scope) {
            extra.push(scope.clone());
        }
    }
    extra
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
        (true, None) => provider.usual_capabilities(),
    };
    if adds || can.is_empty() {
        chosen.extend(before.iter().cloned());
    }
    chosen.sort();
    chosen.dedup();
    must_fit_together(provider, &chosen)?;
    Ok(chosen)
}

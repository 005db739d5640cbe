//! From an entry to a grant that could be stored: its name, its provider, and where it may send its tokens.

use url::Url;

use super::super::connect::{Settlement, wanted_site};
use super::identify::{Identified, Wishes, identify};
use super::provider_file;
use crate::app::{App, no_client};
use crate::bundle::{Carried, Entry, Given};
use crate::clock;
use crate::error::{Error, Kind};
use crate::http::host;
use crate::name::Name;
use crate::oauth::Client;
use crate::providers::{OptionError, Options, Provider};
use crate::vault::{Endpoints, Grant, Secret};

pub(super) struct Candidate {
    pub name: Name,
    pub provider: Provider,
    pub grant: Grant,
    /// The client that came with it.
    pub client: Option<Client>,
    /// A provider that is new here gets this file.
    pub provider_file: Option<String>,
    /// It comes from `integ export`, as a whole grant.
    pub carried: bool,
    /// Whoever exported it has given it up.
    pub moved: bool,
    /// The site that the command line names.
    pub site: Option<String>,
}

impl Candidate {
    pub(super) fn of(app: &App, entry: Entry, wishes: &Wishes<'_>) -> Result<Candidate, Error> {
        match entry {
            Entry::Given(given) => Candidate::given(app, *given, wishes),
            Entry::Carried(carried) => Candidate::carried(app, *carried, wishes),
        }
    }

    fn given(app: &App, given: Given, wishes: &Wishes<'_>) -> Result<Candidate, Error> {
        let named = wishes.name.or(given.name.as_ref()).cloned();
        // A name says it only where a person typed it here: in a file, its absence is a mistake.
        let word = wishes.provider.or(given.provider.as_deref()).or(wishes.name.map(Name::head));
        let Some(word) = word.map(str::to_owned) else {
            return Err(Error::usage("nothing says which provider this is for")
                .help("integ import NAME < FILE, or add `provider` to the JSON"));
        };
        let name = match named {
            Some(name) => name,
            None => word.parse().map_err(Error::usage)?,
        };
        let Identified { name, provider, service, file } = identify(app, name, &word, &given, wishes)?;
        let capabilities = match (&given.scopes, service) {
            (Some(scopes), _) => covered(&provider, scopes),
            (None, Some(service)) => service,
            (None, None) => provider.usual_capabilities(),
        };
        let lone = given.refresh_token.is_none() && given.client_id.is_none();
        let pasted = lone && given.access_token.as_ref().is_some_and(|token| provider.is_pasted(token));
        let site = wanted_site(&provider, wishes.options).map(str::to_owned);
        let options = chosen_for(&provider, &given.options, wishes.options)?;
        let provider = provider.with_options(&options, pasted).map_err(|error| unfilled(&name, error))?;
        let ours = || app.client(&provider).map(|client| client.map(|client| client.id));
        let client = given.client_id.clone().map(|id| Client { id, secret: given.client_secret.clone() });
        let of_token = match &client {
            Some(client) => Some(client.id.clone()),
            None if pasted && provider.paste_needs_client() => {
                Some(ours()?.ok_or_else(|| no_client(&provider.name).about(name.as_str()))?)
            }
            None => None,
        };
        let seed = Settlement {
            name: &name,
            provider: &provider,
            options: &options,
            site: None,
            pasted,
            capabilities: &capabilities,
            asked: &[],
            extra: &[],
            existing: None,
            expect: None,
            replace: false,
        };
        let mut grant = blank(&seed, given.access_token.clone(), of_token.as_deref());
        // The client of a token that cannot be renewed matters only where it is part of how the token is sent.
        grant.client_id = grant.client_id.filter(|_| pasted);
        accept_type(&provider, given.token_type.as_deref()).map_err(|error| error.about(name.as_str()))?;
        grant.refresh = provider.refresh_rule();
        grant.refresh_token = given.refresh_token;
        grant.mark_imported();
        grant.refresh_expires_at = given.refresh_expires_at;
        grant.refresh_end_told = given.refresh_expires_at.is_some();
        grant.scopes = given.scopes.unwrap_or_default();
        grant.extra = given.extra.into_iter().filter(|(key, _)| provider.keeps(key)).collect();
        provider.of_grant(&grant).map_err(|error| Error::from(error).about(name.as_str()))?;
        if grant.can_refresh() {
            grant.client_id = match &client {
                Some(client) => Some(client.id.clone()),
                None => ours()?,
            };
        }
        if given.access_token.is_some() {
            grant.expires_at = given.expires_at;
        }
        let candidate = Candidate {
            name,
            provider,
            grant,
            client,
            provider_file: file,
            carried: false,
            moved: false,
            site,
        };
        candidate.must_work(given.access_token.is_some())
    }

    /// A refresh token by itself is enough where something can be done with it.
    fn must_work(self, has_access_token: bool) -> Result<Candidate, Error> {
        let Candidate { name, provider, grant, .. } = &self;
        if has_access_token {
            return Ok(self);
        }
        if !grant.can_refresh() {
            return Err(Error::usage(format!(
                "{name}: {} gives no refresh tokens, and there is no access token",
                provider.title
            )));
        }
        if grant.client_id.is_none() {
            let error = no_client(&provider.name).about(name.as_str());
            return Err(error.help(format!("add `client_id` to the JSON, or: integ setup {}", provider.name)));
        }
        Ok(self)
    }

    fn carried(app: &App, carried: Carried, wishes: &Wishes<'_>) -> Result<Candidate, Error> {
        let Carried { name, mut grant, client, provider_file, moved } = carried;
        let name = match wishes.name {
            Some(name) => name.clone(),
            None => name.parse().map_err(Error::usage)?,
        };
        if let Some(other) = wishes.provider.filter(|other| *other != grant.provider) {
            return Err(Error::usage(format!(
                "{name} is a connection to {}, not to {other}",
                grant.provider
            )));
        }
        let catalogue = app.catalogue();
        let provider_file =
            provider_file::wanted(app, &grant, provider_file).map_err(|error| error.about(name.as_str()))?;
        let provider = match &provider_file {
            Some(text) => catalogue.with_own(&grant.provider, Some(text))?,
            None => catalogue.provider(&grant.provider)?,
        };
        grant.extra.retain(|key, _| provider.keeps(key));
        grant.secrets.retain(|key, _| provider.keep_secret.contains(key));
        grant.options.extend(chosen_for(&provider, &Options::new(), wishes.options)?);
        let site = wanted_site(&provider, wishes.options).map(str::to_owned);
        let provider = provider.of_grant(&grant).map_err(|error| unfilled(&name, error))?;
        stays_at_home(&provider, &grant.endpoints).map_err(|error| error.about(name.as_str()))?;
        // What another machine learnt is asked again here.
        grant.trouble = None;
        grant.verified = false;
        let client = client.map(|client| Client { id: client.id, secret: client.secret });
        Ok(Candidate { name, provider, grant, client, provider_file, carried: true, moved, site })
    }

    pub(super) fn settlement<'a>(&'a self, existing: Option<&'a Grant>, replace: bool) -> Settlement<'a> {
        Settlement {
            name: &self.name,
            provider: &self.provider,
            options: &self.grant.options,
            site: self.site.as_deref(),
            pasted: self.grant.pasted,
            capabilities: &self.grant.capabilities,
            asked: &self.grant.scopes,
            extra: &self.grant.extra_scopes,
            existing,
            expect: None,
            replace,
        }
    }
}

/// Without an access token the grant has one that is empty and stale: the first refresh fills it in.
fn blank(seed: &Settlement<'_>, token: Option<Secret>, client_id: Option<&str>) -> Grant {
    let waits = token.is_none();
    let mut grant = seed.grant(token.unwrap_or_else(|| Secret::new("")), client_id);
    grant.expires_at = waits.then(clock::now);
    grant
}

/// What the entry says, and what the command line says about it. A list of sites cannot be asked for here.
fn chosen_for(provider: &Provider, own: &Options, given: &[(String, String)]) -> Result<Options, Error> {
    let said = own.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let given = given.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let kept = |(name, value): (&str, &str)| Ok((name.to_owned(), provider.option_value(name, value)?));
    let is_site = |name: &str| provider.site.as_ref().is_some_and(|site| site.option == name);
    said.chain(given.filter(|(name, _)| !is_site(name))).map(kept).collect()
}

fn unfilled(name: &Name, error: OptionError) -> Error {
    let help = match &error {
        OptionError::Missing { name: option, .. } => {
            Some(format!("integ import {name} --option {option}=VALUE, or add `options` to the JSON"))
        }
        _ => None,
    };
    let error = Error::from(error).about(name.as_str());
    match help {
        Some(help) => error.help(help),
        None => error,
    }
}

/// The capabilities that these scopes amount to.
fn covered(provider: &Provider, scopes: &[String]) -> Vec<String> {
    let whole =
        provider.capability.iter().filter(|(_, c)| c.required.iter().all(|scope| scopes.contains(scope)));
    whole.map(|(name, _)| name.clone()).collect()
}

fn accept_type(provider: &Provider, token_type: Option<&str>) -> Result<(), Error> {
    let known = token_type.is_none_or(|word| {
        word.eq_ignore_ascii_case("bearer")
            || provider.token_types.iter().any(|t| t.eq_ignore_ascii_case(word))
    });
    if known { Ok(()) } else { Err(Error::usage("its token has a type that cannot be used")) }
}

/// A seal says nothing about who wrote the bundle: the addresses in it, where the refresh token and our client secret
/// would go, must be the provider's own.
fn stays_at_home(provider: &Provider, endpoints: &Endpoints) -> Result<(), Error> {
    match stray(provider, endpoints) {
        Some(what) => Err(Error::new(
            Kind::Unsafe,
            format!("the bundle names another {what} than {} has here", provider.title),
        )),
        None => Ok(()),
    }
}

/// What of these is not the provider's own.
pub(in crate::commands) fn stray(provider: &Provider, endpoints: &Endpoints) -> Option<&'static str> {
    if endpoints.issuer.is_some() && endpoints.issuer != provider.issuer {
        return Some("issuer");
    }
    if endpoints.resource.is_some() && endpoints.resource != provider.resource {
        return Some("resource");
    }
    let own = [&provider.token_url, &provider.refresh_url, &provider.revoke_url, &provider.api_url];
    let bases: Vec<Url> = [&provider.issuer, &provider.api_url]
        .into_iter()
        .flatten()
        .filter_map(|text| text.parse().ok())
        .collect();
    let is_own = |endpoint: &&String| {
        let known = own.iter().any(|text| text.as_ref() == Some(endpoint));
        let allowed = |url: &Url| bases.iter().any(|base| host::allowed(url, base, &provider.hosts));
        known || endpoint.parse::<Url>().is_ok_and(|url| allowed(&url))
    };
    let mut named = [&endpoints.token, &endpoints.revoke, &endpoints.whoami].into_iter().flatten();
    (!named.all(|endpoint| is_own(&endpoint))).then_some("address")
}

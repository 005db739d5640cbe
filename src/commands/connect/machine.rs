//! The way without a person: a key that signs, or the client's own secret.

use std::path::Path;

use super::arguments::Connect;
use super::decide::Asked;
use super::settle::Settled;
use super::target::Target;
use super::{flow, key_file};
use crate::app::{App, no_client};
use crate::error::{Error, Kind};
use crate::oauth::{Client, Context, Server, ask_first};
use crate::providers::{ClientAuth, KeyFile, Provider};
use crate::vault::{Grant, Identity, Machine, MachineKey, RefreshRule};

/// What OpenID Connect asks about a person.
const OF_PEOPLE: [&str; 6] = ["openid", "email", "profile", "address", "phone", "offline_access"];

impl Connect {
    /// Whether this is a machine's grant: said so, or already one and nothing else said.
    pub(super) fn is_machine(&self, provider: &Provider, existing: Option<&Grant>) -> bool {
        let otherwise = self.token_stdin || self.asked() != Asked::default() || self.replace;
        let known = existing.is_some_and(|grant| grant.machine.is_some());
        let no_other = provider.client_credentials && !provider.has_oauth() && provider.paste.is_none();
        self.service_account.is_some() || self.client_credentials || (known || no_other) && !otherwise
    }

    pub(super) async fn connect_machine(&self, app: &App, mut target: Target) -> Result<Settled, Error> {
        let machine = self.machine(app, &mut target)?;
        let server = Server::of(&target.provider, app.http()?, app.budget()?).await?;
        let client = match (&machine.key, app.client(&target.provider)?) {
            (Some(key), _) => Client { id: key.issuer.clone(), secret: None },
            (None, Some(client)) => with_secret(&target.provider, client)?,
            (None, None) => return Err(no_client(&target.provider.name)),
        };
        let provider = &target.provider;
        let context = Context { http: app.http()?, provider, client: &client, budget: app.budget()? };
        let settlement = target.settlement(self);
        let asked = ask_first(&context, &server, &machine).await;
        let tokens = asked.map_err(|error| refused(Error::from(error), &target, &machine))?;
        let mut grant = settlement.grant_of(tokens, &server, &client.id);
        grant.refresh_token = None;
        if grant.refresh != RefreshRule::On401 {
            grant.refresh = RefreshRule::Stable;
        }
        let is_account = machine.key.is_some() && key_kind(provider) == KeyFile::ServiceAccount;
        grant.client_id = grant.client_id.filter(|_| !is_account);
        let acts_for = machine.key.as_ref().and_then(|key| key.subject.clone());
        grant.identity = Identity { account: Some(acts_for.unwrap_or(client.id)), ..Identity::default() };
        grant.machine = Some(machine);
        let settled = settlement.settle(app, grant).await?;
        flow::finish(app, &target, &settled)?;
        if let Some(path) = self.service_account.as_deref().filter(|path| *path != Path::new("-")) {
            app.out.say("The key is in the vault; nothing here needs its file any more.");
            let quoted = path.display().to_string().replace('\'', r"'\''");
            app.out.hint(&format!("delete it: rm '{quoted}'"));
        }
        Ok(settled)
    }

    fn machine(&self, app: &App, target: &mut Target) -> Result<Machine, Error> {
        let (name, provider) = (&target.name, &target.provider);
        let known = known(target);
        let asks_with_secret = self.client_credentials
            || self.service_account.is_none() && known.is_none_or(|machine| machine.key.is_none());
        if asks_with_secret {
            if !provider.client_credentials && provider.issuer.is_none() {
                return Err(Error::usage(format!("{} has no tokens for a client itself", provider.title))
                    .help("a provider file of your own allows them: client-credentials = true"));
            }
            let asked = |scope: &String| self.scope.contains(scope) || !OF_PEOPLE.contains(&scope.as_str());
            target.scopes.retain(asked);
            target.provider.scopes.retain(asked);
            return Ok(Machine { scopes: target.scopes.clone(), key: None });
        }
        if provider.jwt_bearer.is_none() {
            return Err(Error::usage(format!("{} has no service accounts", provider.title))
                .help(format!("integ connect {name}")));
        }
        let known = known.and_then(|machine| machine.key.clone());
        let mut key = match (&self.service_account, known) {
            (Some(path), _) => key_file::read(app, provider, path)?,
            (None, Some(key)) => key,
            (None, None) => return Err(Error::usage("no key was given")),
        };
        key.subject = self.subject.clone().or(key.subject).or(target.options.get("user").cloned());
        if key_kind(provider) == KeyFile::Pem && key.subject.is_none() {
            return Err(Error::usage(format!(
                "{} wants to know for which user the key acts",
                provider.title
            ))
            .help(format!("integ connect {name} --service-account FILE --subject USER")));
        }
        Ok(Machine { scopes: target.scopes.clone(), key: Some(key) })
    }
}

/// What is connected there now, if that is a machine of this provider.
fn known(target: &Target) -> Option<&Machine> {
    let own = target.existing.as_ref().filter(|grant| grant.provider == target.provider.name);
    own.and_then(|grant| grant.machine.as_ref())
}

fn key_kind(provider: &Provider) -> KeyFile {
    provider.jwt_bearer.as_ref().map(|rules| rules.key).unwrap_or_default()
}

/// A client without a secret is nobody in particular (RFC 6749 §4.4).
fn with_secret(provider: &Provider, client: Client) -> Result<Client, Error> {
    if client.secret.is_some() && provider.client_auth != ClientAuth::None {
        return Ok(client);
    }
    let message = format!("a client without a secret cannot ask {} for a token of its own", provider.title);
    Err(Error::new(Kind::NoClient, message).help(format!(
        "integ setup {} --client-id {} --client-secret-stdin < FILE",
        provider.name, client.id
    )))
}

/// Nothing is stored yet.
fn refused(error: Error, target: &Target, machine: &Machine) -> Error {
    match (error.kind, &machine.key) {
        (Kind::ClientMisconfigured, None) => error.help(format!("integ setup {}", target.provider.name)),
        (Kind::ClientMisconfigured | Kind::ProviderError, Some(key)) => error.help(acting(key)),
        _ => error,
    }
}

fn acting(key: &MachineKey) -> String {
    match &key.subject {
        Some(user) => format!(
            "nothing was stored; the key must be a live one, and an administrator must allow it to act for {user} with these scopes"
        ),
        None => {
            "nothing was stored; the key must be a live one, and its account must be allowed these scopes"
                .into()
        }
    }
}

//! A connection as commands use it: found by its name or a service's, with a token that is good for a while.

use super::App;
use super::ended::{Ended, no_refresh_token, renew_error, sign_in_again};
use crate::error::{Error, Kind, cures, later};
use crate::index::Occasion;
use crate::name::Name;
use crate::oauth::{Context, Renewal, Renewed, rehearse};
use crate::providers::{Api, LIMITED, Provider};
use crate::vault::{Grant, RefreshRule, Secret, TroubleKind};
use crate::{clock, duration};

/// Connections by name; one that cannot be read is an error beside the others.
pub(crate) type Found = Vec<(Name, Result<Grant, Error>)>;

/// What a command wants of a token.
#[derive(Clone, Copy, Default)]
pub(crate) struct Need<'a> {
    /// Seconds.
    pub min_valid: Option<i64>,
    pub force: bool,
    pub rejected: Option<&'a Secret>,
}

impl App {
    /// The connection of this name; `gmail/work` also finds `google/work`.
    pub(crate) fn connection(&self, name: &Name) -> Result<(Name, Grant), Error> {
        let vault = self.vault()?;
        if let Some(grant) = vault.grant(name)? {
            return Ok((name.clone(), grant));
        }
        if let Some(provider) = self.catalogue().provider_of_service(name.head()) {
            let real = name.under(&provider.name);
            if let Some(grant) = vault.grant(&real)? {
                return Ok((real, grant));
            }
        }
        let known: Vec<Name> = vault.grants()?.into_iter().map(|(name, _)| name).collect();
        Err(self.no_such_connection(name, &known))
    }

    /// The named connections, or all of them.
    pub(crate) fn connections(&self, names: &[Name]) -> Result<Found, Error> {
        if names.is_empty() {
            let all = self.vault()?.grants()?;
            return Ok(all.into_iter().map(|(name, grant)| (name, grant.map_err(Error::from))).collect());
        }
        let mut found: Found = Vec::new();
        for name in names {
            let entry = match self.connection(name) {
                Ok((name, grant)) => (name, Ok(grant)),
                Err(error) => (name.clone(), Err(error)),
            };
            if !found.iter().any(|(known, _)| *known == entry.0) {
                found.push(entry);
            }
        }
        Ok(found)
    }

    /// Whom a grant is for, with what was chosen for it filled in.
    pub(crate) fn provider(&self, grant: &Grant) -> Result<Provider, Error> {
        Ok(self.catalogue().provider(&grant.provider)?.of_grant(grant)?)
    }

    /// A grant that is good for what is needed, renewed if it has to be.
    pub(crate) async fn fresh(&self, name: &Name, grant: Grant, need: Need<'_>) -> Result<Renewed, Error> {
        let is_rejected = need.rejected.is_some_and(|token| grant.access_token == *token);
        if !need.force
            && !is_rejected
            && !grant.needs_reauth()
            && grant.is_fresh(clock::now(), need.min_valid)
        {
            return Ok(Renewed::Adopted(grant));
        }
        self.renew(name, &grant, need).await
    }

    async fn renew(&self, name: &Name, grant: &Grant, need: Need<'_>) -> Result<Renewed, Error> {
        if grant.needs_reauth() && !need.force {
            let provider = self.provider(grant).ok();
            let error = sign_in_again(name, provider.as_ref(), &Ended::of(grant));
            let error = error.of_machine(name, grant);
            self.is_still_wrong(name, &grant.provider, &error);
            return Err(error);
        }
        if !grant.can_refresh() {
            // Without a refresh token a short rest of life is all there is.
            let left = grant.remaining(clock::now()).unwrap_or(0);
            if left > 0 && need.rejected.is_none() && !need.force {
                return Ok(Renewed::Adopted(grant.clone()));
            }
            let error = no_refresh_token(name, need);
            if !need.force {
                self.went_wrong(name, &grant.provider, &error, Occasion::Renewal);
            }
            return Err(error);
        }
        let provider = self.provider(grant)?;
        if !self.is_dry() {
            self.mind_the_wait(name, need)?;
        }
        let client = self.client_of(&provider, grant)?;
        let context =
            Context { http: self.http()?, provider: &provider, client: &client, budget: self.budget()? };
        if self.is_dry() {
            // The command goes on with the old token: what it would send next looks the same.
            rehearse(&context, grant).await?;
            return Ok(Renewed::Adopted(grant.clone()));
        }
        let renewal = Renewal {
            vault: self.vault()?,
            name,
            lock_wait: self.lock_wait()?,
            min_valid: need.min_valid,
            force: need.force,
            rejected: need.rejected,
        };
        let outcome = renewal.run(&context).await.map_err(|error| {
            let error = renew_error(name, &provider, need, error).of_machine(name, grant);
            let error = self.mind_the_move(self.mind_the_clock(error), name);
            self.mind_the_client(error, &provider, grant, name)
        });
        match &outcome {
            Ok(_) => self.went_well(name, &provider.name, false),
            Err(error) => self.went_wrong(name, &provider.name, error, Occasion::Renewal),
        }
        outcome
    }

    /// A refusal that a wrong clock may have caused says so.
    pub(crate) fn mind_the_clock(&self, error: Error) -> Error {
        cures::with_clock(error, self.http().ok().and_then(|http| http.clock_skew()))
    }

    /// What a token endpoint asked for earlier (`Retry-After`) holds for later commands too; `--force` does not wait.
    fn mind_the_wait(&self, name: &Name, need: Need<'_>) -> Result<(), Error> {
        // An index that cannot be read is no reason not to renew what the vault holds.
        let health = self.index().and_then(|index| Ok(index.health(name)?)).unwrap_or_default();
        let now = clock::now();
        if need.force || !health.rests(now) {
            return Ok(());
        }
        let error = later(name.as_str(), LIMITED, health.waits_until(now).max(health.renewal_at));
        let when = error.help.clone().unwrap_or_default();
        Err(error.help(format!("{when}; integ refresh {name} --force asks all the same")))
    }

    /// Deletes a grant, proves that it is gone, and forgets what was learnt about it. The caller holds its lock.
    pub(crate) fn delete(&self, name: &Name) -> Result<(), Error> {
        let vault = self.vault()?;
        let gone = vault.grant(name).ok().flatten();
        vault.delete(name)?;
        if vault.grant(name)?.is_some() {
            let message = format!("the vault still holds {name} after deleting it");
            return Err(Error::new(Kind::VaultBroken, message));
        }
        if let Some(Err(error)) = gone.map(|grant| self.forget_client_of(&grant)) {
            self.out.warn(&format!("the secret of its client is still in the vault: {}", error.message));
        }
        let forgotten = self.index().and_then(|index| Ok(index.forget(name)?));
        if let Err(error) = forgotten {
            self.out.warn(&format!("what is mirrored of {name} is still here: {}", error.message));
            self.out.hint("integ calendar list shows it, integ calendar remove CALENDAR forgets it");
        }
        Ok(())
    }

    pub(crate) fn api<'a>(&'a self, provider: &'a Provider, grant: &'a Grant) -> Result<Api<'a>, Error> {
        reachable(provider)?;
        Ok(Api::new(provider, self.http()?, grant, self.budget()?))
    }
}

/// There is an API to call: its address is known, and the site was chosen.
pub(crate) fn reachable(provider: &Provider) -> Result<(), Error> {
    if let Some(name) = provider.lacks() {
        let message = format!("for {} nobody has chosen the option `{name}` yet", provider.title);
        let help = format!("integ connect {} --option {name}=VALUE", provider.name);
        return Err(Error::new(Kind::InteractionNeeded, message).help(help));
    }
    if provider.api_base().is_empty() {
        let field = provider.api_url_at.as_deref().unwrap_or("api-url");
        let message = format!("{} did not say where its API is (`{field}`)", provider.title);
        return Err(Error::new(Kind::ProviderError, message));
    }
    Ok(())
}

/// For tables: how long the access token lives.
pub(crate) fn access_words(grant: &Grant, now: i64) -> String {
    match grant.remaining(now) {
        _ if grant.via().is_some() => format!("via {}", grant.via().unwrap_or_default()),
        _ if grant.needs_reauth() => "refused".to_owned(),
        None if grant.refresh == RefreshRule::On401 => "until refused".to_owned(),
        None => "no expiry".to_owned(),
        Some(left) if left > 0 => duration::words(left),
        Some(_) if !grant.can_refresh() => "expired".to_owned(),
        Some(_) => "on next use".to_owned(),
    }
}

/// For tables: how long the refresh token lives and by which rule.
pub(crate) fn refresh_words(grant: &Grant, now: i64) -> String {
    if grant.trouble.as_ref().is_some_and(|t| t.kind == TroubleKind::AnswerLost) {
        return "unknown: an answer was lost".to_owned();
    }
    if let Some(machine) = grant.machine.as_ref().filter(|_| !grant.needs_reauth()) {
        return machine.renewal().0.to_owned();
    }
    match (&grant.refresh_token, grant.refresh_expires_at) {
        _ if grant.needs_reauth() => "refused".to_owned(),
        (None, _) => "none".to_owned(),
        (Some(_), Some(at)) => duration::words(at - now),
        (Some(_), None) => "until revoked".to_owned(),
    }
}

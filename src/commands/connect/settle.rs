//! From new tokens to a stored connection.

use std::collections::BTreeMap;

use super::site::{self, Sited};
use crate::app::{App, no_client};
use crate::clock;
use crate::error::Error;
use crate::name::Name;
use crate::oauth::{Server, Tokens, is_token};
use crate::providers::{ClientAuth, Options, Protocol, Provider};
use crate::vault::{Endpoints, Grant, Identity, PASSWORD, RefreshRule, Secret};

/// Bytes that the tokens of a large provider take.
const ROOM: usize = 8_192;

/// What a new grant is held against.
#[derive(Clone, Copy)]
pub(crate) struct Settlement<'a> {
    pub name: &'a Name,
    pub provider: &'a Provider,
    pub options: &'a Options,
    /// The site that was asked for, in the words of a person.
    pub site: Option<&'a str>,
    /// The token is given, not signed in for.
    pub pasted: bool,
    pub capabilities: &'a [String],
    pub asked: &'a [String],
    /// Of these, what only the person wanted.
    pub extra: &'a [String],
    pub existing: Option<&'a Grant>,
    pub expect: Option<&'a str>,
    pub replace: bool,
}

pub(crate) struct Settled {
    pub grant: Grant,
    pub missing: Vec<String>,
    pub warning: Option<String>,
    /// How the client authenticated.
    pub client_auth: ClientAuth,
}

impl Settlement<'_> {
    /// A grant that nobody has looked at yet. How its token is sent is decided here, once.
    pub(crate) fn grant(&self, access_token: Secret, client_id: Option<&str>) -> Grant {
        let now = clock::now();
        let is_password = self.provider.protocol == Protocol::Imap && !self.options.contains_key("via");
        Grant {
            v: 1,
            item: String::new(),
            generation: self.existing.map_or(0, |grant| grant.generation),
            provider: self.provider.name.clone(),
            access_token,
            token_type: if is_password { PASSWORD.into() } else { "Bearer".into() },
            expires_at: None,
            obtained_at: now,
            refresh_token: None,
            imported: None,
            refresh_expires_at: None,
            refresh_end_told: false,
            refresh: RefreshRule::None,
            machine: None,
            client_id: client_id.map(str::to_owned),
            scopes: Vec::new(),
            extra_scopes: self.extra.to_vec(),
            capabilities: self.capabilities.to_vec(),
            identity: Identity::default(),
            subject: None,
            verified: false,
            connected_at: now,
            endpoints: Endpoints::default(),
            options: self.options.clone(),
            pasted: self.pasted,
            authorization: self.provider.authorization_of(self.pasted, client_id),
            extra: BTreeMap::new(),
            secrets: BTreeMap::new(),
            trouble: None,
            copy_of: None,
        }
    }

    /// What the sign-in brought, with where it came from pinned.
    pub(crate) fn grant_of(&self, tokens: Tokens, server: &Server, client_id: &str) -> Grant {
        let mut grant = self.grant(tokens.access_token.clone(), Some(client_id));
        grant.refresh = self.provider.refresh_rule();
        grant.scopes = self.asked.to_vec();
        grant.endpoints = server.pinned(self.provider);
        grant.take(tokens, self.provider);
        grant
    }

    /// Proves that what a sign-in brings can be kept, before anybody is asked for it.
    pub(super) async fn prove(&self, app: &App) -> Result<(), Error> {
        let vault = app.vault()?;
        let _lock = vault.lock(self.name, app.lock_wait()?).await?;
        vault.reserve(self.name, &self.grant(Secret::new("?".repeat(ROOM)), None))?;
        Ok(())
    }

    /// Asks whose token it is, checks that against what was expected, and stores it.
    pub(crate) async fn settle(&self, app: &App, mut grant: Grant) -> Result<Settled, Error> {
        let sited = site::choose(app, self.provider, self.site, &mut grant).await?;
        // A sign-in that lacks nothing but its site is not thrown away, unless something better is there.
        let better = self.existing.is_some_and(|before| !site::is_open(self.provider, before));
        let mut warning = None;
        let open = match sited {
            Sited::Yes => {
                warning = self.look_up(app, &mut grant).await?;
                None
            }
            Sited::Open(error) if better => {
                return Err(error.help(format!(
                    "nothing was changed: integ connect {} {}",
                    self.name,
                    self.how()
                )));
            }
            Sited::Open(error) => Some(error.help(format!(
                "integ connect {} {} finishes it, without another sign-in",
                self.name,
                self.how()
            ))),
        };
        if app.is_dry() {
            return Err(Error::passed_on(0));
        }
        let _locks = app.lock_to_save(self.name).await?;
        // Held against what is there now: another process may have connected it while this person signed in.
        let vault = app.vault()?;
        let now = if self.replace { vault.replaceable(self.name)? } else { vault.grant(self.name)? };
        Settlement { existing: now.as_ref(), ..*self }.check_account(&grant)?;
        if let Some(before) = &now {
            self.keep_refresh_token(&mut grant, before);
        }
        grant.generation = grant.generation.max(now.as_ref().map_or(0, |grant| grant.generation));
        vault.save_another(self.name, &mut grant)?;
        app.record_vault()?;
        if let Some(before) = now.filter(|before| before.client_id != grant.client_id) {
            app.forget_client_of(&before).unwrap_or_else(|error| crate::log::info(&error.message));
        }
        if let Some(error) = open {
            return Err(error);
        }
        app.went_well(self.name, &self.provider.name, grant.verified);
        let missing = self.provider.missing_scopes(&grant.capabilities, &grant.scopes);
        Ok(Settled { grant, missing, warning, client_auth: self.provider.client_auth })
    }

    /// An answer without a refresh token takes none away: who has consented before is often not given another. What is
    /// kept must be of the same client and account, and not known to be dead.
    fn keep_refresh_token(&self, grant: &mut Grant, before: &Grant) {
        let same_account = before.identity.id.is_some() && before.identity.id == grant.identity.id;
        let incremental = self.provider.incremental_scopes && !self.replace;
        if grant.refresh_token.is_none()
            && grant.refresh != RefreshRule::None
            && (before.client_id.as_ref(), &before.provider) == (grant.client_id.as_ref(), &grant.provider)
            && before.endpoints.token.as_ref().is_none_or(|own| grant.endpoints.token.as_ref() == Some(own))
            && (same_account || incremental)
            && !before.needs_reauth()
        {
            grant.refresh_token.clone_from(&before.refresh_token);
            grant.refresh_expires_at = before.refresh_expires_at;
            grant.refresh_end_told = before.refresh_end_told;
        }
    }

    fn how(&self) -> String {
        let option = self.provider.site.as_ref().map_or("site", |site| &site.option);
        format!("--option {option}=ID")
    }
}

/// A token that a person gave: checked where that is possible, stored as it is.
pub(crate) async fn pasted(app: &App, settlement: &Settlement<'_>, token: Secret) -> Result<Settled, Error> {
    if !is_token(token.expose()) {
        return Err(Error::usage(
            "that is not a token: it is empty, or has spaces or control characters in it",
        ));
    }
    let client_id = match settlement.provider.paste_needs_client() {
        true => {
            Some(app.client_id(settlement.provider)?.ok_or_else(|| no_client(&settlement.provider.name))?)
        }
        false => None,
    };
    settlement.settle(app, settlement.grant(token, client_id.as_deref())).await
}

//! From new tokens to a stored connection: whose are they, may they replace what is there, were all scopes granted.

use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::oauth::{Server, Tokens, is_token};
use crate::providers::{Answered, ApiError, ClientAuth, Provider, whoami};
use crate::vault::{Endpoints, Grant, Identity, RefreshRule, Secret};

/// What a new grant is held against.
#[derive(Clone, Copy)]
pub(crate) struct Settlement<'a> {
    pub name: &'a Name,
    pub provider: &'a Provider,
    pub capabilities: &'a [String],
    pub asked: &'a [String],
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
    /// A grant that nobody has looked at yet.
    pub(crate) fn grant(&self, access_token: Secret) -> Grant {
        let now = clock::now();
        Grant {
            v: 1,
            item: String::new(),
            generation: self.existing.map_or(0, |grant| grant.generation),
            provider: self.provider.name.clone(),
            access_token,
            token_type: "Bearer".into(),
            expires_at: None,
            obtained_at: now,
            refresh_token: None,
            refresh_expires_at: None,
            refresh: RefreshRule::None,
            client_id: None,
            scopes: Vec::new(),
            capabilities: self.capabilities.to_vec(),
            identity: Identity::default(),
            subject: None,
            verified: false,
            connected_at: now,
            endpoints: Endpoints::default(),
            options: std::collections::BTreeMap::new(),
            authorization: None,
            extra: std::collections::BTreeMap::new(),
            trouble: None,
        }
    }

    /// What the sign-in brought, with where it came from pinned.
    pub(crate) fn grant_of(&self, tokens: Tokens, server: &Server, client_id: &str) -> Grant {
        let mut grant = self.grant(tokens.access_token.clone());
        grant.refresh = self.provider.refresh_rule();
        grant.client_id = Some(client_id.to_owned());
        grant.scopes = self.asked.to_vec();
        grant.endpoints = server.pinned(self.provider);
        grant.take(tokens, self.provider);
        // Incremental consent may leave out the refresh token that an earlier sign-in of the same client brought.
        if let (None, Some(before)) = (&grant.refresh_token, self.existing)
            && before.client_id == grant.client_id
            && self.provider.incremental_scopes
        {
            grant.refresh_token.clone_from(&before.refresh_token);
        }
        grant
    }

    /// Asks whose token it is, checks that against what was expected, and stores it.
    pub(crate) async fn settle(&self, app: &App, mut grant: Grant) -> Result<Settled, Error> {
        let warning = self.look_up(app, &mut grant).await?;
        let _lock = app.vault()?.lock(self.name, app.lock_wait()?).await?;
        // Held against what is there now: another process may have connected it while this person signed in.
        let now = app
            .vault()?
            .grant(self.name)
            .or_else(|error| if self.replace { Ok(None) } else { Err(error) })?;
        Settlement { existing: now.as_ref(), ..*self }.check_account(&grant)?;
        grant.generation = grant.generation.max(now.map_or(0, |grant| grant.generation));
        app.vault()?.save(self.name, &mut grant)?;
        app.record_vault()?;
        app.went_well(self.name, &self.provider.name, grant.verified);
        let missing = self.provider.missing_scopes(&grant.capabilities, &grant.scopes);
        Ok(Settled { grant, missing, warning, client_auth: self.provider.client_auth })
    }

    /// A refusal of a token that was just given ends it; a provider that cannot be asked leaves it unverified.
    pub(in crate::commands) async fn look_up(
        &self,
        app: &App,
        grant: &mut Grant,
    ) -> Result<Option<String>, Error> {
        let name = self.name;
        let unverified = |why: &str| Some(format!("{name} is stored unverified: {why}"));
        let api = app.api(self.provider, grant)?;
        let answered = match whoami(&api, &grant.endpoints).await {
            Ok(answered) => answered,
            Err(error @ (ApiError::Host { .. } | ApiError::Redirected { .. })) => return Err(error.into()),
            Err(error) => {
                let error = Error::from(error);
                return if error.kind == Kind::Unsafe { Err(error) } else { Ok(unverified(&error.message)) };
            }
        };
        match answered {
            Answered::As { identity, scopes } => {
                grant.identity = identity;
                grant.verified = true;
                if let Some(scopes) =
                    scopes.filter(|_| grant.refresh_token.is_none() && grant.client_id.is_none())
                {
                    grant.scopes = scopes;
                }
                Ok(None)
            }
            Answered::Unknown => Ok(None),
            Answered::Later { status, .. } => Ok(unverified(&format!("the provider answered {status}"))),
            Answered::MissingScope { words } => {
                Ok(unverified(&format!("it may not ask who it is ({words})")))
            }
            Answered::Rejected { words } => Err(Error::new(
                Kind::NeedsReauth,
                format!("{} does not accept this token: {words}", self.provider.title),
            )
            .help("check that the token was copied whole and has not been revoked")),
            Answered::Refused { words } => Ok(unverified(&words)),
        }
    }

    pub(in crate::commands) fn check_account(&self, grant: &Grant) -> Result<(), Error> {
        let now = &grant.identity;
        let shown = now.account.as_deref().or(now.id.as_deref()).unwrap_or("an unknown account");
        if let Some(expected) = self.expect {
            let fits =
                |field: &Option<String>| field.as_deref().is_some_and(|f| f.eq_ignore_ascii_case(expected));
            if !fits(&now.account) && !fits(&now.id) {
                return Err(Error::new(
                    Kind::AccountMismatch,
                    format!("{shown} signed in, not {expected}; nothing was stored"),
                )
                .help(format!("sign in as {expected}: integ connect {} --expect {expected}", self.name)));
            }
        }
        let Some(before) = self.existing.filter(|_| !self.replace).map(|grant| &grant.identity) else {
            return Ok(());
        };
        let is_unknown = |identity: &Identity| identity.id.is_none() && identity.account.is_none();
        if is_unknown(now) && !is_unknown(before) {
            return Err(Error::new(
                Kind::Unavailable,
                format!("{} did not say who signed in, so nothing was changed", self.provider.title),
            )
            .help(format!("try again later, or: integ connect {} --replace", self.name)));
        }
        let same = match (&before.id, &now.id) {
            (Some(a), Some(b)) => a == b && before.workspace == now.workspace,
            _ => before.account == now.account || now.account.is_none() || before.account.is_none(),
        };
        if same {
            return Ok(());
        }
        let was = before.account.as_deref().or(before.id.as_deref()).unwrap_or("another account");
        Err(Error::new(
            Kind::AccountMismatch,
            format!("`{}` belongs to {was}; {shown} signed in, and nothing was changed", self.name),
        )
        .help(format!(
            "integ connect {0}/LABEL keeps both; integ connect {0} --replace replaces it",
            self.name.head()
        )))
    }
}

/// A token that a person gave: checked where that is possible, stored as it is.
pub(crate) async fn pasted(app: &App, settlement: &Settlement<'_>, token: Secret) -> Result<Settled, Error> {
    if !is_token(token.expose()) {
        return Err(Error::usage(
            "that is not a token: it is empty, or has spaces or control characters in it",
        ));
    }
    settlement.settle(app, settlement.grant(token)).await
}

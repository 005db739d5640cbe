//! The OAuth client that comes with a grant: set up here where there is none, kept beside another's otherwise.

use crate::app::App;
use crate::error::Error;
use crate::oauth::Client;
use crate::providers::{ClientAuth, Provider};
use crate::vault::Secret;

/// What is to be set up, and what was there: found out just before it is written, because the entry before this one may
/// have brought the same client.
#[derive(Default)]
pub(super) struct Plan {
    /// The client to sign in with from now on.
    id: Option<String>,
    /// Whose secret it is.
    client: String,
    secret: Option<Secret>,
    before: (Option<String>, Option<Secret>),
    pub warning: Option<String>,
}

pub(super) fn plan(
    app: &App,
    provider: &Provider,
    client: Option<&Client>,
    replace: bool,
) -> Result<Plan, Error> {
    let Some(client) = client else { return Ok(Plan::default()) };
    let name = &provider.name;
    let own = app.config()?.own(&key(name));
    let known = own.clone().or_else(|| provider.client_id.clone());
    let ours = app.vault()?.client_secret(name, &client.id)?;
    let theirs = client.secret.clone().filter(|_| provider.client_auth != ClientAuth::None);
    let before = (own, ours.clone());
    let differs = matches!((&ours, &theirs), (Some(a), Some(b)) if a != b);
    let warning = (differs && !replace).then(|| {
        format!(
            "the client secret of {name} differs from the one set up here, which is kept; --replace takes it"
        )
    });
    let secret = theirs.filter(|theirs| ours.as_ref() != Some(theirs) && warning.is_none());
    let takes_over = match &known {
        None => true,
        Some(known) => *known != client.id && replace && !others_use_it(app, name)?,
    };
    Ok(Plan { id: takes_over.then(|| client.id.clone()), client: client.id.clone(), secret, before, warning })
}

fn key(provider: &str) -> String {
    format!("client.{provider}.id")
}

fn others_use_it(app: &App, provider: &str) -> Result<bool, Error> {
    let grants = app.vault()?.grants()?;
    Ok(grants.iter().filter_map(|(_, grant)| grant.as_ref().ok()).any(|grant| grant.provider == provider))
}

impl Plan {
    pub(super) fn apply(&self, app: &App, provider: &str) -> Result<(), Error> {
        if let Some(secret) = &self.secret {
            app.vault()?.save_client_secret(provider, &self.client, secret)?;
        }
        match &self.id {
            Some(id) => set(app, provider, Some(id)),
            None => Ok(()),
        }
    }

    /// What a refused grant brought goes again, unless somebody changed it since. `used`: by other connections, which a new
    /// client is left to; a secret that took the place of theirs is given back to them.
    pub(super) fn undo(&self, app: &App, provider: &str, used: bool) -> Result<(), Error> {
        let (id, secret) = &self.before;
        if used && (self.id.is_some() || secret.is_none()) {
            return Ok(());
        }
        if self.secret.is_some() && app.vault()?.client_secret(provider, &self.client)? == self.secret {
            match secret {
                Some(secret) => app.vault()?.save_client_secret(provider, &self.client, secret)?,
                None => drop(app.vault()?.delete_client_secret(provider, &self.client)?),
            }
        }
        match &self.id {
            Some(ours) if app.config()?.own(&key(provider)).as_ref() == Some(ours) => {
                set(app, provider, id.as_deref())
            }
            _ => Ok(()),
        }
    }
}

fn set(app: &App, provider: &str, id: Option<&str>) -> Result<(), Error> {
    app.change_config(|config| match id {
        Some(id) => config.set(&key(provider), id),
        None => config.unset(&key(provider)).map(drop),
    })
}

//! The OAuth client that comes with a grant: set up here where there is none, kept beside another's otherwise.

use crate::app::App;
use crate::error::Error;
use crate::oauth::Client;
use crate::providers::{ClientAuth, Provider};
use crate::vault::Secret;

/// What is to be set up, and what was there.
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

    /// Nothing of a grant that was refused stays.
    pub(super) fn undo(&self, app: &App, provider: &str) -> Result<(), Error> {
        let (id, secret) = &self.before;
        if self.secret.is_some() {
            match secret {
                Some(secret) => app.vault()?.save_client_secret(provider, &self.client, secret)?,
                None => drop(app.vault()?.delete_client_secret(provider, &self.client)?),
            }
        }
        match &self.id {
            Some(_) => set(app, provider, id.as_deref()),
            None => Ok(()),
        }
    }
}

fn set(app: &App, provider: &str, id: Option<&str>) -> Result<(), Error> {
    app.change_config(|config| match id {
        Some(id) => config.set(&key(provider), id),
        None => config.unset(&key(provider)).map(drop),
    })
}

//! The OAuth client that comes with a grant. The vault has one secret per provider: a second client beside it would make
//! the first one's connections fail.

use crate::app::App;
use crate::config::Config;
use crate::error::Error;
use crate::oauth::Client;
use crate::providers::{ClientAuth, Provider};
use crate::vault::Secret;

/// What is to be set up, and what was there.
#[derive(Default)]
pub(super) struct Plan {
    id: Option<String>,
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
    let ours = app.vault()?.client_secret(name)?;
    let theirs = client.secret.clone().filter(|_| provider.client_auth != ClientAuth::None);
    let before = (own, ours.clone());
    match known {
        None => Ok(Plan { id: Some(client.id.clone()), secret: theirs, before, warning: None }),
        Some(id) if id == client.id => {
            let differs = matches!((&ours, &theirs), (Some(a), Some(b)) if a != b);
            let warning = (differs && !replace)
                .then(|| format!("the client secret of {name} differs from the one set up here, which is kept; --replace takes it"));
            let secret = theirs.filter(|theirs| ours.as_ref() != Some(theirs) && warning.is_none());
            Ok(Plan { id: None, secret, before, warning })
        }
        // Public clients get on side by side: each grant names its own.
        Some(_) if ours.is_none() && theirs.is_none() => Ok(Plan::default()),
        Some(_) if replace && !others_use_it(app, name)? => {
            Ok(Plan { id: Some(client.id.clone()), secret: theirs, before, warning: None })
        }
        Some(_) => Err(Error::usage(format!(
            "{name} has another OAuth client here than the one this grant belongs to"
        ))
        .help("integ --profile OTHER import keeps it apart from the connections of the other client")),
    }
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
            app.vault()?.save_client_secret(provider, secret)?;
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
                Some(secret) => app.vault()?.save_client_secret(provider, secret)?,
                None => drop(app.vault()?.delete_client_secret(provider)?),
            }
        }
        match &self.id {
            Some(_) => set(app, provider, id.as_deref()),
            None => Ok(()),
        }
    }
}

fn set(app: &App, provider: &str, id: Option<&str>) -> Result<(), Error> {
    let mut config = Config::load(&app.paths.config)?;
    match id {
        Some(id) => config.set(&key(provider), id)?,
        None => drop(config.unset(&key(provider))?),
    }
    config.save()?;
    app.reload_config();
    Ok(())
}

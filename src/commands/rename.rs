//! Gives a connection another name. What it is connected to stays: the grant itself names its provider.

use clap::Args;
use serde_json::json;

use super::name_argument;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::log;
use crate::name::Name;
use crate::vault::Grant;

/// Give a connection another name
#[derive(Args)]
pub(crate) struct Rename {
    /// The connection
    #[arg(value_parser = name_argument)]
    old: Name,
    /// Its new name
    #[arg(value_parser = name_argument)]
    new: Name,
}

impl Rename {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (old, _) = app.connection(&self.old)?;
        let new = self.new;
        if old == new {
            return Err(Error::usage(format!("{old} is called that already")));
        }
        app.subject.set(Some(new.to_string()));
        let grant = app.block_on(rename(app, &old, &new))??;
        app.block_on(app.lean_on(&old, &new))??;
        // The index only remembers; the vault has the connection.
        app.index()
            .and_then(|index| Ok(index.rename(&old, &new)?))
            .unwrap_or_else(|error| log::info(&error.message));
        if app.out.json {
            return Ok(app
                .out
                .document("renamed", vec![json!({"from": old.as_str(), "to": new.as_str()})])?);
        }
        app.out.say(format!("{old} is called {new} now."));
        if new.head() != grant.provider {
            app.out.say(format!("To sign in again: integ connect {new} --provider {}", grant.provider));
        }
        Ok(())
    }
}

/// Written and read back under the new name before the old one goes: interrupted, there is one too many, never none.
async fn rename(app: &App, old: &Name, new: &Name) -> Result<Grant, Error> {
    let (vault, wait) = (app.vault()?, app.lock_wait()?);
    // Every process takes two locks in the same order.
    let (first, second) = if old < new { (old, new) } else { (new, old) };
    let _first = vault.lock(first, wait).await?;
    let _second = vault.lock(second, wait).await?;
    let guard = app.unbreakable();
    let mut grant = vault.grant(old)?.ok_or_else(|| Error::no_such_connection(old, &[]))?;
    match vault.grant(new)? {
        // What an interrupted rename left behind.
        Some(there) if is_copy(&there, &grant) && there.generation == grant.generation + 1 => {}
        Some(_) => {
            return Err(
                Error::usage(format!("`{new}` is taken")).help(format!("integ status {new} shows by what"))
            );
        }
        None => vault.save(new, &mut grant)?,
    }
    if !vault.grant(new)?.is_some_and(|there| is_copy(&there, &grant)) {
        return Err(Error::new(
            Kind::VaultBroken,
            format!("{new} did not read back as written; {old} was kept"),
        ));
    }
    vault.delete(old)?;
    drop(guard);
    Ok(grant)
}

fn is_copy(one: &Grant, other: &Grant) -> bool {
    one.connected_at == other.connected_at
        && one.provider == other.provider
        && one.access_token == other.access_token
        && one.refresh_token == other.refresh_token
        && one.machine == other.machine
}

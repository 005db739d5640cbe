//! Gives a connection another name. What it is connected to stays: the grant itself names its provider.

use clap::Args;
use serde_json::json;

use super::{name_argument, schedule};
use crate::app::App;
use crate::config::rule::Rule;
use crate::error::Error;
use crate::name::Name;
use crate::output::unbreakable;
use crate::task::destination;
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
        let settings = settings_with(app, &old)?;
        let grant = app.block_on(rename(app, &old, &new))??;
        for key in settings {
            app.out.warn(&format!("the setting {key} still says {old}"));
            app.out.hint("integ config edit");
        }
        if schedule::names(app, &old) {
            app.out.warn(&format!("what is scheduled still asks for {old}"));
            app.out.hint(&format!("integ schedule install {new}{}", schedule::typed_profile(app)));
        }
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

/// Settings are a person's own words: what names the connection is told, not changed.
fn settings_with(app: &App, old: &Name) -> Result<Vec<&'static str>, Error> {
    let config = app.config()?;
    let names = |text: &str| {
        text.strip_prefix(old.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let is_to = |text: &str| names(text) && destination(app, text).is_ok_and(|found| found.name == *old);
    let routes = config.list("task.routes");
    let mut found = Vec::new();
    if config.text("task.default").is_some_and(|to| is_to(&to)) {
        found.push("task.default");
    }
    if routes.iter().any(|route| Rule::parse(route).is_ok_and(|rule| is_to(&rule.to))) {
        found.push("task.routes");
    }
    if config.list("calendar.export-calendars").iter().any(|calendar| names(calendar)) {
        found.push("calendar.export-calendars");
    }
    Ok(found)
}

/// All that knows the old name learns the new one before the vault gives the old one up: interrupted, the same command
/// finishes it.
async fn rename(app: &App, old: &Name, new: &Name) -> Result<Grant, Error> {
    let (vault, wait) = (app.vault()?, app.lock_wait()?);
    let leaning = app.leaning_on(old)?;
    // Every process takes several locks in the same order.
    let mut names: Vec<&Name> = leaning.iter().chain([old, new]).collect();
    names.sort();
    names.dedup();
    let mut locks = Vec::new();
    for name in names {
        locks.push(vault.lock(name, wait).await?);
    }
    let _guard = unbreakable();
    if vault.grant(new)?.is_some() {
        return Err(
            Error::usage(format!("`{new}` is taken")).help(format!("integ status {new} shows by what"))
        );
    }
    let mut grant = vault.copy(old, new)?.ok_or_else(|| Error::no_such_connection(old))?;
    // Tasks that wait are nowhere else: under a name that is gone they would wait for ever.
    if let Err(error) = app.index().and_then(|index| Ok(index.rename(old, new)?)) {
        let _ = vault.delete(new);
        return Err(error);
    }
    app.lean_on(old, new, &leaning)?;
    vault.rename(old, new, &mut grant)?;
    Ok(grant)
}

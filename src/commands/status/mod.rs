//! Every connection at a glance: who, what it can do, how long it lasts, what went wrong and what cures it.

mod document;
mod picture;
mod row;

use std::time::Duration;

use clap::Args;
use serde_json::json;

use super::name_argument;
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::Out;
use row::Row;

/// Show every connection
#[derive(Args)]
pub(crate) struct Status {
    /// Only these
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// Ask each provider whether the token works
    #[arg(long)]
    check: bool,
    /// Show it again every few seconds
    #[arg(long)]
    watch: bool,
}

/// How often `--watch` looks.
const INTERVAL: Duration = Duration::from_secs(2);

impl Status {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        if !self.watch {
            return self.once(app);
        }
        loop {
            if Out::stdout_is_terminal() && !app.out.json {
                let _ = console::Term::stdout().clear_screen();
            }
            // A connection that needs a person is shown, not a reason to stop looking.
            match self.once(app) {
                Err(error) if !error.told => return Err(error),
                // A timer can only be made inside the runtime.
                _ => app.block_on(async { tokio::time::sleep(INTERVAL).await })?,
            }
        }
    }

    fn once(&self, app: &App) -> Result<(), Error> {
        // Where no vault was ever chosen and there is no keychain, nothing can be connected.
        if let Err(error) = app.vault().and_then(|vault| Ok(vault.grants()?))
            && matches!(error.kind, Kind::VaultAbsent)
            && self.names.is_empty()
            && app.config()?.own("vault.kind").is_none()
            && app.vault().is_ok_and(|vault| vault.kind() == "keychain")
        {
            app.out.say(format!("Nothing is connected yet, and {}.", error.message));
            app.out.hint("integ vault init makes a file vault");
            return self.nothing(app);
        }
        if self.check {
            let found = app.connections(&self.names)?;
            app.block_on(super::test::check_all(app, found))?;
        }
        // What was learnt is a help, not a condition: without it the connections are shown all the same.
        if let Err(error) = app.index() {
            app.out.warn(&error.message);
        }
        let now = clock::now();
        let rows: Vec<Row> = app
            .connections(&self.names)?
            .into_iter()
            .map(|(name, grant)| Row::of(app, name, grant))
            .collect();
        if app.out.json {
            app.out.object(json!({"v": 1, "profile": app.profile, "vault": app.vault()?.kind(),
                "connections": rows.iter().map(|row| row.json(now)).collect::<Vec<_>>()}))?;
        } else if rows.is_empty() {
            app.out.say("Nothing is connected yet.");
            app.out.hint("integ connect google (or notion, slack, telegram, …); integ providers; integ demo");
        } else {
            picture::show(app, &rows, now)?;
        }
        match rows.iter().find_map(|row| row.problem(now)) {
            Some(mut problem) => {
                problem.told = true;
                Err(problem)
            }
            None => Ok(()),
        }
    }

    fn nothing(&self, app: &App) -> Result<(), Error> {
        if app.out.json {
            app.out.object(json!({"v": 1, "profile": app.profile, "vault": null, "connections": []}))?;
        }
        Ok(())
    }
}

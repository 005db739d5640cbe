//! Looks at everything that connecting and refreshing rest on, and says what to do about what is wrong.

mod accounts;
mod machine;
mod network;
mod storage;

use std::cell::OnceCell;

use clap::Args;
use serde_json::{Value, json};

use crate::app::App;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::{self, sanitise};
use crate::vault::Grant;

/// Check what integ rests on: vault, files, ports, browser, proxies, clock
///
/// Nothing is asked over the network unless `--online` is given.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Also ask each connected provider what time it is there, without a token
    #[arg(long)]
    online: bool,
}

/// What was looked at and what was found.
pub(super) struct Check {
    name: String,
    detail: String,
    outcome: Outcome,
}

enum Outcome {
    Fine,
    Warning { help: String },
    Failure { kind: Kind, help: Option<String> },
}

impl Check {
    pub(super) fn fine(name: &str, detail: impl Into<String>) -> Check {
        Check { name: name.to_owned(), detail: detail.into(), outcome: Outcome::Fine }
    }

    pub(super) fn warning(name: &str, detail: impl Into<String>, help: impl Into<String>) -> Check {
        Check {
            name: name.to_owned(),
            detail: detail.into(),
            outcome: Outcome::Warning { help: help.into() },
        }
    }

    pub(super) fn failure(name: &str, error: Error) -> Check {
        let outcome = Outcome::Failure { kind: error.kind, help: error.help };
        Check { name: name.to_owned(), detail: error.message, outcome }
    }

    fn of(name: &str, outcome: Result<String, Error>) -> Check {
        match outcome {
            Ok(detail) => Check::fine(name, detail),
            Err(error) => Check::failure(name, error),
        }
    }

    fn word(&self) -> &'static str {
        match self.outcome {
            Outcome::Fine => "ok",
            Outcome::Warning { .. } => "warn",
            Outcome::Failure { .. } => "fail",
        }
    }

    fn help(&self) -> Option<&str> {
        match &self.outcome {
            Outcome::Fine => None,
            Outcome::Warning { help } => Some(help),
            Outcome::Failure { help, .. } => help.as_deref(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "outcome": self.word(),
            "detail": sanitise::line(&self.detail),
            "help": self.help().map(sanitise::line),
        })
    }

    fn show(&self, app: &App) -> Result<(), Error> {
        let (mark, style) = match self.outcome {
            Outcome::Fine => ("✓", console::Style::new().green().bold()),
            Outcome::Warning { .. } => ("!", console::Style::new().yellow().bold()),
            Outcome::Failure { .. } => ("✗", console::Style::new().red().bold()),
        };
        let mark = output::paint_data(mark, style);
        app.out.line(mark.and(format!(" {:<14} {}", self.name, sanitise::line(&self.detail))))?;
        if let Some(help) = self.help() {
            app.out.line(format!("  {:<14} help: {}", "", sanitise::line(help)))?;
        }
        Ok(())
    }

    fn error(&self) -> Option<Error> {
        match &self.outcome {
            Outcome::Failure { kind, .. } => Some(Error::new(*kind, self.detail.clone())),
            _ => None,
        }
    }
}

/// What the parts stand on. A vault that hangs is waited for once: without grants, whatever needs it is left out.
pub(super) struct Ground<'a> {
    app: &'a App,
    grants: OnceCell<Vec<(Name, Result<Grant, Error>)>>,
}

/// A part of the examination: several results, or none where there is nothing to look at.
type Part = fn(&Ground<'_>) -> Vec<Check>;

/// Permissions first: opening a file repairs them, and a person wants to know that they were loose.
const PARTS: &[Part] = &[
    machine::versions,
    storage::config,
    storage::provider_files,
    storage::permissions,
    storage::vault,
    storage::locks,
    storage::index,
    accounts::grants,
    accounts::redirects,
    machine::clock,
    network::loopback,
    network::proxy,
    network::roots,
    machine::browser,
    machine::cron,
];

impl Doctor {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let mut checks = Vec::new();
        let ground = Ground { app, grants: OnceCell::new() };
        for part in PARTS {
            take(app, part(&ground), &mut checks)?;
        }
        if self.online {
            take(app, network::online(&ground), &mut checks)?;
        }
        if app.out.json {
            app.out.document("checks", checks.iter().map(Check::json).collect())?;
        }
        let failed: Vec<Error> = checks.iter().filter_map(Check::error).collect();
        match Error::of_many(failed.len(), &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

fn take(app: &App, found: Vec<Check>, checks: &mut Vec<Check>) -> Result<(), Error> {
    if !app.out.json {
        found.iter().try_for_each(|check| check.show(app))?;
    }
    checks.extend(found);
    Ok(())
}

//! What is wrong with provider files, line by line, and what their servers say otherwise.

use clap::Args;
use serde_json::{Value, json};

use super::drift::{self, Drift};
use crate::app::App;
use crate::error::{Error, Kind};
use crate::name::simple;
use crate::output::sanitise;
use crate::providers::Report;

/// Say what is wrong with provider files
#[derive(Args)]
pub(super) struct Check {
    /// Which ones (all)
    #[arg(value_parser = simple)]
    names: Vec<String>,
    /// Compare them with what their servers say about themselves, too
    #[arg(long)]
    online: bool,
}

struct Checked {
    name: String,
    report: Report,
    drift: Result<Option<Drift>, Error>,
}

impl Check {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        let names = if self.names.is_empty() { app.catalogue().names() } else { self.names.clone() };
        let mut checked = Vec::new();
        for name in names {
            let report = app.catalogue().lint(&name)?;
            let drift = if self.online && report.problems.is_empty() {
                app.block_on(drift::of(app, &report.provider))?.map(Some)
            } else {
                Ok(None)
            };
            checked.push(Checked { name, report, drift });
        }
        if app.out.json {
            app.out.document("checks", checked.iter().map(Checked::json).collect())?;
        } else {
            for item in &checked {
                if let Some(text) = item.text(!self.names.is_empty() || self.online) {
                    app.out.line(&text)?;
                }
            }
        }
        conclude(app, checked)
    }
}

impl Checked {
    fn outcome(&self) -> &'static str {
        match &self.drift {
            _ if !self.report.problems.is_empty() => "wrong",
            Ok(Some(drift)) if !drift.found.is_empty() => "drifted",
            Ok(_) => "ok",
            Err(_) => "unreachable",
        }
    }

    fn drift(&self) -> Option<&Drift> {
        self.drift.as_ref().ok()?.as_ref()
    }

    fn json(&self) -> Value {
        let clean = |text: &str| sanitise::line(text).into_owned();
        let problems = self.report.problems.iter();
        let found = self.drift().into_iter().flat_map(|drift| &drift.found);
        json!({
            "name": self.name,
            "origin": self.report.origin,
            "outcome": self.outcome(),
            "problems": problems.map(|p| json!({"line": p.line, "key": p.key, "message": clean(&p.what)})).collect::<Vec<_>>(),
            "overrides": self.report.overrides,
            "issuer": self.drift().and_then(|drift| drift.issuer.clone()),
            "drift": found.map(|(key, what)| json!({"key": key, "message": clean(what)})).collect::<Vec<_>>(),
            "notes": self.drift().map(|drift| drift.notes.iter().map(|n| clean(n)).collect::<Vec<_>>()).unwrap_or_default(),
            "error": self.drift.as_ref().err().map(Error::json),
        })
    }

    /// Nothing where there is nothing to say and nobody asked.
    fn text(&self, asked: bool) -> Option<String> {
        let mut lines = Vec::new();
        for problem in &self.report.problems {
            let line = problem.line.map_or(String::new(), |line| format!("line {line}: "));
            let key = if problem.key.is_empty() { String::new() } else { format!("`{}` ", problem.key) };
            lines.push(format!("  ✗ {line}{key}{}", problem.what));
        }
        if !self.report.overrides.is_empty() {
            lines.push(format!("  replaces what is built in: {}", self.report.overrides.join(", ")));
        }
        match &self.drift {
            Ok(Some(drift)) => {
                lines.extend(drift.found.iter().map(|(key, what)| format!("  ✗ `{key}` {what}")));
                lines.extend(drift.notes.iter().map(|note| format!("  {note}")));
            }
            Ok(None) => {}
            Err(error) => lines.push(format!("  not compared: {}", error.message)),
        }
        let word = match self.outcome() {
            "ok" => "sound",
            other => other,
        };
        // What is quoted of a file must not look like lines of ours.
        lines.iter_mut().for_each(|line| *line = sanitise::line(line).into_owned());
        (asked || !lines.is_empty()).then(|| {
            [vec![format!("{} ({}): {word}", self.name, self.report.origin)], lines].concat().join("\n")
        })
    }
}

/// What is wrong goes before what could not be asked.
fn conclude(app: &App, checked: Vec<Checked>) -> Result<(), Error> {
    let total = checked.len();
    let bad = checked.iter().filter(|item| matches!(item.outcome(), "wrong" | "drifted")).count();
    app.out.say(&match bad {
        0 => format!("{total} checked, nothing wrong."),
        _ => format!("{total} checked, {bad} wrong."),
    });
    let mut error = match bad {
        0 => match checked.into_iter().find_map(|item| item.drift.err()) {
            Some(error) => error,
            None => return Ok(()),
        },
        _ => Error::new(Kind::Config, format!("{bad} provider files are wrong")),
    };
    error.told = true;
    Err(error)
}

//! Brings the mirrors of calendars up to date, all of them side by side.

mod whom;

use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use crate::app::{App, Found, duration_argument};
use crate::calendar::{self, Outcome, Wanted, Wish};
use crate::clock;
use crate::error::Error;
use crate::output::{Table, sanitise};
use crate::providers::calendars::Garbled;

/// Bring the mirrors of calendars up to date
#[derive(Args)]
pub(crate) struct Sync {
    /// Only these connections or calendars; without a name, all that are mirrored
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// How far back (30d)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    past: Option<Duration>,
    /// How far ahead (365d)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    future: Option<Duration>,
    /// Read everything again, not only what changed
    #[arg(long)]
    full: bool,
    /// Ask, and show what would change; the mirror stays as it is
    #[arg(long)]
    dry_run: bool,
    /// Only the calendars whose last sync failed
    #[arg(long)]
    since_error: bool,
    /// Remove events even if most of a calendar goes, and do not wait for a limit to pass
    #[arg(long)]
    force: bool,
}

/// What `integ sync` does without any option, for those who tell in their own way what came of it.
pub(super) async fn as_usual(app: &App, found: Found, named: bool) -> Result<Vec<Outcome>, Error> {
    let wish = usual_wish(app, None, None)?;
    let wanted =
        found.into_iter().map(|(name, grant)| Wanted { name, grant, named, only: Vec::new() }).collect();
    Ok(calendar::sync(app, wanted, wish).await)
}

fn usual_wish(app: &App, past: Option<Duration>, future: Option<Duration>) -> Result<Wish, Error> {
    let config = app.config()?;
    let seconds = |given: Option<Duration>, key: &str| {
        let span = given.unwrap_or_else(|| config.duration(key));
        i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
    };
    let (past, future) = (seconds(past, "sync.past"), seconds(future, "sync.future"));
    Ok(Wish { past, future, full: false, force: false, since_error: false, dry: false })
}

impl Sync {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let wish = Wish {
            full: self.full,
            force: self.force,
            since_error: self.since_error,
            dry: self.dry_run,
            ..usual_wish(app, self.past, self.future)?
        };
        if self.dry_run {
            app.unrecorded.set(true);
        }
        let wanted = whom::wanted(app, &self.names)?;
        if let [one] = wanted.as_slice() {
            app.subject.set(Some(one.name.to_string()));
        }
        let outcomes = app.block_on(calendar::sync(app, wanted, wish))?;
        if app.out.json {
            app.out.document("calendars", outcomes.iter().map(as_json).collect())?;
        } else {
            self.show(app, &outcomes)?;
        }
        // Told, and no reason to call a sync failed that was none.
        if !self.dry_run
            && let Err(error) = super::calendar::after_sync(app)
        {
            app.out.warn(&error.message);
            if let Some(help) = &error.help {
                app.out.hint(help);
            }
        }
        if !self.dry_run {
            crate::task::flush_waiting(app, None);
        }
        let total = outcomes.len();
        let failed: Vec<Error> = outcomes.into_iter().filter_map(|outcome| outcome.error).collect();
        match Error::of_many(total, &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    fn show(&self, app: &App, outcomes: &[Outcome]) -> Result<(), Error> {
        if outcomes.is_empty() {
            if self.since_error {
                app.out.say("No calendar failed the last time.");
            } else if !super::calendar::say_none_mirrored(app) {
                app.out.say("No connection has calendars.");
                app.out.hint("integ connect google-calendar, or integ connect outlook-calendar");
            }
            return Ok(());
        }
        let header = ["", "calendar", "added", "changed", "removed", "unchanged", "requests", "seconds"];
        let mut table = Table::new(&header);
        for outcome in outcomes {
            let tally = &outcome.tally;
            let count = |count: u64| if outcome.error.is_some() { "-".to_owned() } else { count.to_string() };
            let mark = if outcome.error.is_some() { "✗" } else { "✓" };
            let name = match &outcome.name {
                Some(name) => format!("{}/{name}", outcome.connection),
                None => outcome.connection.to_string(),
            };
            let seconds =
                format!("{}.{:02}", outcome.milliseconds / 1_000, outcome.milliseconds % 1_000 / 10);
            table.row(&[
                mark,
                &name,
                &count(tally.added),
                &count(tally.changed),
                &count(tally.removed),
                &count(tally.unchanged),
                &outcome.requests.to_string(),
                &seconds,
            ]);
        }
        if !app.out.quiet {
            app.out.line(table.render())?;
        }
        if self.dry_run {
            app.out.say("Nothing was written.");
        }
        for outcome in outcomes {
            if outcome.unreadable.count > 0 {
                app.out.warn(&not_understood(outcome));
            }
            if let Some(error) = &outcome.error {
                app.out.always(format!("✗ {}", sanitise::line(&error.message)));
                if let Some(help) = &error.help {
                    app.out.hint(help);
                }
            }
        }
        Ok(())
    }
}

/// How many events, and the first of them.
fn not_understood(outcome: &Outcome) -> String {
    let (count, name) = (outcome.unreadable.count, outcome.name.as_deref().unwrap_or_default());
    let what = match count {
        1 => "1 event of".to_owned(),
        _ => format!("{count} events of"),
    };
    let mut said = format!("{what} {}/{name} not understood and left as before:", outcome.connection);
    for event in &outcome.unreadable.named {
        let id = if event.id.is_empty() { "(no id)" } else { &event.id };
        said.push_str(&format!("\n  {}: {}", sanitise::line(id), sanitise::line(&event.what)));
    }
    said
}

fn word(outcome: &Outcome) -> &'static str {
    let tally = &outcome.tally;
    match &outcome.error {
        Some(_) => "failed",
        None if tally.added + tally.changed + tally.removed + tally.left == 0 => "unchanged",
        None => "synced",
    }
}

fn as_named(event: &Garbled) -> Value {
    json!({"id": Some(&event.id).filter(|id| !id.is_empty()), "problem": event.what})
}

fn as_json(outcome: &Outcome) -> Value {
    let tally = &outcome.tally;
    json!({
        "connection": outcome.connection.as_str(),
        "calendar": outcome.name,
        "id": outcome.remote,
        "outcome": word(outcome),
        "added": tally.added,
        "changed": tally.changed,
        "removed": tally.removed,
        "left": tally.left,
        "unchanged": tally.unchanged,
        "unreadable": outcome.unreadable.count,
        "not_understood": outcome.unreadable.named.iter().map(as_named).collect::<Vec<_>>(),
        "requests": outcome.requests,
        "milliseconds": u64::try_from(outcome.milliseconds).unwrap_or(u64::MAX),
        "full": outcome.full,
        "retry_at": outcome.error.as_ref().and_then(|error| error.retry_at).map(clock::rfc3339),
        "error": outcome.error.as_ref().map(Error::json),
    })
}

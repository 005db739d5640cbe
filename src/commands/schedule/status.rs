//! What is installed, when it runs next, how the last run ended, and whether the vault can be reached from there.

use std::process::Stdio;

use clap::Args;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::{RECORDED, run, typed_profile};
use crate::app::App;
use crate::clock;
use crate::duration;
use crate::error::{Error, Kind};
use crate::index::PastRun;
use crate::output::sanitise;
use crate::schedule::{Ground, Installed, Scheduler, all_installed};

/// Show what is installed, the next and the last run
#[derive(Args)]
pub(super) struct Status {}

impl Status {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        show(app, &app.ground()?)
    }
}

pub(super) fn show(app: &App, ground: &Ground) -> Result<(), Error> {
    let last = app.index().and_then(|index| Ok(index.last_run(RECORDED)?));
    let last = last.unwrap_or_else(|error| {
        app.out.warn(&error.message);
        None
    });
    let running = run::is_running(app);
    let program = app.own_path()?;
    let variables = app.surrounding(ground).map(|found| found.variables).unwrap_or_default();
    let mut documents = Vec::new();
    let installed = all_installed(ground)?;
    for one in &installed {
        let reach = reach(app, one.scheduler, &program, &variables);
        let next = one.active.then(|| next(one)).flatten();
        if app.out.json {
            documents.push(document(app, one, next, last.as_ref(), running, reach.as_ref().err()));
        } else {
            lines(app, one, next, last.as_ref(), running, reach.as_ref().err())?;
        }
    }
    if app.out.json {
        return Ok(app.out.document("schedules", documents)?);
    }
    if installed.is_empty() {
        app.out.say(format!("Nothing is scheduled for profile {}.", app.profile));
        app.out.hint(&format!("integ schedule install{}", typed_profile(app)));
    }
    Ok(())
}

fn next(one: &Installed) -> Option<i64> {
    one.next.or_else(|| one.rhythm?.next(clock::now(), &TimeZone::system()))
}

fn lines(
    app: &App,
    one: &Installed,
    next: Option<i64>,
    last: Option<&PastRun>,
    running: bool,
    unreachable: Option<&Error>,
) -> Result<(), Error> {
    let now = clock::now();
    let rhythm = one.rhythm.map_or("changed by hand".to_owned(), |rhythm| rhythm.to_string());
    let line = |name: &str, text: &str| app.out.line(format!("{name:<10} {}", sanitise::line(text)));
    line("Scheduler", &format!("{}, {rhythm}", one.scheduler.title()))?;
    for place in &one.places {
        line("Place", place)?;
    }
    match next {
        Some(at) => line("Next run", &format!("{} (in {})", clock::soon(at), duration::words(at - now)))?,
        None => line("Next run", "unknown")?,
    }
    let last = last.map_or("never".to_owned(), |run| {
        format!("{} ({} ago): {}", clock::soon(run.at), duration::words(now - run.at), run.outcome)
    });
    line("Last run", &if running { format!("{last}; one is running now") } else { last })?;
    match unreachable {
        None => line("Vault", "can be reached from there")?,
        Some(error) => line("Vault", &format!("cannot be reached from there: {}", error.message))?,
    }
    for note in &one.notes {
        app.out.warn(note);
    }
    if let Some(help) = unreachable.and_then(|error| error.help.as_ref()) {
        app.out.hint(help);
    }
    Ok(())
}

fn document(
    app: &App,
    one: &Installed,
    next: Option<i64>,
    last: Option<&PastRun>,
    running: bool,
    unreachable: Option<&Error>,
) -> Value {
    json!({
        "profile": app.profile,
        "scheduler": one.scheduler.word(),
        "places": one.places,
        "every": one.rhythm.map(|rhythm| rhythm.period().as_secs()),
        "active": one.active,
        "notes": one.notes,
        "next_at": next.map(clock::rfc3339),
        "running": running,
        "last_at": last.map(|run| clock::rfc3339(run.at)),
        "last_outcome": last.map(|run| run.outcome.as_str()),
        "last_milliseconds": last.map(|run| run.milliseconds),
        "vault_reachable": unreachable.is_none(),
        "vault_error": unreachable.map(Error::json),
    })
}

/// Asks ourselves, started with the environment that a scheduled run has.
pub(super) fn reach(
    app: &App,
    scheduler: Scheduler,
    program: &str,
    variables: &[(String, String)],
) -> Result<(), Error> {
    let mut command = app.as_started_by(scheduler, program, variables);
    command.args(["--profile", &app.profile, "--no-input", "--json", "status"]);
    let said = command.stdin(Stdio::null()).stderr(Stdio::null()).output();
    let said =
        said.map_err(|cause| Error::new(Kind::Storage, format!("{program} does not start: {cause}")))?;
    let answer: Value = serde_json::from_slice(&said.stdout).unwrap_or_default();
    let Some(error) = answer.get("error") else { return Ok(()) };
    let text = |field: &str| error.get(field).and_then(Value::as_str).map(str::to_owned);
    let kind = [Kind::VaultAbsent, Kind::VaultLocked, Kind::VaultBroken]
        .into_iter()
        .find(|kind| text("kind").as_deref() == Some(kind.word()))
        .unwrap_or(Kind::Storage);
    let mut failed = Error::new(kind, text("message").unwrap_or_default());
    failed.help = text("help");
    Err(failed)
}

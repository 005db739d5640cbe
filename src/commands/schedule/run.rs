//! What the scheduler starts: renews what needs it, so that no refresh token dies of not being used, and mirrors the
//! calendars. It speaks only of what a person has to do; everything else is in the history and in the exit code.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use clap::Args;
use serde_json::{Value, json};

use super::{Only, RECORDED};
use crate::app::{App, duration_argument};
use crate::clock;
use crate::commands::{calendar, name_argument, refresh, sync};
use crate::error::{Error, Kind};
use crate::log;
use crate::name::Name;
use crate::output::sanitise;
use crate::vault::lock::Lock;
use crate::vault::{VaultError, lock};

/// Do now what the schedule does
#[derive(Args)]
#[command(
    after_help = "Skipped while another run of this profile goes on. What failed for a while is tried three times more."
)]
pub(super) struct Run {
    /// Only these connections
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// Do a part of it
    #[arg(long, value_name = "PART")]
    only: Option<Only>,
    /// How often this is run: nothing may die before the next time
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration_argument)]
    every: Duration,
    /// Wait before it begins
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    delay: Option<Duration>,
}

/// Tries after the first one.
const RETRIES: usize = 3;

/// What failed; `None`: not of one connection.
type Failures = Vec<(Option<Name>, Error)>;

impl Run {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        // Before the lock: a run that only waits for its second keeps no other out.
        if let Some(delay) = self.delay {
            app.block_on(async { tokio::time::sleep(delay).await })?;
        }
        let Some(_lock) = hold(app)? else {
            app.unrecorded.set(true);
            log::info("skipped: the last run is still going on");
            return self.document(app, true, &Failures::new());
        };
        let started = Instant::now();
        let first = app.config()?.duration("schedule.retry");
        let mut pauses = ExponentialBuilder::new()
            .with_factor(3.0)
            .with_min_delay(first)
            .with_max_delay(first * 9)
            .with_max_times(RETRIES)
            .with_jitter()
            .build();
        let before = Before::of(app);
        let (mut failed, mut total) = self.attempt(app, &self.names)?;
        loop {
            let again: Vec<Name> = failed
                .iter()
                .filter(|(_, error)| may_pass(app, error))
                .filter_map(|(name, _)| name.clone())
                .collect();
            let whole = failed.iter().any(|(name, error)| name.is_none() && may_pass(app, error));
            if again.is_empty() && !whole {
                break;
            }
            let Some(pause) = pauses.next() else { break };
            let pause = pause.max(asked_for(&failed));
            // The next run is another chance: two of them must not be under way at once.
            if started.elapsed() + pause > self.every / 2 {
                break;
            }
            log::info(&format!("{} failed for a while: again in {} s", again.len(), pause.as_secs()));
            app.block_on(async { tokio::time::sleep(pause).await })?;
            failed.retain(|(_, error)| !may_pass(app, error));
            let names = if whole { &self.names } else { &again };
            let (still, of) = self.attempt(app, names)?;
            total = total.max(of);
            failed.extend(still);
        }
        self.document(app, false, &failed)?;
        report(app, &failed, &before);
        let errors: Vec<Error> = failed.into_iter().map(|(_, error)| error).collect();
        Error::of_many(total.max(errors.len()), &errors).map_or(Ok(()), Err)
    }

    /// With `--json`: what became of each connection, and of what concerns none.
    fn document(&self, app: &App, skipped: bool, failed: &Failures) -> Result<(), Error> {
        if !app.out.json {
            return Ok(());
        }
        let found = if skipped { Vec::new() } else { app.connections(&self.names).unwrap_or_default() };
        let run = |name: Option<&Name>, error: Option<&Error>| {
            json!({"name": name.map(Name::as_str), "outcome": if error.is_some() { "failed" } else { "done" },
                "error": error.map(Error::json)})
        };
        let of = |name: &Name| failed.iter().find(|(own, _)| own.as_ref() == Some(name));
        let mut runs: Vec<Value> =
            found.iter().map(|(name, _)| run(Some(name), of(name).map(|(_, error)| error))).collect();
        runs.extend(
            failed.iter().filter(|(name, _)| name.is_none()).map(|(_, error)| run(None, Some(error))),
        );
        Ok(app.out.object(json!({"v": 1, "skipped": skipped, "runs": runs}))?)
    }

    /// One try of all there is to do for these connections; no names: for all. What failed, and of how many.
    fn attempt(&self, app: &App, names: &[Name]) -> Result<(Failures, usize), Error> {
        let found = match app.connections(names) {
            Ok(found) => found,
            Err(error) => return Ok((vec![(None, error)], 1)),
        };
        let total = found.len();
        let mut failed = Failures::new();
        if self.only != Some(Only::Sync) {
            let outcomes = app.block_on(refresh::due(app, found, self.every))?;
            failed.extend(outcomes.into_iter().filter_map(|one| Some((Some(one.name), one.error?))));
        }
        if self.only != Some(Only::Refresh) {
            // Without the index nothing is mirrored and no task is sent, which no connection would say. What was renewed
            // is read again.
            let mut found = match app.index().and_then(|_| app.connections(names)) {
                Ok(found) => found,
                Err(error) => {
                    failed.push((None, error));
                    return Ok((failed, total));
                }
            };
            // What could not be renewed would only fail a second time.
            let failed_before = |name: &Name| failed.iter().any(|(failed, _)| failed.as_ref() == Some(name));
            found.retain(|(name, _)| !failed_before(name));
            // Without calendars there is nothing to do, unless a person wants just that.
            let named = self.only == Some(Only::Sync) && !self.names.is_empty();
            let outcomes = app.block_on(sync::as_usual(app, found, named))??;
            failed.extend(outcomes.into_iter().filter_map(|one| Some((Some(one.connection), one.error?))));
            failed.extend(calendar::after_sync(app).err().map(|error| (None, error)));
            crate::task::flush_waiting(app, None);
        }
        Ok((failed, total))
    }
}

/// What was known before this run: its person was told.
struct Before {
    /// Those whose sign-in had ended.
    ended: BTreeSet<Name>,
    /// How the last run ended.
    outcome: Option<String>,
}

impl Before {
    fn of(app: &App) -> Before {
        let noted = |name: &Name| {
            let error = app.index().ok().and_then(|index| index.health(name).ok()?.error);
            error.is_some_and(|error| error.kind == Kind::NeedsReauth.word())
        };
        let grants = app.connections(&[]).unwrap_or_default().into_iter();
        let ended = grants
            .filter(|(name, grant)| grant.as_ref().is_ok_and(|grant| grant.needs_reauth() || noted(name)));
        let last = app.index().ok().and_then(|index| index.last_run(RECORDED).ok()?);
        Before { ended: ended.map(|(name, _)| name).collect(), outcome: last.map(|run| run.outcome) }
    }

    fn knew(&self, name: Option<&Name>, error: &Error) -> bool {
        match (error.kind, name) {
            (Kind::NeedsReauth, Some(name)) => self.ended.contains(name),
            // A keychain that is away, or a vault without its key, stays so for a while.
            (Kind::VaultAbsent | Kind::VaultLocked, None) => {
                self.outcome.as_deref() == Some(error.kind.word())
            }
            _ => false,
        }
    }
}

/// Whether waiting may cure it. A keychain may be unlocked a moment after the session has begun; a file vault without its
/// key stays one.
fn may_pass(app: &App, error: &Error) -> bool {
    match error.kind {
        Kind::AnswerLost | Kind::Busy | Kind::RateLimited | Kind::Unavailable | Kind::Unreachable => true,
        Kind::VaultAbsent | Kind::VaultLocked => app.vault().is_ok_and(|vault| vault.kind() == "keychain"),
        _ => false,
    }
}

/// How long the providers want to be left alone.
fn asked_for(failed: &Failures) -> Duration {
    let until = failed.iter().filter_map(|(_, error)| error.retry_at).max();
    let seconds = until.map_or(0, |until| until.saturating_sub(clock::now()).max(0));
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

/// A network that was away, or a sign-in that ended days ago, is no news: cron would send it by mail every hour.
fn report(app: &App, failed: &Failures, before: &Before) {
    for (name, error) in failed {
        if before.knew(name.as_ref(), error) || error.exit() == Kind::Unreachable.exit() {
            log::info(&error.message);
            continue;
        }
        app.out.always(format!("✗ {}", sanitise::line(&error.message)));
        if let Some(help) = &error.help {
            app.out.hint(help);
        }
    }
}

fn hold(app: &App) -> Result<Option<Lock>, Error> {
    let key = format!("{}/schedule", app.profile);
    let taken = app.block_on(lock::acquire(&app.paths.index_locks(), &key, None, Duration::ZERO))?;
    match taken {
        Ok(lock) => Ok(Some(lock)),
        Err(VaultError::Busy { .. }) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn is_running(app: &App) -> bool {
    app.paths.index_locks().is_dir() && hold(app).is_ok_and(|lock| lock.is_none())
}

//! What a command learnt about a connection goes into the index; a change that concerns a person is told to them.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::json;

use super::App;
use super::environment::{self, without_secrets};
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{LastError, Occasion, Run};
use crate::log;
use crate::name::Name;
use crate::output::{blocked, sanitise};

impl App {
    /// Bookkeeping never fails a command: what cannot be noted is logged.
    pub(crate) fn went_well(&self, name: &Name, provider: &str, was_check: bool) {
        if self.is_dry() {
            return;
        }
        let note = || -> Result<(), Error> {
            self.index()?.succeeded(name, provider, was_check.then(clock::now))?;
            self.tell(name, provider, "connected", None)
        };
        note().unwrap_or_else(|error| log::info(&format!("not noted: {}", error.message)));
    }

    pub(crate) fn went_wrong(&self, name: &Name, provider: &str, error: &Error, at: Occasion) {
        if self.is_dry() {
            return;
        }
        let note = || -> Result<(), Error> {
            let last = noted(error);
            self.index()?.failed(name, provider, &last, error.retry_at, at)?;
            match error.kind {
                Kind::NeedsReauth => self.tell(name, provider, "needs_reauth", Some(error)),
                _ => Ok(()),
            }
        };
        note().unwrap_or_else(|error| log::info(&format!("not noted: {}", error.message)));
    }

    /// It was wrong before, and somebody may still have to be told.
    pub(super) fn is_still_wrong(&self, name: &Name, provider: &str, error: &Error) {
        if self.is_dry() {
            return;
        }
        let told = self.tell(name, provider, "needs_reauth", Some(error));
        told.unwrap_or_else(|error| log::info(&format!("nobody was told: {}", error.message)));
    }

    /// Runs `notify.command` once when a connection starts to need a person and once when it is well again.
    fn tell(&self, name: &Name, provider: &str, state: &str, error: Option<&Error>) -> Result<(), Error> {
        let Some(command) = self.config()?.command("notify.command") else { return Ok(()) };
        let told = self.index()?.health(name)?.told;
        let told = told.as_deref().unwrap_or("connected");
        if told == state {
            return Ok(());
        }
        // First, so that of many at once one tells it; taken back where it failed, so that the next one does.
        self.index()?.mark_told(name, provider, state)?;
        let event = json!({
            "v": 1,
            "event": state,
            "profile": self.profile,
            "connection": name.as_str(),
            "provider": provider,
            "at": clock::rfc3339(clock::now()),
            "error": error.map(Error::json),
        });
        if let Err(why) = run_notification(&command, &event.to_string()) {
            self.out.warn(&format!("notify.command failed: {why}; nobody was told of {name}"));
            self.index()?.mark_told(name, provider, told)?;
        }
        Ok(())
    }

    /// One line of history for this run.
    pub(crate) fn record(&self, command: &str, outcome: Result<(), &Error>) {
        if self.unrecorded.get() || self.is_dry() {
            return;
        }
        let run = Run {
            command: command.to_owned(),
            connection: self.subject.take(),
            outcome: outcome.err().map_or("ok", |error| error.kind.word()).to_owned(),
            requests: i64::try_from(self.requests()).unwrap_or(i64::MAX),
            milliseconds: i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX),
        };
        let write = || -> Result<(), Error> {
            let keep = self.config()?.duration("history.keep");
            let index = self.index()?;
            index.record(&run)?;
            Ok(index.prune(i64::try_from(keep.as_secs()).unwrap_or(i64::MAX))?)
        };
        write().unwrap_or_else(|error| log::info(&format!("no history: {}", error.message)));
    }
}

/// An error as the index keeps it.
pub(crate) fn noted(error: &Error) -> LastError {
    LastError {
        kind: error.kind.word().to_owned(),
        message: sanitise::excerpt(&error.message),
        help: error.help.as_deref().map(sanitise::excerpt),
        reason: error.reason.map(|reason| reason.word().to_owned()),
        at: clock::now(),
    }
}

/// A program and its arguments, no shell; the event on its standard input, our secrets not in its environment,
/// and the way to the desktop in it.
fn run_notification(command: &[String], event: &str) -> Result<(), String> {
    let Some((program, arguments)) = command.split_first() else { return Ok(()) };
    let mut child = Command::new(program);
    child.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    without_secrets(&mut child);
    child.envs(environment::session());
    let mut child = child.spawn().map_err(|cause| cause.to_string())?;
    // A notifier that hangs must not hang a cron job, nor who wants to end it.
    let _blocked = blocked();
    if let Some(mut stdin) = child.stdin.take() {
        // A program that does not read its input is no error of ours.
        let _ = stdin.write_all(event.as_bytes());
    }
    for _ in 0..100 {
        match child.try_wait().map_err(|cause| cause.to_string())? {
            Some(status) if status.success() => return Ok(()),
            Some(status) => return Err(status.to_string()),
            None => std::thread::sleep(Duration::from_millis(50)),
        }
    }
    Err("it did not end within 5 seconds".to_owned())
}

//! WHEN IT RUNS BY ITSELF: what the system's own scheduler is told, where that is written, and what it says of it. Nothing
//! here runs in the background; the machine's scheduler starts `integ schedule run`.

mod crontab;
mod launchd;
mod place;
mod program;
pub(crate) mod quote;
mod rhythm;
mod systemd;
mod task_scheduler;

use std::io;
use std::path::PathBuf;
use std::process::Command;

pub(crate) use quote::shell as shell_word;
pub(crate) use rhythm::{Rhythm, allowed_periods};

/// What is run, and when.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub profile: String,
    /// Absolute.
    pub program: String,
    /// Names and flags only: nothing that any shell could take for its own.
    pub arguments: Vec<String>,
    /// What it needs to find the same vault and settings again. Never a secret.
    pub environment: Vec<(String, String)>,
    pub rhythm: Rhythm,
}

/// Whose schedule it is, and where this person's things are.
#[derive(Clone, Debug)]
pub(crate) struct Ground {
    pub profile: String,
    pub home: PathBuf,
    pub config_home: PathBuf,
    /// What XDG_RUNTIME_DIR is, or would be in a session.
    pub runtime_dir: Option<PathBuf>,
    /// `DOMAIN\name` where the system has domains.
    pub user: String,
    pub uid: u32,
    /// Takes what is secret out of the environment of a program that we start.
    pub bare: fn(&mut Command),
}

/// The schedulers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheduler {
    Systemd,
    Crontab,
    Launchd,
    Tasks,
}

/// One thing that installing writes: where, and what.
pub(crate) struct Piece {
    pub place: String,
    pub text: String,
}

/// A schedule as it was found on the machine.
pub(crate) struct Installed {
    pub scheduler: Scheduler,
    pub places: Vec<String>,
    /// Where it says what is started.
    pub text: String,
    /// `None`: somebody changed the text so far that it cannot be read.
    pub rhythm: Option<Rhythm>,
    /// The scheduler would start it.
    pub active: bool,
    /// What stands in the way, or what to know.
    pub notes: Vec<String>,
    /// Unix seconds, where the scheduler itself says it.
    pub next: Option<i64>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum ScheduleError {
    #[error("there is no `{0}` on this machine")]
    Missing(String),
    #[error("`{command}` failed: {words}")]
    Failed { command: String, words: String },
    #[error("`{0}` did not end in time")]
    Hung(String),
    #[error("cannot write {}: {cause}", .path.display())]
    Unwritable { path: PathBuf, cause: io::Error },
    #[error("cannot read {}: {cause}", .path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
    #[error("{} cannot say it: {why}", .scheduler.title())]
    Unsayable { scheduler: Scheduler, why: String },
    #[error("the crontab has a begin of integ's without an end")]
    Torn,
    #[error(
        "this machine has no scheduler that integ knows: no systemd user manager answers, and there is no `crontab`"
    )]
    Nowhere,
}

impl Scheduler {
    pub(crate) const ALL: [Scheduler; 4] =
        [Scheduler::Systemd, Scheduler::Crontab, Scheduler::Launchd, Scheduler::Tasks];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Scheduler::Systemd => "systemd",
            Scheduler::Crontab => "crontab",
            Scheduler::Launchd => "launchd",
            Scheduler::Tasks => "task-scheduler",
        }
    }

    pub(crate) fn title(self) -> &'static str {
        match self {
            Scheduler::Systemd => "systemd's user manager",
            Scheduler::Crontab => "the crontab",
            Scheduler::Launchd => "launchd",
            Scheduler::Tasks => "the Task Scheduler",
        }
    }

    /// Whether it starts jobs to the second; what does not leaves the seconds to the job.
    pub(crate) fn knows_seconds(self) -> bool {
        matches!(self, Scheduler::Systemd | Scheduler::Tasks)
    }

    /// The one to use here.
    pub(crate) fn of_this_machine(ground: &Ground) -> Result<Scheduler, ScheduleError> {
        if cfg!(target_os = "macos") {
            return Ok(Scheduler::Launchd);
        }
        if cfg!(windows) {
            return Ok(Scheduler::Tasks);
        }
        if systemd::answers(ground) {
            return Ok(Scheduler::Systemd);
        }
        if crontab::is_there(ground) {
            return Ok(Scheduler::Crontab);
        }
        Err(ScheduleError::Nowhere)
    }

    /// Those in which a schedule may lie here, whether they run or not.
    fn may_be_here(self) -> bool {
        match self {
            Scheduler::Launchd => cfg!(target_os = "macos"),
            Scheduler::Tasks => cfg!(windows),
            Scheduler::Systemd => cfg!(target_os = "linux"),
            Scheduler::Crontab => cfg!(all(unix, not(target_os = "macos"))),
        }
    }

    /// What installing would write.
    pub(crate) fn pieces(self, job: &Job, ground: &Ground) -> Result<Vec<Piece>, ScheduleError> {
        match self {
            Scheduler::Systemd => systemd::pieces(job, ground),
            Scheduler::Crontab => crontab::pieces(job),
            Scheduler::Launchd => launchd::pieces(job, ground),
            Scheduler::Tasks => task_scheduler::pieces(job, ground),
        }
    }

    /// Writes it, replacing what was there, and has the scheduler take it up.
    pub(crate) fn install(self, job: &Job, ground: &Ground) -> Result<(), ScheduleError> {
        match self {
            Scheduler::Systemd => systemd::install(job, ground),
            Scheduler::Crontab => crontab::install(job, ground),
            Scheduler::Launchd => launchd::install(job, ground),
            Scheduler::Tasks => task_scheduler::install(job, ground),
        }
    }

    /// Takes away what `install` wrote, and nothing else. Whether there was anything.
    pub(crate) fn remove(self, ground: &Ground) -> Result<bool, ScheduleError> {
        match self {
            Scheduler::Systemd => systemd::remove(ground),
            Scheduler::Crontab => crontab::remove(ground),
            Scheduler::Launchd => launchd::remove(ground),
            Scheduler::Tasks => task_scheduler::remove(ground),
        }
    }

    fn installed(self, ground: &Ground) -> Result<Option<Installed>, ScheduleError> {
        match self {
            Scheduler::Systemd => systemd::installed(ground),
            Scheduler::Crontab => crontab::installed(ground),
            Scheduler::Launchd => launchd::installed(ground),
            Scheduler::Tasks => task_scheduler::installed(ground),
        }
    }

    /// What a person should know who has just installed it here.
    pub(crate) fn notes(self, ground: &Ground) -> Vec<String> {
        match self {
            Scheduler::Systemd => systemd::notes(ground),
            Scheduler::Crontab => crontab::notes(),
            Scheduler::Launchd | Scheduler::Tasks => Vec::new(),
        }
    }

    /// What a job gets from it besides its own variables: the names of those of the environment it starts from, or
    /// `None` where that is the person's own.
    pub(crate) fn leaves_of_environment(self) -> Option<&'static [&'static str]> {
        match self {
            Scheduler::Crontab => Some(&["HOME", "LOGNAME", "USER"]),
            Scheduler::Systemd => Some(&["HOME", "LOGNAME", "USER", "XDG_RUNTIME_DIR"]),
            Scheduler::Launchd => Some(&["HOME", "LOGNAME", "USER", "TMPDIR"]),
            Scheduler::Tasks => None,
        }
    }
}

/// Every schedule of this profile on this machine.
pub(crate) fn all_installed(ground: &Ground) -> Result<Vec<Installed>, ScheduleError> {
    let here = Scheduler::ALL.into_iter().filter(|scheduler| scheduler.may_be_here());
    let found = here.map(|scheduler| scheduler.installed(ground)).collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}

impl Job {
    /// For a person who meets it in the scheduler's own tools; `status` reads the rhythm from it.
    fn description(&self) -> String {
        format!("integ, profile {}: keeps connections fresh, {}", self.profile, self.rhythm)
    }

    /// A line break in a path would begin a line of its own in every one of these files.
    fn mind_control(&self, scheduler: Scheduler) -> Result<(), ScheduleError> {
        let values = self.environment.iter().map(|(_, value)| value).chain([&self.program]);
        match values.into_iter().find(|value| value.chars().any(char::is_control)) {
            Some(value) => {
                let why = format!("{value:?} holds a control character");
                Err(ScheduleError::Unsayable { scheduler, why })
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;

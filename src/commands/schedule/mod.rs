//! What the machine's scheduler does for this profile: installs it, shows it, takes it away, and is what it runs.

mod install;
mod remove;
mod run;
mod status;

use clap::{Args, Subcommand, ValueEnum};

use crate::app::App;
use crate::error::Error;
use crate::name::Name;
use crate::schedule::{Ground, Installed, Scheduler, all_installed};

/// Have the system keep everything fresh
#[derive(Args)]
pub(crate) struct Schedule {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Install(install::Install),
    Status(status::Status),
    Remove(remove::Remove),
    Run(run::Run),
}

/// A part of what a run does.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Only {
    /// Mirror calendars
    Sync,
    /// Renew tokens that need it
    Refresh,
}

impl Only {
    fn word(self) -> &'static str {
        match self {
            Only::Sync => "sync",
            Only::Refresh => "refresh",
        }
    }
}

impl Schedule {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.action {
            Action::Install(action) => action.run(app),
            Action::Status(action) => action.run(app),
            Action::Remove(action) => action.run(app),
            Action::Run(action) => action.run(app),
        }
    }

    pub(crate) fn recorded(&self) -> Option<&'static str> {
        matches!(self.action, Action::Run(_)).then_some(RECORDED)
    }
}

/// How the history calls a run.
const RECORDED: &str = "schedule";

/// The profile as one types it after a command, where it is not the usual one.
pub(super) fn typed_profile(app: &App) -> String {
    match app.profile.as_str() {
        "default" => String::new(),
        profile => format!(" --profile {profile}"),
    }
}

/// Whether what is installed asks for this connection by its name.
pub(super) fn names(app: &App, name: &Name) -> bool {
    let installed = app.ground().and_then(|ground| Ok(all_installed(&ground)?)).unwrap_or_default();
    installed.iter().any(|one| {
        // Files of several forms: what stands between spaces, quotes and tags is a word in all of them.
        let mut words = one.text.split(|c: char| c.is_whitespace() || "\"'<>".contains(c));
        words.any(|word| word == "run") && words.any(|word| word == name.as_str())
    })
}

fn take_away(ground: &Ground, installed: &[Installed]) -> Result<Vec<Scheduler>, Error> {
    let mut gone = Vec::new();
    for one in installed {
        if one.scheduler.remove(ground)? {
            gone.push(one.scheduler);
        }
    }
    Ok(gone)
}

//! Tasks: created in the right place, once.

mod create;
mod show_rows;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::error::Error;

/// Create tasks where you work, once
#[derive(Args)]
pub(crate) struct Task {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(create::Create),
}

impl Task {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.action {
            Action::Create(create) => create.run(app),
        }
    }

    pub(crate) fn is_dry(&self) -> bool {
        match &self.action {
            Action::Create(create) => create.dry_run,
        }
    }

    pub(crate) fn recorded(&self) -> &'static str {
        match &self.action {
            Action::Create(_) => "task create",
        }
    }
}

//! Time entries: from events or by hand, looked through, decided on, added up, handed on.

mod add;
mod convert;
mod decide;
mod edit;
mod export;
mod list;
mod pick;
mod remove;
mod report;
mod rules;
mod show;
mod which;

use clap::{Args, Subcommand};

use crate::app::App;
use crate::error::Error;

/// Record time, from events or by hand, and report it
#[derive(Args)]
pub(crate) struct Time {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Convert(convert::Convert),
    Add(add::Add),
    #[command(visible_alias = "ls")]
    List(list::List),
    Edit(edit::Edit),
    Approve(decide::Approve),
    Reject(decide::Reject),
    #[command(visible_alias = "rm")]
    Remove(remove::Remove),
    Report(report::Report),
    Export(export::Export),
}

impl Time {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.verb {
            Verb::Convert(command) => command.run(app),
            Verb::Add(command) => command.run(app),
            Verb::List(command) => command.run(app),
            Verb::Edit(command) => command.run(app),
            Verb::Approve(command) => command.run(app),
            Verb::Reject(command) => command.run(app),
            Verb::Remove(command) => command.run(app),
            Verb::Report(command) => command.run(app),
            Verb::Export(command) => command.run(app),
        }
    }
}

/// An entry's number that nobody has.
fn unknown(id: i64) -> Error {
    Error::usage(format!("there is no time entry {id}")).help("integ time list")
}

/// A text field as it was given: blank takes it away.
fn field(text: &str) -> Option<String> {
    Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}

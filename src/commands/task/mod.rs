//! Tasks: created in the right place, once.

mod cancel;
mod create;
mod list;
mod many;
mod reading;
mod retry;
mod row;
mod targets;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::app::App;
use crate::error::Error;
use crate::index::Entry;
use crate::task::Readiness;

/// Create tasks where you work, once
#[derive(Args)]
pub(crate) struct Task {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    Create(Box<create::Create>),
    List(list::List),
    Retry(retry::Retry),
    Cancel(cancel::Cancel),
    Targets(targets::Targets),
    Show(reading::Show),
    Done(reading::Done),
    Open(reading::Open),
}

impl Task {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.action {
            Action::Create(create) => create.run(app),
            Action::List(list) => list.run(app),
            Action::Retry(retry) => retry.run(app),
            Action::Cancel(cancel) => cancel.run(app),
            Action::Targets(targets) => targets.run(app),
            Action::Show(show) => show.run(app),
            Action::Done(done) => done.run(app),
            Action::Open(open) => open.run(app),
        }
    }

    pub(crate) fn is_dry(&self) -> bool {
        matches!(&self.action, Action::Create(create) if create.dry_run)
    }

    pub(crate) fn recorded(&self) -> &'static str {
        match &self.action {
            Action::Create(_) => "task create",
            Action::List(_) => "task list",
            Action::Retry(_) => "task retry",
            Action::Cancel(_) => "task cancel",
            Action::Targets(_) => "task targets",
            Action::Show(_) => "task show",
            Action::Done(_) => "task done",
            Action::Open(_) => "task open",
        }
    }
}

/// What a connection needs before a task can go there, as `status` and `providers` show it.
pub(crate) fn readiness_json(readiness: &Readiness) -> Value {
    let lacks = readiness
        .lacks
        .iter()
        .map(|lack| json!({"what": lack.what, "message": lack.error.message, "help": lack.error.help}));
    json!({"can": readiness.can(), "list": readiness.list, "needs_list": readiness.needs_list,
        "lists": readiness.lists, "missing": lacks.collect::<Vec<_>>()})
}

/// A task of ours by its number, or by its key.
fn entry(app: &App, text: &str) -> Result<Entry, Error> {
    let index = app.index()?;
    if let Some(entry) = text.parse().ok().map(|id| index.entry(id)).transpose()?.flatten() {
        return Ok(entry);
    }
    let mut found = index.entries_of_key(text, None)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::usage(format!("there is no task `{text}`")).help("integ task list")),
        _ => {
            let ids: Vec<String> = found.iter().map(|entry| entry.id.to_string()).collect();
            Err(Error::usage(format!("several tasks have the key `{text}`"))
                .help(format!("use a number: {}", ids.join(", "))))
        }
    }
}

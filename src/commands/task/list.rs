//! What integ has created or keeps, and what there is at a target.

use clap::Args;
use serde_json::json;

use super::row;
use crate::app::App;
use crate::error::Error;
use crate::index::State;
use crate::output::Table;
use crate::task::{self, Courier};

/// List the tasks that integ created or keeps
#[derive(Args)]
pub(crate) struct List {
    /// Only those in this state (queued, sending, done, parked, unknown, cancelled); may be repeated
    #[arg(long = "state", value_name = "STATE", value_parser = state_argument)]
    states: Vec<State>,
    /// Only what is not done: what waits, was refused, or may have been created
    #[arg(long, conflicts_with = "states")]
    open: bool,
    /// At most so many, the newest first
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
    /// The open tasks of a target instead, as its provider has them now
    #[arg(long, value_name = "NAME[/LIST]", conflicts_with_all = ["states", "open"])]
    remote: Option<String>,
}

impl List {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        if let Some(remote) = &self.remote {
            return there(app, remote);
        }
        let states = match (self.states.is_empty(), self.open) {
            (false, _) => self.states,
            (true, true) => vec![State::Queued, State::Sending, State::Parked, State::Unknown],
            (true, false) => State::ALL.into_iter().filter(|state| *state != State::Cancelled).collect(),
        };
        let entries = app.index()?.entries(&states, self.limit)?;
        if app.out.json {
            return Ok(app
                .out
                .document("tasks", entries.iter().map(|entry| row::json(entry, &[])).collect())?);
        }
        if entries.is_empty() {
            app.out.say("There are no tasks.");
            return Ok(());
        }
        Ok(app.out.line(row::table(&entries))?)
    }
}

fn there(app: &App, remote: &str) -> Result<(), Error> {
    let to = task::destination(app, remote)?;
    if let Some(waits) = &to.waits {
        return Err(waits.error());
    }
    app.subject.set(Some(to.name.to_string()));
    let courier = Courier::open(app, &to.name)?;
    let found = app.block_on(async {
        let list = courier.list_named(to.list.as_deref()).await?;
        courier.look(async |line| courier.dialect.list(line, list.as_ref()).await).await
    })?;
    let found = found.map_err(|halt| halt.error)?;
    if app.out.json {
        let items = found.iter().map(|task| {
            json!({"connection": to.name.as_str(), "remote_id": task.id, "title": task.title, "url": task.url,
                "done": task.done, "due": task.due})
        });
        return Ok(app.out.document("tasks", items.collect())?);
    }
    let mut table = Table::new(&["Id", "Title", "Due", "Address"]);
    for task in &found {
        let (due, url) = (task.due.as_deref().unwrap_or("-"), task.url.as_deref().unwrap_or("-"));
        table.row(&[&task.id, &task.title, due, url]);
    }
    Ok(app.out.line(table.render())?)
}

fn state_argument(text: &str) -> Result<State, String> {
    let known = State::ALL.map(State::word).join(", ");
    State::ALL
        .into_iter()
        .find(|state| state.word() == text)
        .ok_or_else(|| format!("`{text}` is no state: {known}"))
}

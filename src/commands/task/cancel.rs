//! Takes back what was not sent yet.

use clap::Args;

use super::row;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::index::State;

/// Take back tasks that were not created yet
#[derive(Args)]
pub(crate) struct Cancel {
    /// Tasks, by number or key
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

impl Cancel {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let index = app.index()?;
        let (mut items, mut failed) = (Vec::new(), Vec::new());
        for text in &self.ids {
            let outcome = super::entry(app, text).and_then(|entry| {
                let waits = [State::Queued, State::Parked, State::Unknown, State::Cancelled];
                if index.turn(entry.id, &waits, State::Cancelled)? {
                    let gone = || Error::new(Kind::Internal, "the row is gone");
                    return index.entry(entry.id)?.ok_or_else(gone);
                }
                let (id, now) = (entry.id, index.entry(entry.id)?.map_or(entry.state, |entry| entry.state));
                Err(match now {
                    State::Done => Error::usage(format!("task {id} was created already"))
                        .help(format!("integ task done {id}, or delete it there")),
                    _ => Error::new(Kind::Busy, format!("task {id} is being sent")).help("try again"),
                })
            });
            match outcome {
                Ok(entry) if app.out.json => items.push(row::json(&entry, &[])),
                Ok(entry) => app.out.line(row::line(&entry))?,
                Err(error) if self.ids.len() == 1 => return Err(error),
                Err(error) => {
                    app.out.warn(&error.message);
                    failed.push(error);
                }
            }
        }
        if app.out.json {
            app.out.document("tasks", items)?;
        }
        Error::of_many(self.ids.len(), &failed).map_or(Ok(()), Err)
    }
}

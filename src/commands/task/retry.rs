//! Sends what waits, now.

use std::collections::BTreeMap;

use clap::Args;

use super::row;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::index::{Entry, State};
use crate::name::Name;
use crate::output::Progress;
use crate::task::{Courier, Delivered, Flush};

/// Send what waits, now
///
/// Without a number everything that waits is sent. With one, a task that was refused is tried again too, and with --again
/// one that was cancelled.
#[derive(Args)]
pub(crate) struct Retry {
    /// Tasks, by number or key
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// You looked: what may have been created was not, and is sent again; or what was cancelled is wanted after all
    #[arg(long, requires = "ids")]
    again: bool,
}

impl Retry {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let index = app.index()?;
        let mut groups: BTreeMap<String, Option<Vec<i64>>> = BTreeMap::new();
        for text in &self.ids {
            let entry = super::entry(app, text)?;
            self.ready(app, &entry)?;
            groups.entry(entry.connection).or_default().get_or_insert_default().push(entry.id);
        }
        if self.ids.is_empty() {
            groups = index.waiting()?.into_iter().map(|(connection, _)| (connection, None)).collect();
        }
        if groups.is_empty() {
            app.out.say("Nothing waits.");
        }
        let (mut items, mut failed, mut total) = (Vec::new(), Vec::new(), 0);
        for (connection, only) in groups {
            let name: Name = connection.parse().map_err(|_| Error::new(Kind::Internal, "no name"))?;
            let waiting = match &only {
                Some(ids) => ids.len(),
                None => index
                    .waiting()?
                    .iter()
                    .find(|(own, _)| *own == connection)
                    .map_or(0, |(_, n)| *n as usize),
            };
            let courier = match Courier::open(app, &name) {
                Ok(courier) => courier,
                Err(error) => {
                    total += waiting.max(1);
                    app.out.warn(&format!("{waiting} for {name} wait: {}", error.message));
                    if let Some(help) = &error.help {
                        app.out.hint(help);
                    }
                    (0..waiting.max(1)).for_each(|_| failed.push(Error::new(error.kind, &error.message)));
                    continue;
                }
            };
            let progress = Progress::new(&app.out, waiting, &format!("Sending to {name}"));
            let mut written = Ok(());
            let flush = Flush { courier: &courier, only };
            let outcome = app.block_on(flush.run(|delivered: Delivered| {
                progress.step();
                total += 1;
                let entry = index.entry(delivered.entry.id).ok().flatten().unwrap_or(delivered.entry);
                if app.out.json {
                    items.push(row::json(&entry, &[]));
                } else if let Err(cause) = app.out.line(row::line(&entry)) {
                    written = Err(cause);
                }
                if let Err(error) = delivered.outcome {
                    app.out.warn(&error.message);
                    failed.push(error);
                }
            }))?;
            drop(progress);
            outcome?;
            written?;
        }
        if app.out.json {
            app.out.document("tasks", items)?;
        }
        Error::of_many(total, &failed).map_or(Ok(()), Err)
    }

    fn ready(&self, app: &App, entry: &Entry) -> Result<(), Error> {
        let (index, id) = (app.index()?, entry.id);
        match entry.state {
            State::Queued => Ok(()),
            State::Done => {
                Err(Error::usage(format!("task {id} was created already"))
                    .help(format!("integ task show {id}")))
            }
            State::Sending => Ok(()),
            State::Unknown => {
                if self.again {
                    index.certainly_absent(id)?;
                }
                index.turn(id, &[State::Unknown], State::Queued).map(drop).map_err(Error::from)
            }
            State::Cancelled if !self.again => Err(Error::usage(format!("task {id} was cancelled"))
                .help(format!("integ task retry {id} --again sends it after all"))),
            State::Parked | State::Cancelled => index
                .turn(id, &[State::Parked, State::Cancelled], State::Queued)
                .map(drop)
                .map_err(Error::from),
        }
    }
}

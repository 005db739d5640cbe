//! The entries, by time.

use clap::{Args, ValueEnum};

use super::pick::Pick;
use super::show;
use crate::app::App;
use crate::duration;
use crate::error::Error;
use crate::index::{TimeEntry, TimeStatus};
use crate::time::{self, Flag};

/// Show time entries
#[derive(Args)]
pub(crate) struct List {
    #[command(flatten)]
    pick: Pick,
    /// Only these
    #[arg(long)]
    status: Option<Status>,
    /// Only those whose event has changed, was cancelled or declined since
    #[arg(long)]
    flagged: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Status {
    Pending,
    Approved,
    Rejected,
}

impl From<Status> for TimeStatus {
    fn from(status: Status) -> TimeStatus {
        match status {
            Status::Pending => TimeStatus::Pending,
            Status::Approved => TimeStatus::Approved,
            Status::Rejected => TimeStatus::Rejected,
        }
    }
}

impl List {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let picked = self.pick.read()?;
        let all = app.index()?.time_entries()?;
        let overlaps = time::overlaps(&all);
        let status = self.status.map(TimeStatus::from);
        let is_wanted = |entry: &&TimeEntry| {
            picked.has(entry)
                && status.is_none_or(|status| entry.status == status)
                && (!self.flagged || Flag::of(entry).is_some())
        };
        let chosen: Vec<&TimeEntry> = all.iter().filter(is_wanted).collect();
        if app.out.json {
            let entries = chosen.iter().map(|entry| show::json(entry, &overlaps, picked.zone())).collect();
            return Ok(app.out.document("entries", entries)?);
        }
        if chosen.is_empty() {
            app.out.say(if all.is_empty() {
                "There are no time entries yet."
            } else {
                "No time entry is like that."
            });
            if all.is_empty() {
                app.out.hint("integ time convert takes today's events, integ time add 45m \"Call\" what no event knows of");
            }
            return Ok(());
        }
        let counted = chosen.iter().filter(|entry| entry.status != TimeStatus::Rejected);
        let seconds = counted.map(|entry| entry.work.seconds).sum();
        let flagged = chosen.iter().filter(|entry| Flag::of(entry).is_some()).count();
        let count = chosen.len();
        app.out.line(show::table(chosen, &overlaps, picked.zone()))?;
        let plural = if count == 1 { "entry" } else { "entries" };
        app.out.say(format!("{count} {plural}, {} without what was rejected.", duration::words(seconds)));
        if flagged > 0 && !self.flagged {
            app.out.hint(
                "integ time edit ID --accept takes an event's new times, --keep leaves the entry as it is",
            );
        }
        Ok(())
    }
}

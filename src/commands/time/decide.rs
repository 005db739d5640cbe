//! Approves and rejects: by number, or everything pending that a filter finds.

use clap::Args;

use super::pick::Pick;
use super::{show, unknown};
use crate::app::App;
use crate::error::Error;
use crate::index::{Change, TimeEntry, TimeStatus};
use crate::time::{self, Flag};

/// Approve time entries: they count in reports, and nothing changes them any more
#[derive(Args)]
pub(crate) struct Approve {
    #[command(flatten)]
    which: Which,
}

/// Reject time entries: they count nowhere, and their events are not converted again
#[derive(Args)]
pub(crate) struct Reject {
    #[command(flatten)]
    which: Which,
}

#[derive(Args)]
struct Which {
    /// Their numbers; or a filter, for what is pending
    ids: Vec<i64>,
    #[command(flatten)]
    pick: Pick,
    /// Everything that is pending
    #[arg(long, conflicts_with = "ids")]
    all: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Approve {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        self.which.decide(app, TimeStatus::Approved)
    }
}

impl Reject {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        self.which.decide(app, TimeStatus::Rejected)
    }
}

impl Which {
    fn decide(&self, app: &App, status: TimeStatus) -> Result<(), Error> {
        let zone = self.pick.days.zone.now()?.time_zone().clone();
        let by_filter = self.ids.is_empty();
        let ids = if by_filter { self.found(app, status)? } else { self.ids.clone() };
        app.index()?.change_time_entries(&ids, |id, entry| {
            let mut entry = match entry {
                // Somebody else was at it since it was found.
                None if by_filter => return Ok(Change::Keep),
                Some(entry) if by_filter && entry.status != TimeStatus::Pending => return Ok(Change::Keep),
                entry => entry.ok_or_else(|| unknown(id))?,
            };
            if entry.status == status {
                return Ok(Change::Keep);
            }
            if entry.status == TimeStatus::Approved {
                return Err(Error::usage(format!("the time entry {id} is approved"))
                    .help(format!("integ time edit {id} --reopen, then reject it")));
            }
            entry.status = status;
            Ok::<_, Error>(Change::Write(Box::new(entry)))
        })?;
        if ids.is_empty() && !app.out.json {
            app.out.say("Nothing that is pending is like that.");
            return Ok(());
        }
        show::these(app, &ids, &zone)
    }

    /// What a filter finds. Whose event has changed since takes a look of its own before it is approved.
    fn found(&self, app: &App, status: TimeStatus) -> Result<Vec<i64>, Error> {
        let verb = if status == TimeStatus::Approved { "approve" } else { "reject" };
        if self.pick.is_empty() && !self.all {
            return Err(Error::usage("which ones?")
                .help(format!("integ time {verb} 12 13, or --week, --project NAME, --all")));
        }
        let picked = self.pick.read()?;
        let all = app.index()?.time_entries()?;
        let pending = all.iter().filter(|entry| entry.status == TimeStatus::Pending && picked.has(entry));
        let (flagged, sound): (Vec<&TimeEntry>, Vec<&TimeEntry>) =
            pending.partition(|entry| status == TimeStatus::Approved && Flag::of(entry).is_some());
        if !flagged.is_empty() {
            app.out.warn(&format!("left pending, because their events have changed: {}", numbers(&flagged)));
            app.out.hint("integ time list --flagged shows them; by number they can be approved all the same");
        }
        if sound.len() > 1 && !self.yes && app.prompt.is_allowed() {
            let table = show::table(sound.iter().copied(), &time::overlaps(&all), picked.zone());
            app.out.always(&table);
            if !app.prompt.confirm(&format!("{} these {}?", capital(verb), sound.len()))? {
                return Err(Error::usage("nothing was changed"));
            }
        }
        Ok(sound.iter().map(|entry| entry.id).collect())
    }
}

fn numbers(entries: &[&TimeEntry]) -> String {
    entries.iter().map(|entry| entry.id.to_string()).collect::<Vec<_>>().join(", ")
}

fn capital(verb: &str) -> &'static str {
    if verb == "approve" { "Approve" } else { "Reject" }
}

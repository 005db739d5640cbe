//! Changes an entry. An approved one has to be reopened first: it may be on a bill already.

use clap::Args;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;

use super::pick::{Zone, day_of};
use super::rules::Rounded;
use super::{field, show, unknown};
use crate::app::App;
use crate::error::Error;
use crate::index::{Change, EventNow, TimeEntry, TimeStatus, Work};
use crate::time::{self, Amount, Rounding, clock_time};

/// Change a time entry
#[derive(Args)]
pub(crate) struct Edit {
    /// Its number
    id: i64,
    #[arg(long)]
    title: Option<String>,
    /// "" takes it away
    #[arg(long)]
    note: Option<String>,
    /// "" takes it away
    #[arg(long)]
    project: Option<String>,
    /// "" takes it away
    #[arg(long)]
    client: Option<String>,
    /// Another day
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    on: Option<String>,
    /// Another length (45m, 1h30, 1.5h), or from when to when (14:00-14:45)
    #[arg(long, value_name = "TIME")]
    time: Option<Amount>,
    /// Another start: 14:00
    #[arg(long, value_name = "TIME", value_parser = clock_time)]
    at: Option<Time>,
    #[command(flatten)]
    rounded: Rounded,
    /// Take the times that its event has now
    #[arg(long, conflicts_with_all = ["on", "time", "at", "keep"])]
    accept: bool,
    /// Leave it as it is although its event has changed: it is no longer flagged
    #[arg(long)]
    keep: bool,
    /// Make it pending again
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    zone: Zone,
}

impl Edit {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let now = self.zone.now()?;
        let zone = now.time_zone();
        let rounding = self.rounded.asked(app)?;
        let changes = self.changes() || rounding.is_some();
        if !(changes || self.keep || self.reopen) {
            return Err(Error::usage("nothing to change was given").help("integ time edit --help"));
        }
        let on = self.on.as_deref().map(|text| day_of(text, &now)).transpose()?;
        app.index()?.change_time_entries(&[self.id], |id, entry| {
            let mut entry = entry.ok_or_else(|| unknown(id))?;
            if self.reopen {
                entry.status = TimeStatus::Pending;
            }
            if changes && entry.status == TimeStatus::Approved {
                return Err(Error::usage(format!("the time entry {id} is approved"))
                    .help(format!("integ time edit {id} --reopen, with the changes")));
            }
            self.apply(&mut entry, on, rounding, zone)?;
            Ok(Change::Write(Box::new(entry)))
        })?;
        show::these(app, &[self.id], zone)
    }

    /// Whether something is to change that an approval was about.
    fn changes(&self) -> bool {
        let fields = [&self.title, &self.note, &self.project, &self.client, &self.on];
        fields.iter().any(|given| given.is_some()) || self.time.is_some() || self.at.is_some() || self.accept
    }

    fn apply(
        &self,
        entry: &mut TimeEntry,
        on: Option<Date>,
        rounding: Option<Rounding>,
        zone: &TimeZone,
    ) -> Result<(), Error> {
        if self.accept {
            accept(entry)?;
        }
        if self.keep {
            time::keep(entry);
        }
        let day = time::day(entry, zone);
        let work = &mut entry.work;
        if let Some(title) = &self.title {
            work.title = field(title).ok_or_else(|| Error::usage("the title is empty"))?;
        }
        for (given, own) in [
            (&self.note, &mut work.note),
            (&self.project, &mut work.project),
            (&self.client, &mut work.client),
        ] {
            if let Some(given) = given {
                *own = field(given);
            }
        }
        if on.is_some() || self.at.is_some() || self.time.is_some() {
            self.replace(work, on.unwrap_or(day), zone)?;
        }
        if let Some(rounding) = rounding {
            work.seconds = rounding.apply(work.end - work.start);
            work.rounding = rounding.text();
        }
        Ok(())
    }

    /// What was not said stays: the time of day, the length, and what that counts as.
    fn replace(&self, work: &mut Work, day: Date, zone: &TimeZone) -> Result<(), Error> {
        let (counted, rounding) = (work.seconds, work.rounding.clone());
        let amount = self.time.unwrap_or(Amount::Length(work.end - work.start));
        let start = work.timed.then(|| show::zoned(work.start, zone).time());
        let at = match amount {
            Amount::Length(_) => self.at.or(start),
            Amount::Range(..) => self.at,
        };
        place(work, amount, day, at, zone)?;
        if self.time.is_none() {
            (work.seconds, work.rounding) = (counted, rounding);
        }
        Ok(())
    }
}

/// Where an amount of time lies; it counts as it is.
pub(super) fn place(
    work: &mut Work,
    amount: Amount,
    day: Date,
    at: Option<Time>,
    zone: &TimeZone,
) -> Result<(), Error> {
    let placed = amount.place(day, at, zone).map_err(Error::usage)?;
    work.timed = placed.is_some();
    (work.start, work.end) = match (placed, amount) {
        (Some(times), _) => times,
        (None, Amount::Length(seconds)) => {
            let midnight = day.to_zoned(TimeZone::UTC).map_or(0, |day| day.timestamp().as_second());
            (midnight, midnight.saturating_add(seconds))
        }
        (None, Amount::Range(..)) => return Err(Error::usage("this range has no place on that day")),
    };
    work.seconds = work.end - work.start;
    work.rounding = None;
    Ok(())
}

fn accept(entry: &mut TimeEntry) -> Result<(), Error> {
    let id = entry.id;
    if time::accept(entry).is_some() {
        return Ok(());
    }
    Err(match (&entry.work.source, &entry.now) {
        (None, _) => Error::usage(format!("the time entry {id} comes from no event")),
        (Some(_), EventNow::Cancelled) => {
            Error::usage(format!("the event of {id} was cancelled: it has no times"))
                .help(format!("integ time reject {id}, or: integ time edit {id} --keep"))
        }
        (Some(_), EventNow::Unknown) => Error::usage(format!("the event of {id} is no longer mirrored"))
            .help("integ sync --past 90d reaches further back"),
        (Some(_), EventNow::There(_)) => Error::usage(format!("the event of {id} has no times now"))
            .help(format!("integ time reject {id}, or: integ time edit {id} --keep")),
    })
}

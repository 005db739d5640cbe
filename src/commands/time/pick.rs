//! Which entries, or which days, are meant: a day, a week, a stretch, a project, a client.

use clap::Args;
use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};

use crate::calendar::span::{Moment, Stretch};
use crate::error::Error;
use crate::index::TimeEntry;
use crate::schedule::quote;
use crate::time;

#[derive(Args, Default)]
pub(super) struct Zone {
    /// The time zone to read and show times in, instead of this machine's
    #[arg(long, value_name = "ZONE")]
    pub(super) tz: Option<String>,
}

impl Zone {
    pub(super) fn now(&self) -> Result<Zoned, Error> {
        crate::commands::calendar::now(self.tz.as_deref())
    }
}

#[derive(Args, Default)]
pub(super) struct Days {
    /// One day: 2026-11-20, yesterday, monday (the last one), -3d
    #[arg(long, value_name = "DAY", allow_hyphen_values = true, conflicts_with_all = ["week", "from", "to"])]
    on: Option<String>,
    /// This week, Monday to Sunday; or --week=2026-W47, or --week=DAY: the week of that day
    #[arg(long, value_name = "WEEK", num_args = 0..=1, require_equals = true, default_missing_value = "today",
          conflicts_with_all = ["from", "to"])]
    week: Option<String>,
    /// From this day or time on
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to the end of this day, or to this time
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    pub(super) zone: Zone,
}

impl Days {
    /// `None`: nothing was said of days.
    pub(super) fn stretch(&self, now: &Zoned) -> Result<Option<Stretch>, Error> {
        let zone = now.time_zone();
        let parse = |text: &str, since: Date| Moment::parse(text, now, since).map_err(Error::usage);
        if let Some(text) = &self.on {
            let day = Moment::Day(day_of(text, now)?);
            return Ok(Some(Stretch { from: day.begins(zone), to: day.ends(zone) }));
        }
        if let Some(text) = &self.week {
            let monday = week_of(text, now)?;
            let sunday = monday.saturating_add(6.days());
            let (monday, sunday) = (Moment::Day(monday), Moment::Day(sunday));
            return Ok(Some(Stretch { from: monday.begins(zone), to: sunday.ends(zone) }));
        }
        if self.from.is_none() && self.to.is_none() {
            return Ok(None);
        }
        let from = self.from.as_deref().map(|text| parse(text, lately(now))).transpose()?;
        let since = from.as_ref().map_or_else(|| lately(now), |from| from.day(zone));
        let to = self.to.as_deref().map(|text| parse(text, since)).transpose()?;
        let stretch = Stretch {
            from: from.map_or(Timestamp::MIN, |from| from.begins(zone)),
            to: to.map_or(Timestamp::MAX, |to| to.ends(zone)),
        };
        if stretch.to <= stretch.from {
            return Err(Error::usage("this ends before it begins"));
        }
        Ok(Some(stretch))
    }
}

/// The day from which a weekday is looked for: time was worked on the last one, or today.
fn lately(now: &Zoned) -> Date {
    now.date().saturating_sub(6.days())
}

/// A day as typed; a time of some day will not do.
pub(super) fn day_of(text: &str, now: &Zoned) -> Result<Date, Error> {
    match Moment::parse(text, now, lately(now)).map_err(Error::usage)? {
        Moment::Day(day) => Ok(day),
        Moment::At(_) => {
            Err(Error::usage(format!("`{text}` is no day: use 2026-11-20, yesterday or monday")))
        }
    }
}

/// The Monday of a week: `2026-W47`, or any day in it.
fn week_of(text: &str, now: &Zoned) -> Result<Date, Error> {
    let numbers = text.split_once("-W").or_else(|| text.split_once("-w"));
    if let Some((year, week)) = numbers
        && let (Ok(year), Ok(week)) = (year.parse(), week.parse())
    {
        let monday = ISOWeekDate::new(year, week, Weekday::Monday);
        return monday.map(Date::from).map_err(|_| Error::usage(format!("there is no week {text}")));
    }
    Ok(monday_of(day_of(text, now)?))
}

pub(super) fn monday_of(day: Date) -> Date {
    let monday = |week: ISOWeekDate| ISOWeekDate::new(week.year(), week.week(), Weekday::Monday);
    monday(day.iso_week_date()).map_or(day, Date::from)
}

#[derive(Args, Default)]
pub(super) struct Pick {
    #[command(flatten)]
    pub(super) days: Days,
    /// Of this project; "": of none
    #[arg(long)]
    project: Option<String>,
    /// Of this client; "": of none
    #[arg(long)]
    client: Option<String>,
}

/// What was picked, ready to be held against entries.
pub(super) struct Picked<'a> {
    pub(super) now: Zoned,
    pub(super) stretch: Option<Stretch>,
    pick: &'a Pick,
}

impl Pick {
    pub(super) fn read(&self) -> Result<Picked<'_>, Error> {
        let now = self.days.zone.now()?;
        Ok(Picked { stretch: self.days.stretch(&now)?, now, pick: self })
    }

    pub(super) fn is_empty(&self) -> bool {
        let Days { on, week, from, to, zone: _ } = &self.days;
        [on, week, from, to, &self.project, &self.client].iter().all(|given| given.is_none())
    }
}

impl Pick {
    /// As it was typed, for a command that picks the same; `days`: where none were named.
    pub(super) fn typed(&self, days: &str) -> String {
        let Days { on, week, from, to, zone } = &self.days;
        let own = [("on", on), ("week", week), ("from", from), ("to", to)];
        let named = own.iter().any(|(_, given)| given.is_some());
        let mut text = if named { String::new() } else { days.to_owned() };
        let others = [("tz", &zone.tz), ("project", &self.project), ("client", &self.client)];
        for (flag, given) in own.into_iter().chain(others) {
            if let Some(given) = given {
                text.push_str(&format!(" --{flag}={}", quote::shell(given)));
            }
        }
        text
    }
}

impl Picked<'_> {
    pub(super) fn zone(&self) -> &TimeZone {
        self.now.time_zone()
    }

    pub(super) fn has(&self, entry: &TimeEntry) -> bool {
        let same = |wanted: &Option<String>, own: &Option<String>| match wanted.as_deref().map(str::trim) {
            None => true,
            Some("") => own.is_none(),
            Some(wanted) => own.as_ref().is_some_and(|own| own.to_lowercase() == wanted.to_lowercase()),
        };
        self.is_in(entry)
            && same(&self.pick.project, &entry.work.project)
            && same(&self.pick.client, &entry.work.client)
    }

    /// By its start; where only the day is known, by the days that the stretch touches.
    fn is_in(&self, entry: &TimeEntry) -> bool {
        let Some(stretch) = &self.stretch else { return true };
        if !entry.work.timed {
            let (first, last) = stretch.days(self.zone());
            return (first..=last).contains(&time::day(entry, self.zone()));
        }
        let start = entry.work.start;
        stretch.from.as_second() <= start && start < stretch.to.as_second()
    }
}

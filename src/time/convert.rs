//! Which events become time entries, and what such an entry says.

use std::collections::HashSet;

use super::Rounding;
use crate::event::{Event, Response, When};
use crate::index::{Calendar, EventNow, Source, TimeEntry, Work};

/// Why an event is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Skip {
    AllDay,
    Declined,
    Free,
    NoLength,
    NoRule,
    Converted,
}

impl Skip {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Skip::AllDay => "all-day",
            Skip::Declined => "declined",
            Skip::Free => "free",
            Skip::NoLength => "no-length",
            Skip::NoRule => "no-rule",
            Skip::Converted => "converted",
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Skip::AllDay => "all day",
            Skip::Declined => "declined",
            Skip::Free => "free",
            Skip::NoLength => "without a length",
            Skip::NoRule => "under no rule",
            Skip::Converted => "converted already",
        }
    }
}

/// What there are entries for. The index has the last word: this is for saying so before.
pub(crate) struct Converted {
    events: HashSet<(String, String, String)>,
    occurrences: HashSet<String>,
}

impl Converted {
    pub(crate) fn of(entries: &[TimeEntry]) -> Converted {
        let mut known = Converted { events: HashSet::new(), occurrences: HashSet::new() };
        for entry in entries {
            let Some(source) = &entry.work.source else { continue };
            known.events.insert((source.connection.clone(), source.calendar.clone(), source.event.clone()));
            known.occurrences.extend(source.occurrence.clone());
            if let EventNow::There(event) = &entry.now {
                known.occurrences.extend(occurrence(&source.uid, event.series, event.start));
            }
        }
        known
    }

    fn has(&self, source: &Source) -> bool {
        source.occurrence.as_ref().is_some_and(|occurrence| self.occurrences.contains(occurrence))
            || self.events.contains(&(
                source.connection.clone(),
                source.calendar.clone(),
                source.event.clone(),
            ))
    }

    /// Whether it was new.
    pub(crate) fn add(&mut self, work: &Work) -> bool {
        let Some(source) = &work.source else { return true };
        if self.has(source) {
            return false;
        }
        self.occurrences.extend(source.occurrence.clone());
        self.events.insert((source.connection.clone(), source.calendar.clone(), source.event.clone()));
        true
    }
}

/// The times of an event that counts as work.
pub(crate) fn judge(event: &Event<'_>) -> Result<(i64, i64), Skip> {
    let When::Time { start, end, .. } = &event.when else { return Err(Skip::AllDay) };
    if event.response == Some(Response::Declined) {
        return Err(Skip::Declined);
    }
    if event.free {
        return Err(Skip::Free);
    }
    let (start, end) = (start.as_second(), end.as_second());
    if start < end { Ok((start, end)) } else { Err(Skip::NoLength) }
}

pub(crate) fn work(
    event: &Event<'_>,
    calendar: &Calendar,
    (start, end): (i64, i64),
    rounding: Rounding,
) -> Work {
    let series = event.series.is_some();
    Work {
        start,
        end,
        timed: true,
        seconds: rounding.apply(end - start),
        rounding: rounding.text(),
        title: event.title.to_string(),
        note: None,
        project: None,
        client: None,
        source: Some(Source {
            connection: calendar.connection.clone(),
            calendar: calendar.remote.clone(),
            event: event.remote.to_string(),
            uid: event.uid.to_string(),
            occurrence: occurrence(&event.uid, series, start),
            version: event.version.to_string(),
            start,
            end,
            title: event.title.to_string(),
        }),
    }
}

/// The same for an event in every calendar that has it: its UID, and which one of a series it is.
pub(super) fn occurrence(uid: &str, series: bool, start: i64) -> Option<String> {
    if uid.is_empty() {
        return None;
    }
    Some(if series { format!("{uid} {start}") } else { uid.to_owned() })
}

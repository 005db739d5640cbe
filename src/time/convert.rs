//! Which events become time entries, and what such an entry says.

use std::collections::{HashMap, HashSet};

use super::Rounding;
use crate::event::{Event, Response, When};
use crate::index::{Calendar, EventNow, Source, TimeEntry, Work};

/// Why an event is none.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Skip {
    AllDay,
    Declined,
    Free,
    Away,
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
            Skip::Away => "away",
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
            Skip::Away => "out of office or a place of work",
            Skip::NoLength => "without a length",
            Skip::NoRule => "under no rule",
            Skip::Converted => "converted already",
        }
    }
}

/// Its connection, its calendar's id and its own.
pub(crate) type EventKey = (String, String, String);

/// What there are entries for. The index has the last word: this is for saying so before.
#[derive(Default)]
pub(crate) struct Converted {
    events: HashSet<EventKey>,
    /// By what an event has in common with its copies.
    occurrences: HashMap<String, Vec<EventKey>>,
}

impl Converted {
    pub(crate) fn of(entries: &[TimeEntry]) -> Converted {
        let mut known = Converted::default();
        for entry in entries {
            let Some(source) = &entry.work.source else { continue };
            known.enter(source, source.occurrence.clone());
            if let EventNow::There(event) = &entry.now {
                known.enter(source, occurrence(&source.uid, event.series, event.start));
            }
        }
        known
    }

    /// The event itself, not a copy of it.
    pub(crate) fn has(&self, event: &EventKey) -> bool {
        self.events.contains(event)
    }

    /// The events with entries that have this UID and time.
    pub(crate) fn alike(&self, source: &Source) -> &[EventKey] {
        let found = source.occurrence.as_ref().and_then(|occurrence| self.occurrences.get(occurrence));
        found.map_or(&[], Vec::as_slice)
    }

    pub(crate) fn add(&mut self, work: &Work) {
        if let Some(source) = &work.source {
            self.enter(source, source.occurrence.clone());
        }
    }

    fn enter(&mut self, source: &Source, occurrence: Option<String>) {
        let key = (source.connection.clone(), source.calendar.clone(), source.event.clone());
        self.events.insert(key.clone());
        if let Some(occurrence) = occurrence {
            self.occurrences.entry(occurrence).or_default().push(key);
        }
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
    if event.away {
        return Err(Skip::Away);
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

//! What has become of an entry's event since it was converted. Nothing is rewritten by itself: a person decides.

use super::Rounding;
use super::convert::occurrence;
use crate::index::{EventNow, EventThere, TimeEntry};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Flag {
    /// It has another time or title.
    Changed,
    Cancelled,
    Declined,
}

impl Flag {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Flag::Changed => "changed",
            Flag::Cancelled => "cancelled",
            Flag::Declined => "declined",
        }
    }

    /// A new version alone says little: every answer of a guest makes one.
    pub(crate) fn of(entry: &TimeEntry) -> Option<Flag> {
        let seen = entry.work.source.as_ref()?;
        match &entry.now {
            EventNow::Unknown => None,
            EventNow::Cancelled => Some(Flag::Cancelled).filter(|_| seen.version != CANCELLED),
            EventNow::There(now) if now.version == seen.version => None,
            EventNow::There(now) if now.declined => Some(Flag::Declined),
            EventNow::There(now) => {
                let same = (now.start, now.end, &now.title) == (seen.start, seen.end, &seen.title);
                (!same || now.all_day).then_some(Flag::Changed)
            }
        }
    }
}

/// The version of an event whose cancellation a person has seen.
const CANCELLED: &str = "cancelled";

/// The entry takes the event's times, and its title where that was never edited. `None`: there is nothing to take.
pub(crate) fn accept(entry: &mut TimeEntry) -> Option<()> {
    let EventNow::There(now) = entry.now.clone() else { return None };
    if now.all_day || now.start >= now.end {
        return None;
    }
    let work = &mut entry.work;
    let untouched = work.source.as_ref().is_some_and(|seen| seen.title == work.title);
    if untouched {
        work.title.clone_from(&now.title);
    }
    (work.start, work.end, work.timed) = (now.start, now.end, true);
    work.seconds = Rounding::of(work.rounding.as_deref()).apply(now.end - now.start);
    see(entry, &now);
    Some(())
}

/// The entry stays, and its flag goes: the event was looked at.
pub(crate) fn keep(entry: &mut TimeEntry) {
    match entry.now.clone() {
        EventNow::There(now) => see(entry, &now),
        EventNow::Cancelled => {
            if let Some(source) = &mut entry.work.source {
                CANCELLED.clone_into(&mut source.version);
            }
        }
        EventNow::Unknown => {}
    }
}

fn see(entry: &mut TimeEntry, now: &EventThere) {
    if let Some(source) = &mut entry.work.source {
        source.version.clone_from(&now.version);
        source.title.clone_from(&now.title);
        (source.start, source.end) = (now.start, now.end);
        source.occurrence = occurrence(&source.uid, now.series, now.start);
    }
}

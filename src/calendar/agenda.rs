//! What is on: the events of several calendars in a stretch of time, an event that is in several of them once.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

use super::copies::{Copies, weight};
use super::span::{Stretch, first_moment};
use crate::event::{Event, Response, When};
use crate::index::{Calendar, Detail, Index, IndexError, Span};

/// One event, and the places in the list of calendars of those that have it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub event: Event<'static>,
    pub calendars: Vec<usize>,
}

/// What of it a person wants to see.
#[derive(Default)]
pub(crate) struct Wanted {
    pub all_day: Option<bool>,
    /// All of them, wherever they stand in the event.
    pub words: Vec<String>,
    pub without_declined: bool,
    pub detail: Detail,
}

/// Seconds.
const DAY: i64 = 86_400;

pub(crate) fn read(
    index: &Index,
    calendars: &[Calendar],
    stretch: Stretch,
    zone: &TimeZone,
    wanted: &Wanted,
) -> Result<Vec<Entry>, IndexError> {
    // The index knows whole days by UTC: no zone is further away from it than a day and two hours.
    let span = Span {
        from: stretch.from.as_second().saturating_sub(DAY + 7_200),
        to: stretch.to.as_second().saturating_add(DAY + 7_200),
    };
    let mut entries: Vec<Entry> = Vec::new();
    // Of each the weight of the copy whose answer stands.
    let (mut copies, mut weights) = (Copies::default(), Vec::new());
    for (place, calendar) in calendars.iter().enumerate() {
        for event in index.events(calendar.id, span, wanted.detail)? {
            let (start, end) = bounds(&event.when, zone);
            if !stretch.touches(start, end) || !wanted.takes(&event) {
                continue;
            }
            let weight = weight(calendar, &event);
            let at = copies.place(calendar, &event, start);
            match (entries.get_mut(at), weights.get_mut(at)) {
                (Some(entry), Some(before)) => {
                    entry.join(event, place, weight > *before);
                    *before = weight.max(*before);
                }
                _ => {
                    entries.push(Entry { event, calendars: vec![place] });
                    weights.push(weight);
                }
            }
        }
    }
    // Only now: the answer may stand in another calendar than the first.
    entries.retain(|entry| !(wanted.without_declined && entry.is_declined()));
    entries.sort_by_cached_key(|entry| {
        let (start, end) = bounds(&entry.event.when, zone);
        (start, !is_all_day(&entry.event), end, entry.event.title.to_lowercase(), entry.calendars.clone())
    });
    Ok(entries)
}

/// A whole day is where a person is.
pub(crate) fn bounds(when: &When<'_>, zone: &TimeZone) -> (Timestamp, Timestamp) {
    match when {
        When::Days { first, end } => {
            let end = (*end).max(first.tomorrow().unwrap_or(Date::MAX));
            (first_moment(*first, zone), first_moment(end, zone))
        }
        When::Time { start, end, .. } => (*start, (*end).max(*start)),
    }
}

pub(crate) fn is_all_day(event: &Event<'_>) -> bool {
    matches!(event.when, When::Days { .. })
}

impl Entry {
    /// The first calendar's words stand; what it does not say, the next one may. Whether the person is there says the copy
    /// that has their own answer.
    fn join(&mut self, other: Event<'static>, place: usize, is_own: bool) {
        self.calendars.push(place);
        let event = &mut self.event;
        if is_own {
            event.response = other.response.or(event.response);
            (event.free, event.away) = (other.free, other.away);
        }
        for (mine, theirs) in [
            (&mut event.location, other.location),
            (&mut event.description, other.description),
            (&mut event.organizer, other.organizer),
            (&mut event.url, other.url),
            (&mut event.meeting, other.meeting),
        ] {
            if mine.is_none() {
                *mine = theirs;
            }
        }
    }

    pub(crate) fn is_declined(&self) -> bool {
        self.event.response == Some(Response::Declined)
    }

    /// The first and the last day on which it is seen, in this zone.
    pub(crate) fn days(&self, zone: &TimeZone) -> (Date, Date) {
        let (start, end) = bounds(&self.event.when, zone);
        match &self.event.when {
            When::Days { first, end } => (*first, end.yesterday().unwrap_or(*first).max(*first)),
            When::Time { .. } => Stretch { from: start, to: end }.days(zone),
        }
    }
}

impl Wanted {
    fn takes(&self, event: &Event<'_>) -> bool {
        if self.all_day.is_some_and(|wanted| wanted != is_all_day(event)) {
            return false;
        }
        if self.words.is_empty() {
            return true;
        }
        let texts = [
            Some(&event.title),
            event.location.as_ref(),
            event.description.as_ref(),
            event.organizer.as_ref(),
        ];
        let all: Vec<String> =
            texts.into_iter().flatten().chain(&event.attendees).map(|text| text.to_lowercase()).collect();
        self.words.iter().all(|word| {
            let word = word.to_lowercase();
            all.iter().any(|text| text.contains(&word))
        })
    }
}

//! Which events are to be converted: all of some days, or the one that is meant.

use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::calendar::meant::Unclear;
use crate::calendar::span::Stretch;
use crate::error::Error;
use crate::event::{Event, When};
use crate::index::{Calendar, Detail, Span};
use crate::output::sanitise;

/// So many events are named where several could be meant.
const NAMED: usize = 5;

/// What is shorter is no beginning of an id.
const SHORTEST: usize = 5;

/// An event in a calendar.
pub(super) type Found = (Calendar, Event<'static>);

pub(super) fn unclear(unclear: Unclear) -> Error {
    match unclear {
        Unclear::Unknown { said, known } => Error::usage(format!("no mirrored calendar is called `{said}`"))
            .help(format!("there are: {}", known.join(", "))),
        Unclear::Several { said, names } => Error::usage(format!("`{said}` may be several calendars"))
            .help(format!("--calendar with one of: {}", names.join(", "))),
    }
}

pub(super) fn events_in(app: &App, calendars: &[Calendar], stretch: &Stretch) -> Result<Vec<Found>, Error> {
    // The index has whole days in UTC.
    let day = SignedDuration::from_hours(24);
    let span = Span {
        from: stretch.from.checked_sub(day).unwrap_or(Timestamp::MIN).as_second(),
        to: stretch.to.checked_add(day).unwrap_or(Timestamp::MAX).as_second(),
    };
    let mut found = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events(calendar.id, span, Detail::Whole)?;
        let events = events.into_iter().filter(|event| starts_in(event, stretch));
        found.extend(events.map(|event| (calendar.clone(), event)));
    }
    found.sort_by_key(|(_, event)| start(event));
    Ok(found)
}

fn start(event: &Event<'_>) -> Timestamp {
    match &event.when {
        When::Time { start, .. } => *start,
        When::Days { first, .. } => {
            first.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MIN, |day| day.timestamp())
        }
    }
}

/// An event belongs to the day it starts on, as its entry will.
fn starts_in(event: &Event<'_>, stretch: &Stretch) -> bool {
    let start = start(event);
    stretch.from <= start && start < stretch.to
}

/// The one event that is meant: by its id, by the beginning of that, by a part of its title.
pub(super) fn find(
    app: &App,
    calendars: &[Calendar],
    said: &str,
    stretch: &Stretch,
    zone: &jiff::tz::TimeZone,
) -> Result<Found, Error> {
    let wanted = said.trim();
    if wanted.is_empty() {
        return Err(Error::usage("which event?").help("integ calendar events"));
    }
    let mut by_id: Vec<Found> = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events_by_id(calendar.id, wanted)?;
        by_id.extend(events.into_iter().map(|event| (calendar.clone(), event)));
    }
    // A short word is the beginning of many ids, and meant as a title.
    if wanted.len() < SHORTEST || by_id.iter().any(|(_, event)| event.remote == wanted) {
        by_id.retain(|(_, event)| event.remote == wanted);
    }
    let mut found = by_id;
    if found.is_empty() {
        let lower = wanted.to_lowercase();
        found = events_in(app, calendars, stretch)?;
        found.retain(|(_, event)| event.title.to_lowercase().contains(&lower));
        if found.iter().any(|(_, event)| event.title.to_lowercase() == lower) {
            found.retain(|(_, event)| event.title.to_lowercase() == lower);
        }
    }
    // One event in two calendars is one event.
    let mut seen = Vec::new();
    found.retain(|(_, event)| {
        let key = (event.uid.clone(), start(event));
        let is_new = event.uid.is_empty() || !seen.contains(&key);
        seen.push(key);
        is_new
    });
    if found.len() > 1 {
        return Err(ambiguous(wanted, &found, zone));
    }
    found.pop().ok_or_else(|| {
        Error::usage(format!("no event is called `{wanted}`"))
            .help("integ calendar events; --on DAY, --week or --from looks for a title in other days")
    })
}

fn ambiguous(wanted: &str, found: &[Found], zone: &jiff::tz::TimeZone) -> Error {
    let names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|(_, event)| {
            let when = start(event).to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M");
            format!("{} ({when}, {})", event.remote, sanitise::excerpt(&event.title))
        })
        .collect();
    let more = if found.len() > NAMED { format!(" and {} more", found.len() - NAMED) } else { String::new() };
    Error::usage(format!("`{wanted}` may be several events: {}{more}", names.join("; ")))
        .help("give the id of one, or a day: --on DAY")
}

//! What `--json` and `--csv` say of events and calendars.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::calendar::agenda::Entry;
use crate::clock;
use crate::event::When;
use crate::index::Calendar;
use crate::output::sanitise;

pub(super) fn calendar(calendar: &Calendar) -> Value {
    json!({
        "connection": calendar.connection,
        "id": calendar.remote,
        "name": calendar.name,
        "color": calendar.color,
        "time_zone": calendar.zone,
        "access": calendar.access,
        "primary": calendar.is_primary,
        "enabled": calendar.enabled,
        "gone": calendar.gone,
        "last_sync": calendar.synced_at.map(clock::rfc3339),
        "error": calendar.error.as_ref().map(|error| json!({
            "kind": error.kind, "message": error.message, "help": error.help, "at": clock::rfc3339(error.at)})),
    })
}

/// With the offset of the zone that it is shown in; a whole day is its date.
pub(super) fn times(when: &When<'_>, zone: &TimeZone) -> (String, String) {
    let at =
        |instant: &Timestamp| instant.to_zoned(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
    match when {
        When::Days { first, end } => (first.to_string(), end.to_string()),
        When::Time { start, end, .. } => (at(start), at(end)),
    }
}

pub(super) fn event(entry: &Entry, calendars: &[Calendar], zone: &TimeZone) -> Value {
    let event = &entry.event;
    let (start, end) = times(&event.when, zone);
    let own_zone = match &event.when {
        When::Time { zone, .. } => zone.as_deref(),
        When::Days { .. } => None,
    };
    json!({
        "id": event.remote,
        "uid": event.uid,
        "connections": connections(entry, calendars),
        "calendars": names(entry, calendars),
        "title": event.title,
        "status": event.status.word(),
        "response": event.response.map(|response| response.word()),
        "all_day": crate::calendar::agenda::is_all_day(event),
        "start": start,
        "end": end,
        "time_zone": own_zone,
        "location": event.location,
        "description": event.description,
        "organizer": event.organizer,
        "attendees": event.attendees,
        "url": event.url,
        "meeting_url": event.meeting,
        "free": event.free,
        "private": event.private,
        "series": event.series,
    })
}

pub(super) const COLUMNS: [&str; 16] = [
    "start",
    "end",
    "all_day",
    "title",
    "calendars",
    "connections",
    "location",
    "status",
    "response",
    "organizer",
    "attendees",
    "free",
    "time_zone",
    "url",
    "meeting_url",
    "description",
];

pub(super) fn row(entry: &Entry, calendars: &[Calendar], zone: &TimeZone) -> Vec<String> {
    let document = event(entry, calendars, zone);
    let cell = |column: &&str| match document.get(column) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", "),
        Some(other) => other.to_string(),
    };
    // It may be printed on a terminal, and a line of its own could be obeyed by what runs a pipeline.
    COLUMNS.iter().map(cell).map(|text| sanitise::line(&text).into_owned()).collect()
}

pub(super) fn names<'a>(entry: &Entry, calendars: &'a [Calendar]) -> Vec<&'a str> {
    of(entry, calendars).map(|one| one.name.as_str()).collect()
}

fn connections<'a>(entry: &Entry, calendars: &'a [Calendar]) -> Vec<&'a str> {
    let mut all: Vec<&str> = of(entry, calendars).map(|one| one.connection.as_str()).collect();
    all.dedup();
    all
}

fn of<'a>(entry: &Entry, calendars: &'a [Calendar]) -> impl Iterator<Item = &'a Calendar> {
    entry.calendars.iter().filter_map(|place| calendars.get(*place))
}

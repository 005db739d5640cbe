//! What `--json` and `--csv` say of events and calendars.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::{Value, json};

use crate::calendar::agenda::{Entry, is_all_day};
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
            "kind": error.kind, "message": error.message, "help": calendar.cure(), "at": clock::rfc3339(error.at)})),
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

/// An event as `--json` shows it: written as it is read, because thousands of trees cost more than reading them did.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    id: &'a str,
    uid: &'a str,
    connections: Vec<&'a str>,
    calendars: Vec<&'a str>,
    title: &'a str,
    status: &'static str,
    response: Option<&'static str>,
    all_day: bool,
    start: String,
    end: String,
    time_zone: Option<&'a str>,
    location: Option<&'a str>,
    description: Option<&'a str>,
    organizer: Option<&'a str>,
    attendees: &'a [Cow<'static, str>],
    url: Option<&'a str>,
    meeting_url: Option<&'a str>,
    free: bool,
    private: bool,
    series: Option<&'a str>,
}

pub(super) fn event<'a>(entry: &'a Entry, calendars: &'a [Calendar], zone: &TimeZone) -> Shown<'a> {
    let event = &entry.event;
    let (start, end) = times(&event.when, zone);
    Shown {
        id: &event.remote,
        uid: &event.uid,
        connections: connections(entry, calendars),
        calendars: names(entry, calendars),
        title: &event.title,
        status: event.status.word(),
        response: event.response.map(|response| response.word()),
        all_day: is_all_day(event),
        start,
        end,
        time_zone: match &event.when {
            When::Time { zone, .. } => zone.as_deref(),
            When::Days { .. } => None,
        },
        location: event.location.as_deref(),
        description: event.description.as_deref(),
        organizer: event.organizer.as_deref(),
        attendees: &event.attendees,
        url: event.url.as_deref(),
        meeting_url: event.meeting.as_deref(),
        free: event.free,
        private: event.private,
        series: event.series.as_deref(),
    }
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

/// In the order of [`COLUMNS`].
pub(super) fn row(entry: &Entry, calendars: &[Calendar], zone: &TimeZone) -> Vec<String> {
    let shown = event(entry, calendars, zone);
    let word = |is: bool| if is { "true" } else { "false" };
    let (listed, held, invited) =
        (shown.calendars.join(", "), shown.connections.join(", "), shown.attendees.join(", "));
    let cells = [
        Some(shown.start.as_str()),
        Some(&shown.end),
        Some(word(shown.all_day)),
        Some(shown.title),
        Some(&listed),
        Some(&held),
        shown.location,
        Some(shown.status),
        shown.response,
        shown.organizer,
        Some(&invited),
        Some(word(shown.free)),
        shown.time_zone,
        shown.url,
        shown.meeting_url,
        shown.description,
    ];
    // It may be printed on a terminal, and a line of its own could be obeyed by what runs a pipeline.
    cells.map(|text| sanitise::line(text.unwrap_or_default()).into_owned()).to_vec()
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

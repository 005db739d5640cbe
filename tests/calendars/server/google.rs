//! Calendar API v3, as far as it is used, as strict as its documentation.

use serde_json::{Value, json};

use super::event::Event;
use super::state::{Calendar, Entry, Place, State};
use super::{Asked, Fault};

pub(super) type Answer = (u16, Value);

/// What a sync token forbids.
const FORBIDDEN: [&str; 7] =
    ["iCalUID", "orderBy", "privateExtendedProperty", "q", "timeMin", "timeMax", "updatedMin"];

pub(super) fn answer(state: &mut State, asked: &Asked, fault: &Fault) -> Answer {
    let segments: Vec<String> = asked.path.trim_matches('/').split('/').map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["calendar", "v3", "users", "me", "calendarList"] => list(state),
        ["calendar", "v3", "calendars", id, "events"] => {
            let size = state.largest_page;
            match state.calendars.get_mut(*id) {
                Some(calendar) => events(calendar, asked, fault, size),
                None => error(404, "notFound", "Not Found"),
            }
        }
        ["calendar", "v3", "calendars", id, "events", event] => {
            let alone =
                |calendar: &Calendar| match (calendar.events.get(*event), calendar.changed.get(*event)) {
                    (Some(event), _) => Some(describe(event)),
                    // What was deleted is told for a while.
                    (None, Some(_)) => Some(json!({"id": event, "status": "cancelled"})),
                    (None, None) => None,
                };
            let found = state.calendars.get(*id).and_then(alone);
            found.map_or_else(|| error(404, "notFound", "Not Found"), |event| (200, event))
        }
        _ => error(404, "notFound", "Not Found"),
    }
}

pub(super) fn error(status: u16, reason: &str, message: &str) -> Answer {
    let errors = json!([{"domain": "global", "reason": reason, "message": message}]);
    (status, json!({"error": {"code": status, "message": message, "errors": errors}}))
}

fn list(state: &State) -> Answer {
    let items: Vec<Value> = state
        .calendars
        .iter()
        .map(|(id, calendar)| {
            json!({"kind": "calendar#calendarListEntry", "id": id, "summary": calendar.name, "accessRole": "owner",
                "timeZone": "Europe/Zurich", "backgroundColor": "#9fe1e7", "primary": *id == state.primary})
        })
        .collect();
    (200, json!({"kind": "calendar#calendarList", "items": items, "nextSyncToken": "list"}))
}

fn events(calendar: &mut Calendar, asked: &Asked, fault: &Fault, largest: usize) -> Answer {
    if *fault == Fault::Gone {
        return error(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
    }
    let size = asked.param("maxResults").map_or(250, |n| n.parse().unwrap_or(0)).clamp(1, largest);
    if asked.param("singleEvents") != Some("true") {
        return error(400, "invalid", "this server only expands");
    }
    let window = span(asked);
    let place = match (asked.param("syncToken"), asked.param("pageToken")) {
        (Some(_), _) if FORBIDDEN.iter().any(|name| asked.param(name).is_some()) => {
            return error(400, "badRequest", "Sync token cannot be used with other query restrictions.");
        }
        (_, Some(page)) => place(page, 'P'),
        (Some(token), None) => place(token, 'S').map(|place| Place { since: Some(place.version), ..place }),
        (None, None) => {
            let Some(window) = window else { return error(400, "required", "this test asks with a window") };
            calendar.window = Some(window);
            Some(Place { since: None, version: calendar.version, skip: 0 })
        }
    };
    let Some(place) = place else { return error(400, "invalid", "Invalid token") };
    if asked.param("pageToken").is_none() && place.since.is_some_and(|since| since < calendar.oldest) {
        return error(410, "fullSyncRequired", "Sync token is no longer valid, a full sync is required.");
    }
    let place = match asked.param("pageToken") {
        None => Place { version: calendar.version, ..place },
        Some(_) => place,
    };
    if *fault == Fault::Empty {
        return (200, json!({"kind": "calendar#events", "nextPageToken": token('P', &place), "items": []}));
    }
    let (entries, next) = calendar.page(place, window, size);
    let mut items: Vec<Value> = entries.iter().map(entry).collect();
    match fault {
        Fault::Twice => items.extend(items.clone()),
        Fault::Backwards => items.reverse(),
        _ => {}
    }
    let mut page = json!({"kind": "calendar#events", "summary": calendar.name, "timeZone": "Europe/Zurich"});
    match (&next, fault) {
        (_, Fault::Loop) => page["nextPageToken"] = token('P', &place).into(),
        (Some(next), _) => page["nextPageToken"] = token('P', next).into(),
        (None, Fault::NoCursor) => {}
        (None, _) => page["nextSyncToken"] = token('S', &place).into(),
    }
    page["items"] = items.into();
    (200, page)
}

fn entry(entry: &Entry) -> Value {
    match entry {
        Entry::Gone(id) => json!({"kind": "calendar#event", "id": id, "status": "cancelled"}),
        Entry::Event(event) => describe(event),
    }
}

pub(crate) fn describe(event: &Event) -> Value {
    let time = |at: i64| jiff(at, "%Y-%m-%dT%H:%M:%SZ");
    let day = |at: i64| jiff(at, "%Y-%m-%d");
    let (start, end) = if event.all_day {
        (json!({"date": day(event.start)}), json!({"date": day(event.end)}))
    } else {
        let zone = &event.zone;
        (
            json!({"dateTime": time(event.start), "timeZone": zone}),
            json!({"dateTime": time(event.end), "timeZone": zone}),
        )
    };
    let mut described = json!({
        "kind": "calendar#event",
        "etag": format!("\"{}\"", event.version),
        "id": event.id,
        "status": "confirmed",
        "htmlLink": format!("https://calendar.example/event?eid={}", event.id),
        "created": "2026-01-01T00:00:00Z",
        "updated": "2026-01-02T00:00:00.000Z",
        "summary": event.title,
        "creator": {"email": "ana@example.com"},
        "organizer": {"email": "ana@example.com", "self": true},
        "start": start,
        "end": end,
        "iCalUID": format!("{}@example.com", event.series.as_ref().unwrap_or(&event.id)),
        "sequence": 0,
        "reminders": {"useDefault": true},
        "eventType": "default",
    });
    if let Some(series) = &event.series {
        described["recurringEventId"] = series.as_str().into();
    }
    merge(described, &event.more)
}

pub(super) fn merge(mut base: Value, more: &Value) -> Value {
    for (key, value) in more.as_object().into_iter().flatten() {
        base[key] = value.clone();
    }
    base
}

pub(super) fn jiff(at: i64, format: &str) -> String {
    let at = ::jiff::Timestamp::from_second(at).unwrap();
    at.to_zoned(::jiff::tz::TimeZone::UTC).strftime(format).to_string()
}

pub(super) fn token(kind: char, place: &Place) -> String {
    let since = place.since.map_or("-".to_owned(), |since| since.to_string());
    format!("{kind}.{since}.{}.{}==", place.version, if kind == 'S' { 0 } else { place.skip })
}

pub(super) fn place(token: &str, kind: char) -> Option<Place> {
    let mut parts = token.strip_suffix("==")?.split('.');
    (parts.next()? == kind.to_string()).then_some(())?;
    let since = parts.next()?;
    let since = if since == "-" { None } else { Some(since.parse().ok()?) };
    Some(Place { since, version: parts.next()?.parse().ok()?, skip: parts.next()?.parse().ok()? })
}

fn span(asked: &Asked) -> Option<(i64, i64)> {
    let time =
        |name: &str| asked.param(name)?.parse::<::jiff::Timestamp>().ok().map(::jiff::Timestamp::as_second);
    time("timeMin").zip(time("timeMax"))
}

pub(super) fn decode(segment: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = segment.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let pair = [rest.next().unwrap_or(b'0'), rest.next().unwrap_or(b'0')];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).unwrap()
}

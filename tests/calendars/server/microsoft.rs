//! Graph v1.0, as far as it is used.

use serde_json::{Value, json};

use super::event::Event;
use super::google::{Answer, decode, jiff, merge, place, token};
use super::state::{Calendar, Entry, Place, State};
use super::{Asked, Fault};

pub(super) fn answer(state: &mut State, asked: &Asked, fault: &Fault, base: &str) -> Answer {
    let segments: Vec<String> = asked.path.trim_matches('/').split('/').map(decode).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let prefer = asked.header("prefer").unwrap_or_default();
    if !prefer.contains("outlook.timezone=\"UTC\"") && segments != ["me", "calendars"] {
        return error(400, "ErrorInvalidRequest");
    }
    match segments.as_slice() {
        ["me", "calendars"] => list(state),
        ["me", "events", id] => {
            let alone = |calendar: &Calendar| calendar.events.get(*id).map(|event| describe(event, false));
            let found =
                state.calendars.values().find_map(|calendar| master(calendar, id).or(alone(calendar)));
            found.map_or_else(|| error(404, "ErrorItemNotFound"), |master| (200, master))
        }
        ["me", "calendars", id, "calendarView", rest @ ..] => {
            if rest == ["delta"] && !state.has_delta {
                return error(400, "ErrorInvalidUrlQuery");
            }
            let (size, omits, tells) = (state.largest_page, state.omits, state.tells_series);
            let wanted = prefer
                .split("odata.maxpagesize=")
                .nth(1)
                .and_then(|rest| rest.split(|c: char| !c.is_ascii_digit()).next()?.parse::<usize>().ok());
            let view = View {
                link: format!("{base}{}", asked.path),
                size: size.min(wanted.unwrap_or(10)),
                is_delta: rest == ["delta"],
                omits,
                tells,
            };
            match state.calendars.get_mut(*id) {
                Some(calendar) => view.answer(calendar, asked, fault),
                None => error(404, "ErrorItemNotFound"),
            }
        }
        _ => error(404, "ResourceNotFound"),
    }
}

pub(super) fn error(status: u16, code: &str) -> Answer {
    (status, json!({"error": {"code": code, "message": "no"}}))
}

fn list(state: &State) -> Answer {
    let value: Vec<Value> = state
        .calendars
        .iter()
        .map(|(id, calendar)| {
            json!({"id": id, "name": calendar.name, "color": "auto", "hexColor": "", "canEdit": true, "canShare": true,
                "isDefaultCalendar": *id == state.primary})
        })
        .collect();
    (200, json!({"value": value}))
}

struct View {
    link: String,
    size: usize,
    is_delta: bool,
    omits: bool,
    tells: bool,
}

impl View {
    fn answer(&self, calendar: &mut Calendar, asked: &Asked, fault: &Fault) -> Answer {
        if *fault == Fault::Gone {
            return error(410, "SyncStateNotFound");
        }
        let place = match (asked.param("$skiptoken"), asked.param("$deltatoken")) {
            (Some(page), _) => place(page, 'P'),
            (None, Some(cursor)) => place(cursor, 'S').map(|place| Place {
                since: Some(place.version),
                version: calendar.version,
                ..place
            }),
            (None, None) => {
                let time = |name: &str| {
                    asked.param(name)?.parse::<::jiff::Timestamp>().ok().map(::jiff::Timestamp::as_second)
                };
                let Some(window) = time("startDateTime").zip(time("endDateTime")) else {
                    return error(400, "ErrorInvalidParameter");
                };
                calendar.window = Some(window);
                Some(Place { since: None, version: calendar.version, skip: 0 })
            }
        };
        let Some(place) = place else { return error(400, "BadRequest") };
        if asked.param("$skiptoken").is_none() && place.since.is_some_and(|since| since < calendar.oldest) {
            return error(410, "SyncStateNotFound");
        }
        let window = calendar.window;
        let (entries, next) = calendar.page(place, window, self.size);
        let mut value: Vec<Value> = Vec::new();
        for entry in &entries {
            match entry {
                Entry::Gone(id) => value.push(removed(id)),
                // What moved out of the window is told as removed.
                Entry::Event(event) if !window.is_none_or(|window| event.is_in(window)) => {
                    value.push(removed(&event.id));
                }
                Entry::Event(event) => value.push(describe(event, self.omits && self.is_delta)),
            }
        }
        if self.tells && self.is_delta && next.is_none() {
            // After its occurrences, on the last page.
            let mut told: Vec<&str> =
                calendar.events.values().filter_map(|event| event.series.as_deref()).collect();
            told.sort_unstable();
            told.dedup();
            value.extend(told.iter().filter_map(|id| master(calendar, id)));
        }
        match fault {
            Fault::Twice => value.extend(value.clone()),
            Fault::Backwards => value.reverse(),
            _ => {}
        }
        let mut page = json!({"@odata.context": "x", "value": value});
        let link = |name: &str, token: String| format!("{}?${name}={token}", self.link);
        match (&next, fault) {
            (_, Fault::NextAt(elsewhere)) => page["@odata.nextLink"] = elsewhere.as_str().into(),
            (_, Fault::CursorAt(elsewhere)) => page["@odata.deltaLink"] = elsewhere.as_str().into(),
            (_, Fault::Loop) => page["@odata.nextLink"] = link("skiptoken", token('P', &place)).into(),
            (Some(next), _) => page["@odata.nextLink"] = link("skiptoken", token('P', next)).into(),
            (None, Fault::NoCursor) => {}
            (None, _) if self.is_delta => {
                page["@odata.deltaLink"] = link("deltatoken", token('S', &place)).into();
            }
            (None, _) => {}
        }
        (200, page)
    }
}

fn removed(id: &str) -> Value {
    json!({"id": id, "@removed": {"reason": "deleted"}})
}

/// What the occurrences of a series have in common.
fn master(calendar: &Calendar, id: &str) -> Option<Value> {
    let one = calendar.events.values().find(|event| event.series.as_deref() == Some(id))?;
    let mut described = describe(&Event { id: id.into(), series: None, ..one.clone() }, false);
    described["type"] = "seriesMaster".into();
    Some(described)
}

fn describe(event: &Event, omits: bool) -> Value {
    let time = |at: i64| json!({"dateTime": jiff(at, "%Y-%m-%dT%H:%M:%S.0000000"), "timeZone": "UTC"});
    let mut described = json!({"id": event.id, "start": time(event.start), "end": time(event.end)});
    described["type"] = if event.series.is_some() { "occurrence" } else { "singleInstance" }.into();
    if let Some(series) = &event.series {
        described["seriesMasterId"] = series.as_str().into();
    }
    described["@odata.etag"] = format!("W/\"{}\"", event.version).into();
    if !(omits && event.series.is_some()) {
        let rest = json!({
            "iCalUId": format!("{}@example.com", event.series.as_ref().unwrap_or(&event.id)),
            "subject": event.title,
            "bodyPreview": "",
            "body": {"contentType": "text", "content": ""},
            "originalStartTimeZone": event.zone,
            "isAllDay": event.all_day,
            "isCancelled": false,
            "isOrganizer": true,
            "location": {"displayName": ""},
            "attendees": [],
            "organizer": {"emailAddress": {"name": "Ana", "address": "ana@example.com"}},
            "responseStatus": {"response": "organizer"},
            "showAs": "busy",
            "sensitivity": "normal",
            "webLink": "https://outlook.example/x",
            "onlineMeeting": null,
            "lastModifiedDateTime": "2026-01-02T00:00:00.0000000Z",
        });
        described = merge(described, &rest);
    }
    merge(described, &event.more)
}

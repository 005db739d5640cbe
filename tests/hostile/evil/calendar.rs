//! One calendar with two events, as Google keeps them, and the ways in which its lists can be odd.

use serde_json::{Value, json};

use super::api::HOSTILE;
use super::token_modes::{Facts, Odd};
use super::wire::{self, Answer, JSON, Request};

pub(crate) const LIST: &[Odd] = &[
    ("list-hostile", |f| first(f, |c| c["summary"] = json!(HOSTILE))),
    ("list-no-id", |f| first(f, |c| c["id"] = Value::Null)),
    ("list-id-path", |f| first(f, |c| c["id"] = json!("../../me"))),
    ("list-number-id", |f| first(f, |c| c["id"] = json!(7))),
    ("list-wrong-types", |f| f.with("items", json!({"one": 1}))),
    ("list-loop", |f| f.with("nextPageToken", json!("again"))),
    ("list-401", |_| status("401 Unauthorized", "authError")),
    ("list-403", |_| status("403 Forbidden", "insufficientPermissions")),
];

pub(crate) const EVENTS: &[Odd] = &[
    ("cal-ansi", |f| first(f, |e| e["summary"] = json!(HOSTILE))),
    ("cal-nulls", |f| first(f, |e| *e = json!({"id": e["id"], "summary": null, "start": null, "end": null}))),
    ("cal-no-id", |f| first(f, |e| e["id"] = Value::Null)),
    ("cal-wrong-types", |f| first(f, |e| e["start"] = json!(["2026"]))),
    ("cal-badtz", |f| first(f, |e| e["start"]["timeZone"] = json!("Mars/Olympus"))),
    ("cal-year", |f| first(f, |e| e["start"]["dateTime"] = json!("9999-12-31T23:59:59-12:00"))),
    ("cal-backwards", |f| first(f, |e| e["end"]["dateTime"] = json!("1971-01-01T00:00:00Z"))),
    ("cal-huge-title", |f| first(f, |e| e["summary"] = json!("x".repeat(5 << 20)))),
    ("cal-dup", |f| {
        f.with("items", json!([f.document["items"][0], f.document["items"][0], f.document["items"][1]]))
    }),
    ("cal-reorder", |f| f.with("items", json!([f.document["items"][1], f.document["items"][0]]))),
    ("cal-no-cursor", |f| f.with("nextSyncToken", Value::Null)),
    ("cal-hostile-cursor", |f| f.with("nextSyncToken", json!(HOSTILE))),
    ("cal-loop", |f| f.with("nextPageToken", json!("again"))),
    ("cal-empty", |f| f.with("items", json!([]))),
    ("cal-items-null", |f| f.with("items", Value::Null)),
    ("cal-410", |_| status("410 Gone", "fullSyncRequired")),
    ("cal-401", |_| status("401 Unauthorized", "authError")),
    ("cal-403", |_| status("403 Forbidden", "insufficientPermissions")),
    ("cal-403-ansi", |_| status("403 Forbidden", HOSTILE)),
    ("cal-echo-other", |f| {
        wire::http("200 OK", &[JSON, ("Link", &format!("<{}/next>; rel=next", f.other))], f.text())
    }),
];

/// The document with its first item changed.
fn first(f: &Facts, change: fn(&mut Value)) -> Answer {
    let mut items = f.document["items"].clone();
    change(&mut items[0]);
    f.with("items", items)
}

fn status(line: &str, reason: &str) -> Answer {
    wire::json(line, &json!({"error": {"message": reason, "errors": [{"reason": reason}]}}))
}

pub(super) fn list() -> Value {
    json!({"kind": "calendar#calendarList", "items": [
        {"id": "primary", "summary": "Main", "timeZone": "Europe/Zurich", "accessRole": "owner", "primary": true},
    ]})
}

/// Everything, or nothing new after a cursor.
pub(super) fn events(request: &Request) -> Value {
    let all = [event("e1", 1), event("e2", 2)];
    let items = if request.param("syncToken").is_some() { json!([]) } else { json!(all) };
    json!({"kind": "calendar#events", "items": items, "nextSyncToken": "cursor-1"})
}

fn event(id: &str, hours: i64) -> Value {
    let at = |hours: i64| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
        json!({"dateTime": at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(), "timeZone": "Europe/Zurich"})
    };
    json!({"id": id, "etag": "\"1\"", "status": "confirmed", "summary": format!("Event {id}"), "iCalUID": id,
           "start": at(hours), "end": at(hours + 1)})
}

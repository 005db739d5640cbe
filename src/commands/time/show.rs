//! How entries are shown: a table for people, an object for scripts.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use crate::app::App;
use crate::clock;
use crate::duration;
use crate::error::Error;
use crate::index::{EventNow, TimeEntry};
use crate::output::Table;
use crate::time::{self, Flag};

/// By id, the ids of entries that overlap.
pub(super) type Overlaps = HashMap<i64, Vec<i64>>;

pub(super) fn zoned(second: i64, zone: &TimeZone) -> jiff::Zoned {
    Timestamp::from_second(second).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(zone.clone())
}

/// `2026-11-20T14:00:00+01:00`
pub(super) fn rfc3339(second: i64, zone: &TimeZone) -> String {
    zoned(second, zone).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// `14:00–14:45`, with the day of the end where it is another one.
pub(super) fn clock_words(start: i64, end: i64, zone: &TimeZone) -> String {
    let (start, end) = (zoned(start, zone), zoned(end, zone));
    // Midnight ends the day it ends.
    let is_same = start.date() == end.date()
        || (end.timestamp() > start.timestamp()
            && end.time() == jiff::civil::Time::midnight()
            && start.date().tomorrow().is_ok_and(|next| next == end.date()));
    format!("{}–{}", start.strftime("%H:%M"), end.strftime(if is_same { "%H:%M" } else { "%a %H:%M" }))
}

pub(super) fn day_words(entry: &TimeEntry, zone: &TimeZone) -> String {
    time::day(entry, zone).strftime("%a %Y-%m-%d").to_string()
}

/// What a person should know of it beyond its fields.
fn remarks(entry: &TimeEntry, overlaps: &Overlaps, zone: &TimeZone) -> String {
    let mut remarks = Vec::new();
    match (Flag::of(entry), &entry.now, &entry.work.source) {
        (Some(Flag::Changed), EventNow::There(now), Some(seen)) => {
            let mut what = Vec::new();
            if now.all_day {
                what.push("all day".to_owned());
            } else if (now.start, now.end) != (seen.start, seen.end) {
                let day = zoned(now.start, zone);
                let moved = day.date() != zoned(seen.start, zone).date();
                let day = if moved { day.strftime("%a %Y-%m-%d ").to_string() } else { String::new() };
                what.push(format!("{day}{}", clock_words(now.start, now.end, zone)));
            }
            if now.title != seen.title {
                what.push(format!("“{}”", now.title));
            }
            remarks.push(format!("event is now {}", what.join(", ")));
        }
        (Some(flag), ..) => remarks.push(format!("event was {}", flag.word())),
        (None, ..) => {}
    }
    if let Some(others) = overlaps.get(&entry.id) {
        let others: Vec<String> = others.iter().map(i64::to_string).collect();
        remarks.push(format!("overlaps {}", others.join(", ")));
    }
    remarks.join("; ")
}

pub(super) fn table<'a>(
    entries: impl IntoIterator<Item = &'a TimeEntry>,
    overlaps: &Overlaps,
    zone: &TimeZone,
) -> String {
    let mut table =
        Table::new(&["Id", "Day", "Time", "Counts", "Title", "Project", "Client", "Status", "Remarks"])
            .if_any(&["Project", "Client", "Remarks"]);
    for entry in entries {
        let work = &entry.work;
        let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        let id = if entry.id == 0 { "-".to_owned() } else { entry.id.to_string() };
        let times = if work.timed { clock_words(work.start, work.end, zone) } else { "-".to_owned() };
        table.row(&[
            &id,
            &day_words(entry, zone),
            &times,
            &duration::words(work.seconds),
            &work.title,
            &or_dash(&work.project),
            &or_dash(&work.client),
            entry.status.word(),
            &remarks(entry, overlaps, zone),
        ]);
    }
    table.render()
}

pub(super) fn json(entry: &TimeEntry, overlaps: &Overlaps, zone: &TimeZone) -> Value {
    let work = &entry.work;
    let day = time::day(entry, zone);
    let at = |second: i64| work.timed.then(|| rfc3339(second, zone));
    let event = work.source.as_ref().map(|seen| {
        let now = match &entry.now {
            EventNow::There(now) if now.all_day => json!({"title": now.title, "all_day": true}),
            EventNow::There(now) => json!({"title": now.title, "all_day": false,
                "start": rfc3339(now.start, zone), "end": rfc3339(now.end, zone)}),
            _ => Value::Null,
        };
        json!({"connection": seen.connection, "calendar": seen.calendar, "id": seen.event, "now": now})
    });
    json!({
        "id": if entry.id == 0 { Value::Null } else { entry.id.into() },
        "date": day.to_string(),
        "week": time::iso_week(day),
        "start": at(work.start),
        "end": at(work.end),
        "seconds": work.seconds,
        "hours": time::hours(work.seconds),
        "title": work.title,
        "note": work.note,
        "project": work.project,
        "client": work.client,
        "status": entry.status.word(),
        "flag": Flag::of(entry).map(Flag::word),
        "overlaps": overlaps.get(&entry.id).cloned().unwrap_or_default(),
        "event": event,
        "created_at": clock::rfc3339(entry.created_at),
        "changed_at": clock::rfc3339(entry.changed_at),
    })
}

/// The entries with these ids as they are now: as a document, or as a table.
pub(super) fn these(app: &App, ids: &[i64], zone: &TimeZone) -> Result<(), Error> {
    let all = app.index()?.time_entries()?;
    let overlaps = time::overlaps(&all);
    let chosen: Vec<&TimeEntry> = all.iter().filter(|entry| ids.contains(&entry.id)).collect();
    if app.out.json {
        let entries = chosen.iter().map(|entry| json(entry, &overlaps, zone)).collect();
        return Ok(app.out.document("entries", entries)?);
    }
    if !chosen.is_empty() {
        app.out.line(table(chosen, &overlaps, zone))?;
    }
    Ok(())
}

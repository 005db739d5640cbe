//! iCalendar (RFC 5545, and RFC 7986 for what it adds). Occurrences are written one by one, as their provider expanded
//! them, in UTC: no rule and no table of a zone is left for another program to get wrong.

mod line;

use std::collections::HashSet;

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

use super::agenda::Entry;
use crate::event::{Event, Response, Status, When};
use crate::index::Calendar;
use line::{Lines, address, escape, link};

/// The same events make the same text, so that a file need not be written again.
pub(crate) fn document(entries: &[Entry], calendars: &[Calendar], title: &str) -> String {
    let mut lines = Lines::default();
    lines.plain("BEGIN", "VCALENDAR");
    lines.plain("VERSION", "2.0");
    lines.plain("PRODID", concat!("-//integ//integ ", env!("CARGO_PKG_VERSION"), "//EN"));
    lines.plain("CALSCALE", "GREGORIAN");
    lines.text("NAME", title);
    lines.text("X-WR-CALNAME", title);
    let mut used = HashSet::new();
    for entry in entries {
        let of: Vec<&Calendar> = entry.calendars.iter().filter_map(|place| calendars.get(*place)).collect();
        event(&mut lines, entry, &of, &mut used);
    }
    lines.plain("END", "VCALENDAR");
    lines.text
}

fn event(lines: &mut Lines, entry: &Entry, calendars: &[&Calendar], used: &mut HashSet<String>) {
    let event = &entry.event;
    lines.plain("BEGIN", "VEVENT");
    lines.plain("UID", &uid(event, used));
    let revised = event.updated.or_else(|| calendars.first()?.synced_at).unwrap_or_default();
    lines.plain("DTSTAMP", &stamp(Timestamp::from_second(revised).unwrap_or(Timestamp::UNIX_EPOCH)));
    match &event.when {
        When::Days { first, end } => {
            lines.plain("DTSTART;VALUE=DATE", &date(*first));
            // Without an end it is one day.
            if end > first {
                lines.plain("DTEND;VALUE=DATE", &date(*end));
            }
        }
        When::Time { start, end, .. } => {
            lines.plain("DTSTART", &stamp(*start));
            if end > start {
                lines.plain("DTEND", &stamp(*end));
            }
        }
    }
    lines.text("SUMMARY", &event.title);
    for (name, text) in [("DESCRIPTION", &event.description), ("LOCATION", &event.location)] {
        if let Some(text) = text {
            lines.text(name, text);
        }
    }
    lines.plain(
        "STATUS",
        match event.status {
            Status::Confirmed => "CONFIRMED",
            Status::Tentative => "TENTATIVE",
        },
    );
    // Who declined is free.
    let is_free = event.free || event.response == Some(Response::Declined);
    lines.plain("TRANSP", if is_free { "TRANSPARENT" } else { "OPAQUE" });
    lines.plain("CLASS", if event.private { "PRIVATE" } else { "PUBLIC" });
    if let Some(organizer) = event.organizer.as_deref().and_then(address) {
        lines.plain("ORGANIZER", &organizer);
    }
    for attendee in event.attendees.iter().filter_map(|one| address(one)) {
        lines.plain("ATTENDEE", &attendee);
    }
    if let Some(url) = event.url.as_deref().and_then(link) {
        lines.plain("URL", &url);
    }
    if let Some(meeting) = event.meeting.as_deref().and_then(link) {
        lines.plain("CONFERENCE;VALUE=URI", &meeting);
    }
    let names: Vec<&str> = calendars.iter().map(|calendar| calendar.name.as_str()).collect();
    lines.texts("CATEGORIES", &names);
    lines.plain("END", "VEVENT");
}

/// Every occurrence is an event of its own, with a UID of its own. RECURRENCE-ID without the recurring event beside it is
/// an exception to nothing: some programs drop it, others show one of many. It is escaped first: what makes two ids
/// different may be what is not written.
fn uid(event: &Event<'_>, used: &mut HashSet<String>) -> String {
    let base = escape(if event.uid.is_empty() { &event.remote } else { &event.uid });
    let begins = match &event.when {
        When::Days { first, .. } => date(*first),
        When::Time { start, .. } => stamp(*start),
    };
    let mut uid = if event.series.is_some() { format!("{base}_{begins}") } else { base.clone() };
    let mut count = 1;
    while !used.insert(uid.clone()) {
        count += 1;
        uid = format!("{base}_{begins}_{count}");
    }
    uid
}

/// Years have four digits there.
fn stamp(instant: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(instant);
    format!("{}T{:02}{:02}{:02}Z", date(at.date()), at.hour(), at.minute(), at.second())
}

fn date(day: Date) -> String {
    format!("{:04}{:02}{:02}", day.year().max(0), day.month(), day.day())
}

#[cfg(test)]
mod tests;

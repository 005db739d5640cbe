//! One event as a row of the mirror.

use std::borrow::Cow;

use rusqlite::{Statement, params};

use super::events::{AWAY, FREE, midnight};
use crate::event::{Event, When};

/// Longer texts are cut (bytes).
const LONGEST: usize = 64 * 1024;
const CUT: &str = " […]";

/// A new row, unless there is one; `?3` is its pass. Not `OR REPLACE`: beside a foreign key that costs a journal a row.
pub(super) const PUT: &str = "INSERT OR IGNORE INTO event (calendar, remote, pass, uid, version, start, end, all_day, zone,
     title, status, response, free, private, location, description, organizer, attendees, url, meeting, series, updated)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

/// The row of pass `?3` once more, as one of the next, unless there is one.
pub(super) const KEEP: &str = "INSERT OR IGNORE INTO event (calendar, remote, pass, uid, version, start, end, all_day, zone,
     title, status, response, free, private, location, description, organizer, attendees, url, meeting, series, updated)
     SELECT calendar, remote, pass + 1, uid, version, start, end, all_day, zone,
     title, status, response, free, private, location, description, organizer, attendees, url, meeting, series, updated
     FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3";

/// What of a row is not indexed, where any of it is another; `?3` is its rowid.
pub(super) const CHANGE: &str =
    "UPDATE event SET (uid, version, all_day, zone, title, status, response, free, private,
     location, description, organizer, attendees, url, meeting, series, updated)
     = (?4, ?5, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)
     WHERE rowid = ?3 AND (uid, version, all_day, zone, title, status, response, free, private,
     location, description, organizer, attendees, url, meeting, series, updated)
     IS NOT (?4, ?5, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

/// Runs [`PUT`] or [`CHANGE`]; whether a row was written.
pub(super) fn write(
    statement: &mut Statement<'_>,
    calendar: i64,
    place: i64,
    event: &Event<'_>,
) -> rusqlite::Result<bool> {
    let (start, end) = seconds(&event.when);
    let (all_day, zone) = match &event.when {
        When::Days { .. } => (true, None),
        When::Time { zone, .. } => (false, zone.as_deref()),
    };
    let attendees = match event.attendees.as_slice() {
        [] => None,
        [one] => Some(Cow::Borrowed(&**one)),
        all => Some(Cow::Owned(all.join("\n"))),
    };
    let rows = statement.execute(params![
        calendar,
        event.remote,
        place,
        event.uid,
        event.version,
        start,
        end,
        all_day,
        zone,
        capped(&event.title),
        event.status.word(),
        event.response.map(|response| response.word()),
        (i64::from(event.free) * FREE) | (i64::from(event.away) * AWAY),
        event.private,
        event.location.as_deref().map(capped),
        event.description.as_deref().map(capped),
        event.organizer,
        attendees.as_deref().map(capped),
        event.url.as_deref().map(capped),
        event.meeting.as_deref().map(capped),
        event.series,
        event.updated,
    ])?;
    Ok(rows > 0)
}

/// From, and up to but not including (unix seconds); whole days as in UTC.
pub(crate) fn seconds(when: &When<'_>) -> (i64, i64) {
    match when {
        When::Days { first, end } => (midnight(*first), midnight(*end)),
        When::Time { start, end, .. } => (start.as_second(), end.as_second()),
    }
}

fn capped(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let kept = (0..=LONGEST - CUT.len()).rev().find_map(|end| text.get(..end)).unwrap_or_default();
    Cow::Owned(format!("{kept}{CUT}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(capped("short"), "short");
        let long = "é".repeat(LONGEST);
        let cut = capped(&long);
        assert!(cut.len() <= LONGEST && cut.ends_with("é […]"), "{}", cut.len());
    }
}

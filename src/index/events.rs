//! The mirrored events.

use jiff::civil::{Date, date};
use jiff::{Span as Length, Timestamp};
use rusqlite::{Row, params};

use super::{Index, IndexError};
use crate::event::{Event, Response, Status, When};

/// From, and up to but not including (unix seconds).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub from: i64,
    pub to: i64,
}

/// What of an event is read.
#[derive(Clone, Copy, Default, PartialEq)]
pub(crate) enum Detail {
    #[default]
    Whole,
    Line,
}

/// The bits of the column `free`.
pub(super) const FREE: i64 = 1;
pub(super) const AWAY: i64 = 2;

const COLUMNS: &str = "event.remote, event.uid, event.version, event.start, event.end, event.all_day, event.zone, \
     event.title, event.status, event.response, event.free, event.private, event.location, \
     event.description, event.organizer, event.attendees, event.url, event.meeting, event.series, \
     event.updated";

/// What a line of an agenda does not show.
const UNSEEN: [&str; 5] =
    ["event.version", "event.description", "event.organizer", "event.attendees", "event.url"];

impl Index {
    /// What a calendar's mirror has in this span, by time. Whole days count as in UTC: who shows another zone asks for
    /// a day more on either side.
    pub(crate) fn events(
        &self,
        calendar: i64,
        span: Span,
        detail: Detail,
    ) -> Result<Vec<Event<'static>>, IndexError> {
        let columns = match detail {
            Detail::Whole => COLUMNS.to_owned(),
            Detail::Line => UNSEEN.iter().fold(COLUMNS.to_owned(), |all, column| all.replace(column, "''")),
        };
        let mut select = self.db.prepare(
            &format!("SELECT {columns} FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE calendar.id = ?1 AND event.start < ?3 AND (event.end > ?2 OR event.start >= ?2)
             ORDER BY event.start, event.end"),
        )?;
        let rows = select.query_map(params![calendar, span.from, span.to], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The events whose id begins so, a few of them.
    pub(crate) fn events_by_id(
        &self,
        calendar: i64,
        prefix: &str,
    ) -> Result<Vec<Event<'static>>, IndexError> {
        let mut select = self.db.prepare(&format!(
            "SELECT {COLUMNS} FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE calendar.id = ?1 AND event.remote >= ?2 AND event.remote < ?2 || char(1114111)
             ORDER BY event.remote LIMIT 20"
        ))?;
        let rows = select.query_map(params![calendar, prefix], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// By a provider's id of it, or by its UID (of which a series has many: the next one that is still to come counts).
    pub(crate) fn event_called(&self, id: &str, now: i64) -> Result<Option<Event<'static>>, IndexError> {
        let mut select = self.db.prepare(&format!(
            "SELECT {COLUMNS} FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE event.remote = ?1 OR event.uid = ?1
             ORDER BY event.remote <> ?1, event.end < ?2, abs(event.start - ?2) LIMIT 1"
        ))?;
        let mut rows = select.query_map(params![id, now], read)?;
        Ok(rows.next().transpose()?)
    }
}

/// In the order of [`COLUMNS`]: by name, each would be looked for in each row.
fn read(row: &Row<'_>) -> rusqlite::Result<Event<'static>> {
    let text = |column: usize| row.get::<_, String>(column).map(Into::into);
    let maybe = |column: usize| row.get::<_, Option<String>>(column).map(|text| text.map(Into::into));
    let (start, end): (i64, i64) = (row.get(3)?, row.get(4)?);
    let when = if row.get(5)? {
        When::Days { first: day(start), end: day(end) }
    } else {
        When::Time { start: moment(start), end: moment(end), zone: maybe(6)? }
    };
    // Read where they stand: a week of a large mirror has thousands of them.
    let word = |column: usize| -> rusqlite::Result<&str> {
        Ok(row.get_ref(column)?.as_str_or_null()?.unwrap_or_default())
    };
    let free: i64 = row.get(10)?;
    Ok(Event {
        remote: text(0)?,
        uid: text(1)?,
        version: text(2)?,
        when,
        title: text(7)?,
        status: Status::of(word(8)?),
        response: Response::of(word(9)?),
        free: free & FREE != 0,
        away: free & AWAY != 0,
        private: row.get(11)?,
        location: maybe(12)?,
        description: maybe(13)?,
        organizer: maybe(14)?,
        attendees: word(15)?.lines().map(|one| one.to_owned().into()).collect(),
        url: maybe(16)?,
        meeting: maybe(17)?,
        series: maybe(18)?,
        updated: row.get(19)?,
    })
}

const DAY: i64 = 86_400;

/// The beginning of a day in UTC (unix seconds), also where the last instants of the calendar end before it.
pub(super) fn midnight(day: Date) -> i64 {
    let since = date(1970, 1, 1).until(day).map_or(0, |length| length.get_days());
    i64::from(since) * DAY
}

fn day(unix: i64) -> Date {
    let days = Length::new().try_days(unix.div_euclid(DAY));
    let beyond = if unix < 0 { Date::MIN } else { Date::MAX };
    days.and_then(|days| date(1970, 1, 1).checked_add(days)).unwrap_or(beyond)
}

fn moment(unix: i64) -> Timestamp {
    let beyond = if unix < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(unix).unwrap_or(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_come_back_as_they_were() {
        for day in
            [date(1, 1, 1), date(1969, 12, 31), date(1970, 1, 1), date(2011, 12, 30), Date::MIN, Date::MAX]
        {
            assert_eq!(super::day(midnight(day)), day);
        }
        assert_eq!(midnight(date(2026, 12, 9)), 1_796_774_400);
        assert_eq!(moment(i64::MAX), Timestamp::MAX);
    }
}

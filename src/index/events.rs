//! The mirrored events.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Row, params};

use super::{Index, IndexError};
use crate::event::{Event, Response, Status, When};

/// An event and the calendar it is in.
#[derive(Clone, Debug)]
pub(crate) struct Occurrence {
    pub calendar: i64,
    pub event: Event<'static>,
}

/// From, and up to but not including (unix seconds).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub from: i64,
    pub to: i64,
}

impl Index {
    /// What a calendar's mirror has in this span, by time. Whole days count as in UTC: who shows another zone asks for
    /// a day more on either side.
    pub(crate) fn events(&self, calendar: i64, span: Span) -> Result<Vec<Occurrence>, IndexError> {
        let mut select = self.db.prepare(
            "SELECT event.* FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE calendar.id = ?1 AND event.start < ?3 AND (event.end > ?2 OR event.start >= ?2)
             ORDER BY event.start, event.end",
        )?;
        let rows = select.query_map(params![calendar, span.from, span.to], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// By a provider's id of it, or by its UID (of which a series has many: the next one that is still to come counts).
    pub(crate) fn event_called(&self, id: &str, now: i64) -> Result<Option<Occurrence>, IndexError> {
        let mut select = self.db.prepare(
            "SELECT event.* FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE event.remote = ?1 OR event.uid = ?1
             ORDER BY event.remote <> ?1, event.end < ?2, abs(event.start - ?2) LIMIT 1",
        )?;
        let mut rows = select.query_map(params![id, now], read)?;
        Ok(rows.next().transpose()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Occurrence> {
    let text = |column: &str| row.get::<_, String>(column).map(Into::into);
    let maybe = |column: &str| row.get::<_, Option<String>>(column).map(|text| text.map(Into::into));
    // The far ends of what a provider can say lie beyond what an instant or a date can be.
    let edge = |second: i64| if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    let at = |second: i64| Timestamp::from_second(second).unwrap_or_else(|_| edge(second));
    let day = |second: i64| {
        let days = jiff::Span::new().try_days(second.div_euclid(86_400));
        let edge = if second < 0 { Date::MIN } else { Date::MAX };
        days.map_or(edge, |days| Date::constant(1970, 1, 1).saturating_add(days))
    };
    let (start, end) = (row.get("start")?, row.get("end")?);
    let when = if row.get("all_day")? {
        When::Days { first: day(start), end: day(end) }
    } else {
        When::Time { start: at(start), end: at(end), zone: maybe("zone")? }
    };
    let attendees: Option<String> = row.get("attendees")?;
    let event = Event {
        remote: text("remote")?,
        uid: text("uid")?,
        version: text("version")?,
        when,
        title: text("title")?,
        status: Status::of(&row.get::<_, String>("status")?),
        response: row.get::<_, Option<String>>("response")?.and_then(|word| Response::of(&word)),
        free: row.get("free")?,
        private: row.get("private")?,
        location: maybe("location")?,
        description: maybe("description")?,
        organizer: maybe("organizer")?,
        attendees: attendees.iter().flat_map(|all| all.lines()).map(|one| one.to_owned().into()).collect(),
        url: maybe("url")?,
        meeting: maybe("meeting")?,
        series: maybe("series")?,
        updated: row.get("updated")?,
    };
    Ok(Occurrence { calendar: row.get("calendar")?, event })
}

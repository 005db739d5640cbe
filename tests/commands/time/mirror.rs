//! A mirror with these calendars and events in it, as a sync leaves it.

use rusqlite::{Connection, params};

use super::time;
use crate::seal::Home;

pub(super) struct Mirror {
    db: Connection,
}

#[derive(Clone)]
pub(super) struct Event {
    pub(super) id: &'static str,
    pub(super) uid: &'static str,
    pub(super) version: &'static str,
    /// RFC 3339
    pub(super) start: &'static str,
    pub(super) end: &'static str,
    pub(super) title: &'static str,
    pub(super) all_day: bool,
    pub(super) free: bool,
    pub(super) response: Option<&'static str>,
    pub(super) attendees: &'static str,
    pub(super) series: Option<&'static str>,
}

/// An hour on a Friday, in the person's own calendar.
pub(super) const EVENT: Event = Event {
    id: "call-1",
    uid: "call-1@x",
    version: "v1",
    start: "2026-11-20T09:00:00Z",
    end: "2026-11-20T10:00:00Z",
    title: "Call",
    all_day: false,
    free: false,
    response: None,
    attendees: "",
    series: None,
};

impl Mirror {
    pub(super) fn of(home: &Home) -> Mirror {
        time(home, &["list"]).expect(0);
        let db = Connection::open(home.path().join("data/integ/index.db")).unwrap();
        db.busy_timeout(std::time::Duration::from_secs(20)).unwrap();
        let mirror = Mirror { db };
        mirror.calendar("google", "me@x", "Work");
        mirror
    }

    pub(super) fn calendar(&self, connection: &str, id: &str, name: &str) {
        self.db
            .execute(
                "INSERT INTO calendar (connection, remote, name, enabled, pass) VALUES (?1, ?2, ?3, 1, 1)",
                [connection, id, name],
            )
            .unwrap();
    }

    /// In the first calendar.
    pub(super) fn put(&self, event: &Event) {
        self.put_in("me@x", event);
    }

    pub(super) fn put_in(&self, calendar: &str, event: &Event) {
        let seconds = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
        self.forget(calendar, event.id);
        self.db
            .execute(
                "INSERT INTO event (calendar, remote, pass, uid, version, start, end, all_day, title, status,
                     response, free, private, attendees, series)
                 SELECT id, ?2, pass, ?3, ?4, ?5, ?6, ?7, ?8, 'confirmed', ?9, ?10, 0, ?11, ?12
                 FROM calendar WHERE remote = ?1",
                params![
                    calendar,
                    event.id,
                    event.uid,
                    event.version,
                    seconds(event.start),
                    seconds(event.end),
                    event.all_day,
                    event.title,
                    event.response,
                    event.free,
                    event.attendees,
                    event.series
                ],
            )
            .unwrap();
    }

    /// It left the window.
    pub(super) fn forget(&self, calendar: &str, id: &str) {
        self.db
            .execute(
                "DELETE FROM event WHERE remote = ?2 AND calendar = (SELECT id FROM calendar WHERE remote = ?1)",
                [calendar, id],
            )
            .unwrap();
    }

    pub(super) fn cancel(&self, calendar: &str, id: &str) {
        self.forget(calendar, id);
        self.db
            .execute(
                "INSERT INTO tombstone (calendar, remote, at) SELECT id, ?2, 1 FROM calendar WHERE remote = ?1",
                [calendar, id],
            )
            .unwrap();
    }

    pub(super) fn run(&self, sql: &str) {
        self.db.execute_batch(sql).unwrap();
    }
}

//! The least that mirroring a calendar can cost: fetch the pages, parse what is used, one transaction. No accounts, no
//! retries, no counts, nothing that survives a crash half-way.
//!
//! floor sync URL DB | floor ask URL DB

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::borrow::Cow;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use rusqlite::{Connection, params};
use serde::Deserialize;

/// Borrowed from the page wherever nothing in it is escaped.
#[derive(Deserialize, Default)]
#[serde(transparent, bound(deserialize = "'de: 'a"))]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "'de: 'a"))]
struct Page<'a> {
    next_page_token: Option<String>,
    next_sync_token: Option<String>,
    items: Vec<Entry<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    id: Text<'a>,
    #[serde(rename = "iCalUID")]
    uid: Text<'a>,
    etag: Text<'a>,
    status: Text<'a>,
    summary: Text<'a>,
    description: Text<'a>,
    location: Text<'a>,
    html_link: Text<'a>,
    hangout_link: Text<'a>,
    recurring_event_id: Text<'a>,
    transparency: Text<'a>,
    start: Place<'a>,
    end: Place<'a>,
    organizer: Person<'a>,
    attendees: Vec<Person<'a>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    date: Text<'a>,
    date_time: Text<'a>,
    time_zone: Text<'a>,
}

#[derive(Deserialize, Default)]
#[serde(default, bound(deserialize = "'de: 'a"))]
struct Person<'a> {
    email: Text<'a>,
}

/// One connection, kept.
struct Http {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Http {
    fn get(&mut self, path: &str) -> Vec<u8> {
        let head = format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer t\r\n\r\n", self.host);
        self.stream.get_mut().write_all(head.as_bytes()).unwrap();
        let (mut line, mut length) = (String::new(), 0);
        loop {
            line.clear();
            self.stream.read_line(&mut line).unwrap();
            match line.trim_end().split_once(": ") {
                Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().unwrap();
                }
                None if line == "\r\n" => break,
                _ => {}
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        body
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let (what, url, path) = (arguments[1].as_str(), arguments[2].as_str(), arguments[3].as_str());
    let host = url.strip_prefix("http://").unwrap().to_owned();
    let stream = TcpStream::connect(&host).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut http = Http { host, stream: BufReader::with_capacity(64 * 1024, stream) };
    let mut db = Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = wal; PRAGMA synchronous = full;
         CREATE TABLE IF NOT EXISTS state (token TEXT) STRICT;
         CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, uid TEXT, etag TEXT, status TEXT, summary TEXT,
             description TEXT, location TEXT, link TEXT, meeting TEXT, series TEXT, free INTEGER, start INTEGER, end INTEGER,
             all_day INTEGER, zone TEXT, organizer TEXT, attendees TEXT) STRICT;
         CREATE INDEX IF NOT EXISTS event_by_time ON event (start);",
    )
    .unwrap();
    let base = "/calendar/v3/calendars/primary/events?singleEvents=true&maxResults=2500";
    let token: Option<String> = db.query_row("SELECT token FROM state", [], |row| row.get(0)).ok();
    let transaction = db.transaction().unwrap();
    let mut page = match (what, token) {
        ("ask", Some(token)) => format!("{base}&syncToken={token}"),
        _ => format!("{base}&timeMin=2000-01-01T00:00:00Z&timeMax=2100-01-01T00:00:00Z"),
    };
    let mut put = transaction
        .prepare("INSERT OR REPLACE INTO event VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17)")
        .unwrap();
    loop {
        let body = http.get(&page);
        let read: Page<'_> = serde_json::from_slice(&body).unwrap();
        for entry in &read.items {
            let all_day = entry.start.date_time.0.is_empty();
            let second = |place: &Place<'_>| {
                if all_day {
                    let day: jiff::civil::Date = place.date.0.parse().unwrap();
                    day.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp().as_second()
                } else {
                    place.date_time.0.parse::<jiff::Timestamp>().unwrap().as_second()
                }
            };
            if entry.status.0 == "cancelled" {
                transaction.execute("DELETE FROM event WHERE id = ?1", [&entry.id.0]).unwrap();
                continue;
            }
            let people = entry.attendees.iter().map(|person| &*person.email.0).collect::<Vec<_>>().join("\n");
            put.execute(params![
                entry.id.0,
                entry.uid.0,
                entry.etag.0,
                entry.status.0,
                entry.summary.0,
                entry.description.0,
                entry.location.0,
                entry.html_link.0,
                entry.hangout_link.0,
                entry.recurring_event_id.0,
                entry.transparency.0 == "transparent",
                second(&entry.start),
                second(&entry.end),
                all_day,
                entry.start.time_zone.0,
                entry.organizer.email.0,
                people
            ])
            .unwrap();
        }
        match (read.next_page_token, read.next_sync_token) {
            (Some(next), _) => page = format!("{base}&pageToken={next}"),
            (None, token) => {
                transaction.execute("DELETE FROM state", []).unwrap();
                transaction.execute("INSERT INTO state VALUES (?1)", [token]).unwrap();
                break;
            }
        }
    }
    drop(put);
    transaction.commit().unwrap();
}

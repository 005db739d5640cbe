//! What is written for other programs is read back by other programs' readers, whatever stood in the events.

use std::borrow::Cow;

use icalendar::{CalendarComponent, Component as _};
use jiff::Timestamp;
use jiff::civil::date;

use super::agenda::Entry;
use crate::event::{Event, Response, Status, When};
use crate::fuzz::holds::texts;
use crate::index::Calendar;

/// The texts of one event: what and when, then its words.
const PARTS: usize = 6;

fn entry(parts: &[String]) -> Entry {
    let text = |at: usize| parts.get(at).cloned().unwrap_or_default();
    let some = |at: usize| parts.get(at).cloned().map(Cow::from);
    let kind: i64 = text(0).chars().map(|c| i64::from(u32::from(c))).sum();
    let start = Timestamp::from_second((kind - 500) * 86_399).unwrap_or(Timestamp::MAX);
    let day = date(1 + i16::try_from(kind % 9_998).unwrap_or(0), 12, 31);
    let when = match kind % 3 {
        0 => When::Days { first: day, end: day.saturating_add(jiff::Span::new().days(kind % 4)) },
        _ => {
            let length = jiff::SignedDuration::from_secs(kind % 7 * 600);
            When::Time { start, end: start.checked_add(length).unwrap_or(start), zone: some(1) }
        }
    };
    let event = Event {
        remote: text(0).into(),
        uid: text(1).into(),
        version: "1".into(),
        when,
        title: text(1).into(),
        status: if kind % 2 == 0 { Status::Confirmed } else { Status::Tentative },
        response: (kind % 5 == 0).then_some(Response::Declined),
        free: kind % 7 == 0,
        away: false,
        private: kind % 11 == 0,
        location: some(2),
        description: some(3),
        organizer: some(4),
        attendees: some(4).into_iter().collect(),
        url: some(5),
        meeting: some(5),
        series: (kind % 2 == 0).then(|| "s".into()),
        updated: (kind % 3 == 0).then_some(kind),
    };
    Entry { event, calendars: vec![0] }
}

/// As RFC 5545 has it, without a library: names with values, unfolded.
fn unfolded(text: &str) -> Vec<(String, String)> {
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    for line in lines {
        assert!(line.len() <= 75, "{} octets: {line:?}", line.len());
        assert!(!line.contains(|c: char| c.is_control() && c != '\t'), "{line:?}");
    }
    let text = text.replace("\r\n ", "");
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    lines.map(|line| line.split_once(':').unwrap()).map(|(name, value)| (name.into(), value.into())).collect()
}

fn unescaped(value: &str) -> String {
    let (mut text, mut chars) = (String::new(), value.chars());
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next().unwrap() {
                'n' => text.push('\n'),
                c @ ('\\' | ';' | ',') => text.push(c),
                other => panic!("\\{other} is no escape"),
            },
            ';' | ',' => panic!("{c} stands bare in {value:?}"),
            c => text.push(c),
        }
    }
    text
}

/// What a text may lose: how its lines end, and what controls.
fn kept(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n");
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

pub(crate) fn ics(data: &[u8]) {
    let texts = texts(data);
    let (name, rest) = texts.split_first().unwrap();
    let entries: Vec<Entry> = rest.chunks(PARTS).map(entry).collect();
    let calendars = [Calendar { name: name.clone(), ..Calendar::default() }];
    let text = super::ics::document(&entries, &calendars, name);
    assert_eq!(super::ics::document(&entries, &calendars, name), text, "the same events make the same file");

    let lines = unfolded(&text);
    let all = |wanted: &str| -> Vec<&str> {
        lines.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value.as_str()).collect()
    };
    assert_eq!(all("BEGIN").len(), entries.len() + 1);
    assert_eq!(all("END").len(), entries.len() + 1);
    let words = |property: &str| -> Vec<String> { all(property).into_iter().map(unescaped).collect() };
    let events = || entries.iter().map(|entry| &entry.event);
    assert_eq!(words("SUMMARY"), events().map(|event| kept(&event.title)).collect::<Vec<_>>());
    let places = events().filter_map(|event| event.location.as_deref()).map(kept);
    assert_eq!(words("LOCATION"), places.collect::<Vec<_>>());
    let descriptions = events().filter_map(|event| event.description.as_deref()).map(kept);
    assert_eq!(words("DESCRIPTION"), descriptions.collect::<Vec<_>>());
    assert!(all("CATEGORIES").into_iter().all(|value| unescaped(value) == kept(name)));
    let mut uids = all("UID");
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), entries.len(), "no UID stands twice");
    for url in all("URL") {
        assert!(url.starts_with("http://") || url.starts_with("https://"), "{url}");
    }
    assert!(all("ORGANIZER").into_iter().all(|who| who.starts_with("mailto:") && who.is_ascii()));

    // And by a library that shares nothing with what wrote it.
    let calendar: icalendar::Calendar = text.parse().unwrap();
    let events: Vec<_> = calendar.components.iter().filter_map(CalendarComponent::as_event).collect();
    assert_eq!(events.len(), entries.len());
    for event in events {
        assert!(event.property_value("UID").is_some() || all("UID").contains(&""));
    }
}

pub(crate) fn csv(data: &[u8]) {
    let texts = texts(data);
    let header = ["one", "two", "three"];
    let mut rows: Vec<Vec<String>> = texts.chunks(header.len()).map(<[String]>::to_vec).collect();
    rows.iter_mut().for_each(|row| row.resize(header.len(), String::new()));
    let text = super::csv::document(&header, &rows).unwrap();
    let mut reader = ::csv::Reader::from_reader(text.as_bytes());
    let read: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(read.len(), rows.len());
    for (cell, given) in read.iter().flatten().zip(rows.iter().flatten()) {
        let shown = cell.trim_start_matches(|c: char| c.is_whitespace() || c.is_control());
        assert!(!shown.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "a formula: {cell:?}");
        assert_eq!(cell.strip_prefix('\'').filter(|_| !given.starts_with('\'')).unwrap_or(cell), given);
    }
}

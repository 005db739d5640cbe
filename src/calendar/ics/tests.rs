use icalendar::{CalendarComponent, CalendarDateTime, Component as _, DatePerhapsTime, EventLike as _};

use super::*;

fn entry(uid: &str, series: bool, when: When<'static>, title: &str) -> Entry {
    let event = Event {
        remote: "r".into(),
        uid: uid.to_owned().into(),
        version: "1".into(),
        when,
        title: title.to_owned().into(),
        status: Status::Tentative,
        response: None,
        free: false,
        away: false,
        private: true,
        location: Some("Room 5, \"Nord\"; 2nd\r\nfloor".into()),
        description: Some("one\rtwo\0\u{1b}[2J\nBEGIN:VEVENT".into()),
        organizer: Some("o@example.org\r\nATTENDEE:mailto:x@y".into()),
        attendees: vec!["a@example.org".into(), "nobody".into(), "ö@example.org".into()],
        url: Some("https://example.org/e?a=1;b,c".into()),
        meeting: Some("https://meet.example/x\r\nX-EVIL:1".into()),
        series: series.then(|| "s".into()),
        updated: Some(1_700_000_000),
    };
    Entry { event, calendars: vec![] }
}

fn timed(start: &str, end: &str) -> When<'static> {
    When::Time { start: start.parse().unwrap(), end: end.parse().unwrap(), zone: Some("Customized".into()) }
}

fn days(first: &str, end: &str) -> When<'static> {
    When::Days { first: first.parse().unwrap(), end: end.parse().unwrap() }
}

/// By a library that shares nothing with what wrote it.
fn read(text: &str) -> Vec<icalendar::Event> {
    let calendar: icalendar::Calendar = text.parse().unwrap();
    let components = calendar.components.into_iter();
    components
        .map(|component| match component {
            CalendarComponent::Event(event) => event,
            other => panic!("{other:?}"),
        })
        .collect()
}

#[test]
fn another_library_reads_what_was_written() {
    let titles = [
        "plain",
        "a,b;c\\d\\n",
        "CR\rLF\nCRLF\r\nend",
        "\0\u{1b}]52;c;x\u{7}",
        "日本".repeat(500).leak(),
        "",
        "END:VEVENT\r\nEND:VCALENDAR",
    ];
    let entries: Vec<Entry> = titles
        .iter()
        .enumerate()
        .map(|(n, title)| {
            entry(&n.to_string(), false, timed("2026-11-21T09:00:00Z", "2026-11-21T10:30:00Z"), title)
        })
        .collect();
    let text = document(&entries, &[], "All, of it");
    assert!(text.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n', '\0', '\u{1b}'])));
    let read = read(&text);
    assert_eq!(read.len(), titles.len());
    let clean = [
        "plain",
        "a,b;c\\d\\n",
        "CR\nLF\nCRLF\nend",
        "]52;c;x",
        &"日本".repeat(500),
        "",
        "END:VEVENT\nEND:VCALENDAR",
    ];
    for (event, title) in read.iter().zip(clean) {
        assert_eq!(event.get_summary().unwrap_or_default(), title);
        assert_eq!(event.get_description(), Some("one\ntwo[2J\nBEGIN:VEVENT"));
        assert_eq!(event.get_location(), Some("Room 5, \"Nord\"; 2nd\nfloor"));
        assert_eq!(
            event.property_value("ORGANIZER"),
            Some("mailto:o@example.org%0D%0AATTENDEE%3Amailto%3Ax@y")
        );
        let attendees = event.multi_properties().get("ATTENDEE").unwrap();
        assert_eq!(attendees.len(), 2);
        assert_eq!(event.property_value("URL"), Some("https://example.org/e?a=1;b,c"));
        assert_eq!(event.property_value("CONFERENCE"), Some("https://meet.example/xX-EVIL:1"));
        assert_eq!(event.property_value("STATUS"), Some("TENTATIVE"));
        assert_eq!(event.property_value("CLASS"), Some("PRIVATE"));
        assert_eq!(event.property_value("TRANSP"), Some("OPAQUE"));
        let DatePerhapsTime::DateTime(CalendarDateTime::Utc(start)) = event.get_start().unwrap() else {
            panic!("{:?}", event.get_start())
        };
        assert_eq!(start.to_rfc3339(), "2026-11-21T09:00:00+00:00");
    }
}

#[test]
fn whole_days_are_dates_and_the_far_ends_of_time_are_written() {
    let entries = [
        entry("a", false, days("2026-12-24", "2026-12-27"), "days"),
        entry("b", false, days("2026-12-24", "2026-12-24"), "no length"),
        entry("c", false, days("0001-01-01", "0001-01-02"), "first"),
        entry("d", false, days("9999-12-30", "9999-12-31"), "last"),
        entry("e", false, timed("-009999-01-02T01:59:59Z", "9999-12-30T22:00:00Z"), "all"),
    ];
    let text = document(&entries, &[], "x");
    for line in [
        "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\n",
        "DTSTART;VALUE=DATE:00010101\r\nDTEND;VALUE=DATE:00010102\r\n",
        "DTSTART;VALUE=DATE:99991230\r\nDTEND;VALUE=DATE:99991231\r\n",
    ] {
        assert!(text.contains(line), "{text}");
    }
    assert_eq!(text.matches("DTEND").count(), 4, "what has no length has no end");
    assert_eq!(read(&text).len(), 5);
}

#[test]
fn no_uid_stands_twice() {
    let one = || entry("u", true, timed("2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z"), "x");
    let entries = [
        one(),
        entry("u", true, timed("2026-11-28T09:00:00Z", "2026-11-28T10:00:00Z"), "next week"),
        one(),
        entry("single", false, days("2026-12-24", "2026-12-25"), "y"),
        entry("single", false, days("2026-12-26", "2026-12-27"), "y"),
    ];
    let text = document(&entries, &[], "x");
    let uids: Vec<String> =
        read(&text).iter().filter_map(|event| event.get_uid().map(str::to_owned)).collect();
    assert_eq!(
        uids,
        ["u_20261121T090000Z", "u_20261128T090000Z", "u_20261121T090000Z_2", "single", "single_20261226_2"]
    );
    assert_eq!(document(&entries, &[], "x"), text, "the same events make the same file");
}

/// Ids that differ only in what a line of a calendar cannot hold.
#[test]
fn no_uid_stands_twice_once_it_is_written() {
    let when = || timed("2026-11-21T09:00:00Z", "2026-11-21T10:00:00Z");
    let text =
        document(&["u", "u\0", "u\r\n", "u\n", "\u{1b}"].map(|uid| entry(uid, false, when(), "x")), &[], "x");
    let mut uids: Vec<&str> = text.lines().filter(|line| line.starts_with("UID:")).collect();
    uids.sort_unstable();
    uids.dedup();
    assert_eq!(uids.len(), 5, "{uids:?}");
}

use super::*;

fn calendar(name: &str) -> Calendar {
    Calendar {
        id: 1,
        connection: "google".into(),
        remote: name.into(),
        name: name.into(),
        color: Some("#0b8043".into()),
        enabled: true,
        pass: 1,
        ..Calendar::default()
    }
}

fn entry(title: &str, when: When<'static>, place: usize) -> Entry {
    let event = Event {
        remote: "r".into(),
        uid: "u".into(),
        version: "1".into(),
        when,
        title: title.to_owned().into(),
        status: Status::Confirmed,
        response: None,
        free: false,
        away: false,
        private: false,
        location: None,
        description: None,
        organizer: None,
        attendees: Vec::new(),
        url: None,
        meeting: None,
        series: None,
        updated: None,
    };
    Entry { event, calendars: vec![place] }
}

fn time(start: &str, end: &str, zone: &str) -> When<'static> {
    When::Time {
        start: start.parse().unwrap(),
        end: end.parse().unwrap(),
        zone: Some(zone.to_owned().into()),
    }
}

fn days(first: &str, end: &str) -> When<'static> {
    When::Days { first: first.parse().unwrap(), end: end.parse().unwrap() }
}

/// 21 November 2026, 10:42 in Zürich, and the three days from then on.
fn shown(entries: &[Entry], width: Option<usize>) -> String {
    let calendars = [calendar("Work"), calendar("Home")];
    let now: Zoned = "2026-11-21T10:42:00+01:00[Europe/Zurich]".parse().unwrap();
    let stretch = Stretch::asked(None, Some("+2d"), false, &now).unwrap();
    let agenda = Agenda { calendars: &calendars, now: &now, zone: now.time_zone(), stretch, width };
    agenda.text(entries).text().to_owned()
}

fn some() -> Vec<Entry> {
    let mut all = vec![
        entry("Holiday", days("2026-11-20", "2026-11-23"), 1),
        entry("Standup", time("2026-11-21T08:00:00Z", "2026-11-21T08:15:00Z", "Europe/Berlin"), 0),
        entry("Call", time("2026-11-21T09:30:00Z", "2026-11-21T11:00:00Z", "America/New_York"), 0),
        entry("Odd", time("2026-11-21T12:00:00Z", "2026-11-21T12:00:00Z", "Customized Time Zone"), 0),
        entry("Night shift", time("2026-11-21T21:00:00Z", "2026-11-22T05:00:00Z", "Europe/Zurich"), 1),
        entry(
            "Conference",
            time("2026-11-21T22:30:00Z", "2026-11-23T11:00:00Z", "W. Europe Standard Time"),
            0,
        ),
        entry(" \u{1b}[31m\r\n", time("2026-11-22T23:00:00Z", "2026-11-23T00:00:00Z", "Europe/Zurich"), 0),
    ];
    all[2].event.response = Some(Response::None);
    all[2].event.location = Some("Room 5, second floor\nBahnhofstrasse".into());
    all[3].event.response = Some(Response::Declined);
    all[4].event.meeting = Some("https://meet.example/abc?x=y".into());
    all
}

#[test]
fn by_day_with_what_is_running_and_what_lasts() {
    let expected = "\
Saturday 21 November 2026 · today
  all day      Holiday · day 2 of 3 · Home
  09:00–09:15  Standup · Work
  10:30–12:00  Call · not answered · 04:30 New York · Room 5, second floor · Work
  10:42 now    ─────────────────────────────────────────────
  13:00        Odd · declined · time zone “Customized Time Zone” · Work
  22:00 →      Night shift · meet.example · Home
  23:30 →      Conference · day 1 of 3 · Work

Sunday 22 November 2026 · tomorrow
  all day      Holiday · day 3 of 3 · Home
      → 06:00  Night shift · meet.example · Home
      →        Conference · day 2 of 3 · Work

Monday 23 November 2026
      → 12:00  Conference · day 3 of 3 · Work
  00:00–01:00  \u{fffd}[31m · Work";
    assert_eq!(shown(&some(), None), expected);
}

#[test]
fn a_line_is_a_line_at_any_width() {
    let mut all = some();
    let long = "Quarterly planning with everybody and then some 日本語のタイトル 👩‍🚀 ".repeat(4);
    for entry in &mut all {
        entry.event.title = format!("{}{long}", entry.event.title).into();
        entry.event.location = Some("東京都千代田区丸の内一丁目九番一号".into());
    }
    for width in [40, 41, 60, 61, 80, 100, 119, 120] {
        let text = shown(&all, Some(width));
        assert_eq!(text.lines().count(), shown(&all, None).lines().count());
        for line in text.lines() {
            assert!(measure_text_width(line) <= width, "{width}: {line}");
        }
        assert!(width < 60 || text.contains("not answered"), "{width}: what matters is cut first\n{text}");
    }
    // What fits is not cut.
    assert!(!shown(&some(), Some(120)).contains('…'));
}

#[test]
fn a_day_without_events_is_shown_where_it_is_today() {
    assert_eq!(shown(&[], Some(60)).lines().count(), 2);
    let far = [entry("All of time", days("-009999-01-01", "9999-12-31"), 0)];
    assert_eq!(shown(&far, Some(80)).matches("All of time").count(), 3);
    let ends = [entry("Far", time("-009999-01-02T01:59:59Z", "9999-12-30T22:00:00Z", "UTC"), 0)];
    assert_eq!(shown(&ends, Some(80)).matches("Far").count(), 3);
}

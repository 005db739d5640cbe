//! What is on, as a person and a script are told (SY6 and SY8 as far as they are seen).

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::evil::api::HOSTILE;
use crate::home::Output;
use crate::scene::Scene;
use crate::server::event::today;
use crate::server::{Calendar, Dialect, Event};

/// So many days from today, in UTC.
pub(crate) fn day(days: i64) -> Date {
    jiff::Timestamp::from_second(today() + days * 86_400).unwrap().to_zoned(jiff::tz::TimeZone::UTC).date()
}

pub(crate) fn events(scene: &Scene, args: &[&str]) -> Vec<Value> {
    let mut all = vec!["calendar", "events", "--json", "--tz", "UTC"];
    all.extend(args);
    let document = scene.home.run(&all).exits(&[0]).json();
    assert_eq!(document["v"], 1);
    document["events"].as_array().unwrap().clone()
}

fn titles(scene: &Scene, args: &[&str]) -> Vec<String> {
    events(scene, args).iter().map(|event| event["title"].as_str().unwrap().to_owned()).collect()
}

fn text(scene: &Scene, args: &[&str]) -> Output {
    let mut all = vec!["calendar", "events"];
    all.extend(args);
    let output = scene.home.run(&all);
    output.exits(&[0]);
    output
}

fn synced(events: Vec<Event>) -> Scene {
    let scene = Scene::new(Dialect::Google);
    for event in events {
        scene.server.put("primary", event);
    }
    scene.sync(&[]).exits(&[0]);
    scene
}

#[test]
fn an_event_has_every_field() {
    let more = json!({"organizer": {"email": "ana@example.com"}, "description": "All of it", "location": "Room 5", "transparency": "transparent",
        "visibility": "private", "hangoutLink": "https://meet.example/x", "status": "tentative",
        "attendees": [{"email": "bo@example.com"}, {"email": "me@example.com", "self": true, "responseStatus": "declined"}]});
    let scene = synced(vec![Event::new("a", 9).titled("Offer").with(more), Event::day("d", 0)]);
    let all = events(&scene, &[]);
    assert_eq!(all.len(), 2);
    let expected = json!({
        "id": "a", "uid": "a@example.com", "connections": ["evil"], "calendars": ["Main"], "title": "Offer",
        "status": "tentative", "response": "declined", "all_day": false,
        "start": format!("{}T09:00:00+00:00", day(0)), "end": format!("{}T10:00:00+00:00", day(0)),
        "time_zone": "Europe/Zurich", "location": "Room 5", "description": "All of it",
        "organizer": "ana@example.com", "attendees": ["bo@example.com", "me@example.com"],
        "url": "https://calendar.example/event?eid=a", "meeting_url": "https://meet.example/x", "free": true,
        "private": true, "series": null,
    });
    assert_eq!(all[1], expected);
    assert_eq!((&all[0]["start"], &all[0]["end"]), (&json!(day(0).to_string()), &json!(day(1).to_string())));
    assert_eq!((&all[0]["all_day"], &all[0]["time_zone"]), (&json!(true), &Value::Null));
}

#[test]
fn what_is_asked_for_is_what_is_shown() {
    let declined = json!({"organizer": {"email": "ana@example.com"}, "attendees": [{"email": "me@example.com", "self": true, "responseStatus": "declined"}]});
    let scene = synced(vec![
        Event::new("today", 9).titled("Offer for Acme"),
        Event::new("place", 11).titled("Elsewhere").with(json!({"location": "At ACME's"})),
        Event::new("no", 12).titled("No").with(declined),
        Event::day("day", 0).titled("Whole day"),
        Event::new("next", 33).titled("Tomorrow"),
        Event::new("eighth", 7 * 24 + 1).titled("In a week"),
        Event::new("past", -20).titled("Yesterday"),
    ]);
    assert_eq!(titles(&scene, &[]), ["Whole day", "Offer for Acme", "Elsewhere", "No"]);
    assert_eq!(titles(&scene, &["--no-declined", "--no-all-day"]), ["Offer for Acme", "Elsewhere"]);
    assert_eq!(titles(&scene, &["--all-day"]), ["Whole day"]);
    assert_eq!(titles(&scene, &["acme"]), ["Offer for Acme", "Elsewhere"]);
    assert_eq!(titles(&scene, &["acme", "offer"]), ["Offer for Acme"]);
    assert_eq!(titles(&scene, &["--week", "--no-all-day", "--no-declined"]).last().unwrap(), "Tomorrow");
    assert_eq!(titles(&scene, &["--from", "+7d"]), ["In a week"]);
    assert_eq!(titles(&scene, &["--from", "yesterday", "--to", "yesterday"]), ["Yesterday"]);
    assert_eq!(titles(&scene, &["--from", "-1d", "--to", "-1d"]), ["Yesterday"]);
    let (from, to) = (format!("{}T09:30", day(0)), format!("{}T11:00Z", day(0)));
    assert_eq!(titles(&scene, &["--from", &from, "--to", &to, "--no-all-day"]), ["Offer for Acme"]);
    let none = text(&scene, &["--from", "+20d"]);
    assert!(none.out().is_empty());
    none.says("Nothing from");
    assert_eq!(titles(&scene, &["--from", "+1d"]), ["Tomorrow", "In a week"], "seven days");
}

#[test]
fn what_cannot_be_asked_for_is_said() {
    let scene = synced(vec![]);
    for (args, words) in [
        (&["--from", "someday"][..], "2026-11-25"),
        (&["--from", "tomorrow", "--to", "today"], "ends before it begins"),
        (&["--tz", "zurich"], "Europe/Zurich"),
        (&["--tz", "Europe/Zürich"], "Europe/Zurich"),
        (&["--tz", "Mars/Olympus"], "no time zone"),
        (&["--calendar", "Mian"], "did you mean `Main`"),
        (&["--ics", "--csv"], "cannot be used with"),
        (&["--json", "--ics"], "only one of"),
        (&["--week", "--to", "today"], "cannot be used with"),
    ] {
        let mut all = vec!["calendar", "events"];
        all.extend(args);
        scene.home.run(&all).exits(&[2]).says(words);
    }
    scene.home.run(&["calendar", "events", "--json", "--from", "\u{1b}[2J"]).exits(&[2]).json();
}

#[test]
fn one_event_in_several_calendars_is_one_line() {
    let scene = Scene::new(Dialect::Google);
    scene.server.state().calendars.insert("team@example.com".into(), Calendar::new("Team"));
    let shared = json!({"iCalUID": "shared@example.com"});
    scene.server.put(
        "primary",
        Event { zone: "UTC".into(), ..Event::new("mine", 9).titled("Standup").with(shared.clone()) },
    );
    let there = json!({"iCalUID": "shared@example.com", "location": "Room 1"});
    scene.server.put("team@example.com", Event::new("theirs", 9).titled("Standup (team)").with(there));
    // The same series at another time is another event.
    scene.server.put("team@example.com", Event::new("later", 11).titled("Standup again").with(shared));
    scene.home.run(&["calendar", "list"]).exits(&[0]);
    scene.home.run(&["calendar", "enable", "team"]).exits(&[0]);
    scene.sync(&[]).exits(&[0]);
    let all = events(&scene, &[]);
    assert_eq!(all.len(), 2, "{all:?}");
    assert_eq!((&all[0]["title"], &all[0]["calendars"]), (&json!("Standup"), &json!(["Main", "Team"])));
    assert_eq!(all[0]["connections"], json!(["evil"]));
    assert_eq!(all[0]["location"], "Room 1", "what the first does not say");
    let shown = text(&scene, &["--tz", "UTC"]).out();
    assert!(shown.contains("  09:00–10:00  Standup · Room 1 · Main, Team\n"), "{shown}");
    assert_eq!(titles(&scene, &["--calendar", "evil/team"]), ["Standup (team)", "Standup again"]);
    scene.home.run(&["calendar", "disable", "team"]).exits(&[0]);
    assert_eq!(titles(&scene, &[]), ["Standup"]);
}

/// Two of a series may have been moved to one time; and the person's answer may stand in one copy only.
#[test]
fn copies_are_joined_across_calendars_alone_and_answers_count_wherever_they_stand() {
    let scene = Scene::new(Dialect::Google);
    scene.server.state().calendars.insert("team@example.com".into(), Calendar::new("Team"));
    let series = json!({"iCalUID": "s@example.com", "recurringEventId": "s"});
    for calendar in ["primary", "team@example.com"] {
        for id in ["s_1", "s_2"] {
            scene.server.put(calendar, Event::new(id, 9).titled(id).with(series.clone()));
        }
    }
    let people = |me: &str, answer: &str| {
        json!({"iCalUID": "no@example.com", "organizer": {"email": "ana@example.com"},
            "attendees": [{"email": me, "self": true, "responseStatus": answer}]})
    };
    let no = Event::new("no", 11).titled("No");
    scene.server.put("primary", no.clone().with(people("me@example.com", "declined")));
    scene.server.put("team@example.com", no.with(people("team@example.com", "accepted")));
    scene.home.run(&["calendar", "list"]).exits(&[0]);
    scene.home.run(&["calendar", "enable", "team"]).exits(&[0]);
    scene.sync(&[]).exits(&[0]);
    let all = events(&scene, &["--calendar", "team", "--calendar", "main"]);
    assert_eq!(all.iter().map(|one| &one["title"]).collect::<Vec<_>>(), ["s_1", "s_2", "No"]);
    assert!(all.iter().all(|one| one["calendars"] == json!(["Team", "Main"])), "{all:?}");
    assert_eq!(all[2]["response"], "declined");
    assert_eq!(titles(&scene, &["--no-declined"]), ["s_1", "s_2"]);
    let found = scene.home.run(&["time", "convert", "--tz", "UTC", "--json"]).exits(&[0]).json();
    assert_eq!(
        (found["entries"].as_array().unwrap().len(), &found["skipped"][0]["reason"]),
        (2, &json!("declined"))
    );
}

/// The day and the hour are those of the person's zone, whatever the event's own is; a zone that nobody knows is told.
#[test]
fn sy6_times_are_shown_where_the_person_is() {
    let zoned = |id: &str, zone: &str| Event { zone: zone.into(), ..Event::new(id, 23) };
    let scene = synced(vec![zoned("a", "America/New_York"), zoned("b", "Mars/Olympus"), Event::day("d", 0)]);
    let in_zone = |zone: &str| {
        let args = ["calendar", "events", "--json", "--from", "-2d", "--to", "+2d", "--tz", zone];
        scene.home.run(&args).exits(&[0]).json()["events"].clone()
    };
    let starts = |zone: &str| {
        let all = in_zone(zone);
        let timed = all.as_array().unwrap().iter().find(|event| event["all_day"] == false).unwrap().clone();
        timed["start"].as_str().unwrap().to_owned()
    };
    assert_eq!(starts("UTC"), format!("{}T23:00:00+00:00", day(0)));
    assert_eq!(starts("Pacific/Kiritimati"), format!("{}T13:00:00+14:00", day(1)));
    assert_eq!(starts("Asia/Kathmandu"), format!("{}T04:45:00+05:45", day(1)));
    assert_eq!(starts("India Standard Time"), format!("{}T04:30:00+05:30", day(1)), "a Windows name");
    for zone in ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"] {
        let all = in_zone(zone);
        let whole = all.as_array().unwrap().iter().find(|event| event["all_day"] == true).unwrap();
        assert_eq!(whole["start"], day(0).to_string(), "a date is a date anywhere");
    }
    assert_eq!(in_zone("UTC")[2]["time_zone"], "Mars/Olympus");
    text(&scene, &["--tz", "UTC"]).says("“Mars/Olympus”").says("New York");
    // The machine's own zone where nobody says another.
    let local = scene
        .home
        .call(&["calendar", "events", "--from", "-2d", "--to", "+2d"])
        .env("TZ", "Pacific/Kiritimati");
    local.run().exits(&[0]).says("13:00–14:00");
}

#[test]
fn sy6_the_far_ends_of_time_are_shown() {
    let scene = synced(vec![Event::new("a", 9)]);
    let sql = scene.sql();
    let put = |remote: &str, start: i64, end: i64, all_day: bool| {
        sql.execute(
            "INSERT INTO event (calendar, remote, pass, uid, version, start, end, all_day, title, status, free, private)
             SELECT id, ?1, pass, ?1, '1', ?2, ?3, ?4, ?1, 'confirmed', 0, 0 FROM calendar",
            (remote, start, end, all_day),
        )
        .unwrap();
    };
    put("first day", -62_135_596_800, -62_135_510_400, true);
    put("last day", 253_402_214_400, 253_402_300_800, true);
    put("last hour", 253_402_297_200, 253_402_300_799, false);
    put("no number", i64::MIN, i64::MAX, false);
    put("no date", i64::MIN, i64::MAX, true);
    drop(sql);
    for zone in ["UTC", "Pacific/Kiritimati", "America/New_York"] {
        for span in [
            ["0001-01-01", "0001-01-02"],
            ["9999-12-29", "9999-12-31"],
            ["0001-01-01", "9999-12-31"],
            ["today", "today"],
        ] {
            for form in ["--json", "--ics", "--csv", "--no-declined"] {
                let args = ["calendar", "events", "--from", span[0], "--to", span[1], "--tz", zone, form];
                scene.home.run(&args).exits(&[0]);
            }
        }
    }
    assert_eq!(titles(&scene, &["--from", "0001-01-01", "--all-day"]), ["no date", "first day"]);
    assert!(titles(&scene, &["--from", "9999-12-30", "--to", "9999-12-31"]).contains(&"last day".to_owned()));
}

#[test]
fn sy8_what_a_stranger_wrote_is_kept_as_it_is_and_shown_clean() {
    let names = [
        HOSTILE,
        "\u{1b}]52;c;eA==\u{7}",
        "a\r\nb\rc\nd",
        "\0nul\0",
        "=HYPERLINK(\"http://evil\")",
        "+1",
        "-1",
        "@SUM",
        "\tx",
        "\rx",
        "a;b,c\\d\"e",
    ];
    let put = |(n, name): (usize, &&str)| {
        Event::new(&format!("e{n}"), n as i64)
            .titled(name)
            .with(json!({"location": name, "description": name}))
    };
    let scene = synced(names.iter().enumerate().map(put).collect());
    // That nothing of it reaches the terminal raw is asserted of every run.
    let shown = text(&scene, &["--tz", "UTC"]);
    assert_eq!(
        shown.out().lines().filter(|line| line.contains("–")).count(),
        names.len(),
        "a line each\n{}",
        shown.out()
    );
    assert_eq!(titles(&scene, &[]), names, "the JSON lost something");
    let csv = text(&scene, &["--csv", "--tz", "UTC"]);
    let mut reader = csv::Reader::from_reader(csv.stdout.as_slice());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), names.len());
    for cell in rows.iter().flatten() {
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell:?}");
    }
    assert_eq!(&rows[4][3], "'=HYPERLINK(\"http://evil\")");
    assert_eq!(&rows[10][3], names[10]);
    let ics = text(&scene, &["--ics", "--tz", "UTC"]).out();
    assert!(ics.split("\r\n").all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{ics:?}");
    let calendar: icalendar::Calendar = ics.parse().unwrap();
    assert_eq!(calendar.events().count(), names.len());
    assert_eq!(calendar.components.len(), names.len());
    use icalendar::Component as _;
    let clean: Vec<String> =
        calendar.events().map(|event| event.get_summary().unwrap_or_default().to_owned()).collect();
    assert_eq!(clean[2], "a\nb\nc\nd");
    assert_eq!(clean[3], "nul");
    assert_eq!(clean[4..8], names[4..8]);
    assert_eq!(clean[10], names[10]);
}

/// Damage among the events of a large index is met by who reads them, and mended by the next command.
#[test]
fn damage_among_the_events_of_a_large_index_is_mended() {
    let scene = synced(vec![]);
    let sql = scene.sql();
    sql.execute_batch(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
         INSERT INTO event (calendar, remote, pass, uid, version, start, end, all_day, title, status, free, private, description)
         SELECT calendar.id, 'r' || i, pass, 'u' || i, '1', unixepoch() + i, unixepoch() + i, 0, 't', 'confirmed', 0, 0,
                hex(zeroblob(200)) FROM n, calendar;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    drop(sql);
    let mut bytes = std::fs::read(scene.home.index()).unwrap();
    assert!(bytes.len() > 5 << 20);
    // Wherever its parts are: every second page of the last half, which is events and nothing else.
    let pages = bytes.len() / 4096;
    for page in (pages / 2..pages).step_by(2) {
        bytes[page * 4096..(page + 1) * 4096].fill(0x55);
    }
    for tail in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(scene.home.data().join(format!("index.db{tail}")));
    }
    std::fs::write(scene.home.index(), bytes).unwrap();
    scene.home.run(&["calendar", "events", "--from", "-1d", "--to", "+1d"]).exits(&[5]).says("damaged");
    scene.home.run(&["status"]).exits(&[0]).says("was damaged");
    scene.home.run(&["calendar", "events"]).exits(&[0]);
    scene.home.index_is_sound();
}

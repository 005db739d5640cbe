//! `time convert`: which events become entries, under which project, how they are counted, and never twice.

use serde_json::Value;

use super::mirror::{EVENT, Event, Mirror};
use super::{document, entries, time, titles};
use crate::seal::Home;

const DAY: [&str; 3] = ["convert", "--on", "2026-11-20"];

fn reasons(document: &Value) -> Vec<(&str, &str)> {
    let skipped = document["skipped"].as_array().unwrap();
    skipped.iter().map(|one| (one["id"].as_str().unwrap(), one["reason"].as_str().unwrap())).collect()
}

#[test]
fn a_day_is_converted_once_without_what_is_no_work() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.put(&EVENT);
    mirror.put(&Event {
        id: "day",
        uid: "day@x",
        all_day: true,
        start: "2026-11-20T00:00:00Z",
        end: "2026-11-21T00:00:00Z",
        ..EVENT
    });
    mirror.put(&Event { id: "no", uid: "no@x", response: Some("declined"), ..EVENT });
    mirror.put(&Event { id: "free", uid: "free@x", free: true, ..EVENT });
    mirror.put(&Event { id: "point", uid: "point@x", end: EVENT.start, ..EVENT });
    mirror.put(&Event {
        id: "yes",
        uid: "yes@x",
        response: Some("tentative"),
        start: "2026-11-20T22:30:00Z",
        end: "2026-11-21T00:30:00Z",
        title: "Late",
        ..EVENT
    });
    mirror.put(&Event {
        id: "next",
        uid: "next@x",
        start: "2026-11-20T23:30:00Z",
        end: "2026-11-21T00:30:00Z",
        ..EVENT
    });
    let before = document(&home, &[&DAY[..], &["--dry-run"]].concat());
    assert_eq!(
        (before["dry_run"].clone(), titles(before["entries"].as_array().unwrap()).len()),
        (true.into(), 2)
    );
    assert!(before["entries"][0]["id"].is_null());
    assert!(entries(&home, &["list"]).is_empty(), "a dry run recorded something");
    let first = document(&home, &DAY);
    assert_eq!(titles(first["entries"].as_array().unwrap()), ["Call", "Late"]);
    let mut why = reasons(&first);
    why.sort_unstable();
    assert_eq!(why, [("day", "all-day"), ("free", "free"), ("no", "declined"), ("point", "no-length")]);
    let entry = &first["entries"][0];
    assert_eq!(
        (&entry["id"], &entry["start"], &entry["status"]),
        (&1.into(), &"2026-11-20T10:00:00+01:00".into(), &"pending".into())
    );
    assert_eq!(
        (&entry["event"]["connection"], &entry["event"]["calendar"], &entry["event"]["id"]),
        (&"google".into(), &"me@x".into(), &"call-1".into())
    );
    let again = document(&home, &DAY);
    assert!(again["entries"].as_array().unwrap().is_empty());
    assert_eq!(reasons(&again).iter().filter(|(_, reason)| *reason == "converted").count(), 2);
    assert_eq!(entries(&home, &["list"]).len(), 2);
    // What was rejected does not come back; what was removed may.
    time(&home, &["reject", "1"]).expect(0);
    time(&home, &["remove", "2", "--yes"]).expect(0);
    assert_eq!(titles(&entries(&home, &DAY)), ["Late"]);
}

#[test]
fn one_event_is_found_by_its_id_or_its_title() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    for (id, uid, title, start, end) in [
        ("abcdef1_20261120", "s@x", "Standup", "2026-11-20T08:00:00Z", "2026-11-20T08:15:00Z"),
        ("abcdef1_20261119", "s@x", "Standup", "2026-11-19T08:00:00Z", "2026-11-19T08:15:00Z"),
        ("kick", "k@x", "Kick-off: Acme", "2026-11-19T10:00:00Z", "2026-11-19T11:00:00Z"),
        ("kicker", "kk@x", "Football", "2026-11-19T18:00:00Z", "2026-11-19T19:00:00Z"),
    ] {
        let series = (title == "Standup").then_some("abcdef1");
        mirror.put(&Event { id, uid, title, start, end, series, ..EVENT });
    }
    let span = ["--from", "2026-11-16", "--to", "2026-11-20"];
    let ended = time(&home, &[&["convert", "standup"], &span[..]].concat()).expect(2);
    assert!(
        ended.stderr.contains("abcdef1_20261119") && ended.stderr.contains("abcdef1_20261120"),
        "{}",
        ended.stderr
    );
    time(&home, &["convert", "abcdef1"]).expect(2);
    assert_eq!(
        entries(&home, &["convert", "standup", "--on", "2026-11-19"])[0]["event"]["id"],
        "abcdef1_20261119"
    );
    assert_eq!(entries(&home, &["convert", "abcdef1_20261120"])[0]["date"], "2026-11-20");
    assert_eq!(entries(&home, &["convert", "kick"])[0]["title"], "Kick-off: Acme");
    assert_eq!(
        entries(&home, &["convert", "foot", "--week=2026-W47", "--project", "fun"])[0]["project"],
        "fun"
    );
    let again = document(&home, &["convert", "kick"]);
    assert_eq!(again["skipped"][0]["reason"], "converted");
    for unknown in ["nothing", "", "%"] {
        time(&home, &[&["convert", unknown], &span[..]].concat()).expect(2);
    }
}

/// A whole day has a date, whatever the zone.
#[test]
fn whole_days_that_may_be_meant_are_named_by_their_dates() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    for (id, start, end) in [
        ("fair1", "2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
        ("fair2", "2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
    ] {
        mirror.put(&Event { id, uid: id, title: "Fair", start, end, all_day: true, ..EVENT });
    }
    let span = ["--from", "2026-11-16", "--to", "2026-11-20", "--tz", "America/New_York"];
    let ended = time(&home, &[&["convert", "fair"], &span[..]].concat()).expect(2);
    let words = "fair1 (Thu 2026-11-19, Fair); fair2 (Fri 2026-11-20, Fair)";
    assert!(ended.stderr.contains(words), "{}", ended.stderr);
    // And it belongs to its own day.
    let found = document(&home, &["convert", "--on", "2026-11-20", "--tz", "America/New_York"]);
    assert_eq!(reasons(&found), [("fair2", "all-day")]);
}

#[test]
fn rules_give_projects_and_choose() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.calendar("google", "team@x", "Team");
    mirror.put(&Event { id: "a", uid: "a@x", title: "Talk", attendees: "bob@eu.acme.com\nme@x", ..EVENT });
    mirror.put(&Event {
        id: "b",
        uid: "b@x",
        title: "Recall",
        start: "2026-11-20T11:00:00Z",
        end: "2026-11-20T12:00:00Z",
        ..EVENT
    });
    mirror.put(&Event {
        id: "c",
        uid: "c@x",
        title: "Offer: Big call",
        start: "2026-11-20T12:00:00Z",
        end: "2026-11-20T13:00:00Z",
        ..EVENT
    });
    mirror.put_in(
        "team@x",
        &Event {
            id: "d",
            uid: "d@x",
            title: "Retro",
            start: "2026-11-20T13:00:00Z",
            end: "2026-11-20T14:00:00Z",
            ..EVENT
        },
    );
    mirror.put_in(
        "team@x",
        &Event {
            id: "e",
            uid: "e@x",
            title: "Call",
            start: "2026-11-20T14:00:00Z",
            end: "2026-11-20T15:00:00Z",
            ..EVENT
        },
    );
    time(&home, &[&DAY[..], &["--rules"]].concat()).expect(2);
    for (key, value) in [
        ("time.rules.acme.attendee", "acme.com"),
        ("time.rules.acme.project", "acme"),
        ("time.rules.acme.client", "Acme Ltd"),
        ("time.rules.calls.words", "[\"call\", \"phone\"]"),
        ("time.rules.calls.calendar", "work"),
        ("time.rules.calls.project", "calls"),
        ("time.rules.team.calendar", "google/TEAM"),
        ("time.rules.team.project", "team"),
    ] {
        home.run(&["config", "set", key, value]).expect(0);
    }
    let planned = document(&home, &[&DAY[..], &["--rules", "--dry-run"]].concat());
    let found: Vec<(&str, &str)> = planned["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| (entry["title"].as_str().unwrap(), entry["project"].as_str().unwrap()))
        .collect();
    assert_eq!(found, [("Talk", "acme"), ("Offer: Big call", "calls"), ("Retro", "team"), ("Call", "team")]);
    assert_eq!(reasons(&planned), [("b", "no-rule")]);
    assert_eq!(planned["entries"][0]["client"], "Acme Ltd");
    assert_eq!(titles(&entries(&home, &[&DAY[..], &["--rule", "acme"]].concat())), ["Talk"]);
    assert_eq!(
        titles(&entries(&home, &[&DAY[..], &["--calendar", "team", "--project", "mine"]].concat())),
        ["Retro", "Call"]
    );
    assert_eq!(entries(&home, &["list", "--project", "mine"]).len(), 2);
    // Without --rules the rest comes too, under no project.
    let rest = entries(&home, &DAY);
    assert_eq!(titles(&rest), ["Recall", "Offer: Big call"]);
    assert!(rest[0]["project"].is_null());
    time(&home, &[&DAY[..], &["--rule", "acne"]].concat()).expect(2);
    time(&home, &[&DAY[..], &["--calendar", "tea"]].concat()).expect(2);
    home.run(&["config", "set", "time.rules.empty.project", "x"]).expect(0);
    let ended = time(&home, &DAY).expect(2);
    assert!(ended.stderr.contains("empty"), "{}", ended.stderr);
}

#[test]
fn time_is_rounded_as_asked_or_as_configured() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.put(&Event { end: "2026-11-20T09:50:00Z", ..EVENT });
    let hours = |arguments: &[&str]| {
        entries(&home, &[&DAY[..], &["--dry-run"], arguments].concat())[0]["seconds"].as_i64().unwrap() / 60
    };
    assert_eq!(hours(&[]), 50);
    assert_eq!(hours(&["--round", "15m"]), 60);
    assert_eq!(hours(&["--round", "15m", "--rounding", "nearest"]), 45);
    home.run(&["config", "set", "time.round", "6m"]).expect(0);
    assert_eq!(hours(&[]), 54);
    home.run(&["config", "set", "time.rounding", "nearest"]).expect(0);
    assert_eq!(hours(&[]), 48);
    assert_eq!(hours(&["--round", "0"]), 50);
    // The times stay what they were.
    let entry = &entries(&home, &DAY)[0];
    assert_eq!((&entry["end"], &entry["hours"]), (&"2026-11-20T10:50:00+01:00".into(), &0.8.into()));
}

#[test]
fn an_event_over_the_change_of_the_clock_counts_what_passed() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    // 00:30 to 03:30 by the clock, both.
    mirror.put(&Event {
        id: "spring",
        uid: "a@x",
        start: "2026-03-28T23:30:00Z",
        end: "2026-03-29T01:30:00Z",
        ..EVENT
    });
    mirror.put(&Event {
        id: "autumn",
        uid: "b@x",
        start: "2026-10-24T22:30:00Z",
        end: "2026-10-25T02:30:00Z",
        ..EVENT
    });
    let spring = &entries(&home, &["convert", "--on", "2026-03-29"])[0];
    let autumn = &entries(&home, &["convert", "--on", "2026-10-25"])[0];
    assert_eq!((&spring["end"], &spring["hours"]), (&"2026-03-29T03:30:00+02:00".into(), &2.0.into()));
    assert_eq!((&autumn["end"], &autumn["hours"]), (&"2026-10-25T03:30:00+01:00".into(), &4.0.into()));
}

#[test]
fn one_event_in_two_calendars_is_one_entry() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.calendar("outlook", "other", "Work");
    mirror.put(&EVENT);
    mirror.put_in("other", &Event { id: "AAMk1", version: "W1", ..EVENT });
    assert_eq!(entries(&home, &DAY).len(), 1);
    assert_eq!(entries(&home, &["convert", "AAMk1"]).len(), 0);
    // Two of a series share the UID.
    for (id, start, end) in [
        ("s_1", "2026-11-19T09:00:00Z", "2026-11-19T09:30:00Z"),
        ("s_2", "2026-11-18T09:00:00Z", "2026-11-18T09:30:00Z"),
    ] {
        mirror.put(&Event { id, uid: "series@x", series: Some("s"), start, end, ..EVENT });
        mirror.put_in("other", &Event { id, uid: "series@x", series: Some("s"), start, end, ..EVENT });
    }
    assert_eq!(entries(&home, &["convert", "--week=2026-W47"]).len(), 2);
}

#[test]
fn twenty_at_once_make_each_entry_once() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    let ids: Vec<&'static str> =
        (0..60).map(|n| &*Box::leak(format!("event-{n}").into_boxed_str())).collect();
    for id in ids {
        mirror.put(&Event { id, uid: id, ..EVENT });
    }
    let running: Vec<_> = (0..20)
        .map(|_| {
            let mut command = home.command(&["time", "convert", "--on", "2026-11-20", "--json"]);
            command
                .env("TZ", "Europe/Berlin")
                .stdout(std::process::Stdio::piped())
                .stderr(std::process::Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    let mut made = 0;
    for one in running {
        let document = crate::seal::Ended::of(one.wait_with_output().unwrap()).expect(0).json();
        made += document["entries"].as_array().unwrap().len();
    }
    assert_eq!((made, entries(&home, &["list"]).len()), (60, 60));
}

/// The copies of one event differ in what they say of the person: the one in their own calendar decides.
#[test]
fn the_own_copy_says_whether_it_is_work_and_any_copy_whose_it_is() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.run("UPDATE calendar SET is_primary = 1");
    // Its connection comes first.
    mirror.calendar("apple", "team@x", "Team");
    let at = |hour: &str| -> (&'static str, &'static str) {
        match hour {
            "9" => ("2026-11-20T09:00:00Z", "2026-11-20T10:00:00Z"),
            "10" => ("2026-11-20T10:00:00Z", "2026-11-20T11:00:00Z"),
            _ => ("2026-11-20T11:00:00Z", "2026-11-20T12:00:00Z"),
        }
    };
    for (id, hour, response, free) in [
        ("no", "9", Some("declined"), false),
        ("off", "10", None, true),
        ("yes", "11", Some("accepted"), false),
    ] {
        let (start, end) = at(hour);
        let event = Event { id, uid: id, title: id, start, end, ..EVENT };
        mirror.put_in("team@x", &Event { response: (id != "off").then_some("none"), ..event.clone() });
        mirror.put(&Event { response, free, ..event });
    }
    // An answer is more than none, even in somebody else's calendar: `off` was answered nowhere else.
    mirror.run("UPDATE event SET response = 'organizer' WHERE remote = 'off' AND free = 1");
    for (key, value) in [("time.rules.team.calendar", "Team"), ("time.rules.team.project", "team")] {
        home.run(&["config", "set", key, value]).expect(0);
    }
    let planned = document(&home, &[&DAY[..], &["--calendar", "team", "--dry-run"]].concat());
    assert_eq!(reasons(&planned), [("no", "declined"), ("off", "free")]);
    let found = document(&home, &DAY);
    assert_eq!(reasons(&found), [("no", "declined"), ("off", "free")]);
    let entry = &found["entries"][0];
    assert_eq!((&entry["title"], &entry["project"]), (&"yes".into(), &"team".into()), "{found}");
    assert_eq!(entry["event"]["connection"], "google", "a later answer of the person must flag it");
    for one in ["no", "off"] {
        let one = document(&home, &["convert", one]);
        assert!(one["entries"].as_array().unwrap().is_empty(), "{one}");
    }
    assert_eq!(reasons(&document(&home, &DAY)).last(), Some(&("yes", "converted")));
}

/// An occurrence that was moved onto another of its series is an event of its own, and copies of both are no further ones.
#[test]
fn two_occurrences_at_one_time_are_two() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.calendar("google", "team@x", "Team");
    let put = |calendar: &str, id: &'static str, title: &'static str| {
        mirror.put_in(calendar, &Event { id, uid: "s@x", title, series: Some("s"), ..EVENT });
    };
    put("me@x", "s_19", "moved");
    assert_eq!(entries(&home, &DAY).len(), 1);
    put("me@x", "s_20", "usual");
    assert_eq!(titles(&entries(&home, &[&DAY[..], &["--dry-run"]].concat())), ["usual"]);
    put("team@x", "s_19", "moved");
    put("team@x", "s_20", "usual");
    assert_eq!(titles(&entries(&home, &DAY)), ["usual"]);
    assert!(entries(&home, &DAY).is_empty());
    assert!(entries(&home, &[&DAY[..], &["--calendar", "team"]].concat()).is_empty());
    assert_eq!(entries(&home, &["list"]).len(), 2);
    // Both at once, in a home that knew neither.
    time(&home, &["remove", "1", "2", "--yes"]).expect(0);
    assert_eq!(entries(&home, &DAY).len(), 2);
}

#[test]
fn days_that_are_not_mirrored_are_not_taken_for_empty() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    let ended = time(&home, &["convert"]).expect(0);
    assert!(ended.stderr.contains("Never synced: google/Work."), "{}", ended.stderr);
    mirror.run("UPDATE calendar SET synced_at = unixepoch() - 7200, window_start = 1792713600, window_end = 4000000000");
    let ended = time(&home, &["convert", "--on", "2026-10-20"]).expect(0);
    for words in ["mirrored only from 2026-10-23 on", "integ sync --past ", "Synced 2 h ago."] {
        assert!(ended.stderr.contains(words), "{words}: {}", ended.stderr);
    }
    let ended = time(&home, &["convert", "--on", "2026-10-23"]).expect(0);
    assert!(!ended.stderr.contains("mirrored only"), "{}", ended.stderr);
    let shown = home.run(&["calendar", "events", "--from", "2097-01-01", "--tz", "UTC", "--json"]).expect(0);
    assert!(shown.stderr.contains("mirrored only up to 2096-10-02"), "{}", shown.stderr);
    let shown = home.run(&["calendar", "events", "--from", "2096-01-01", "--tz", "UTC", "--json"]).expect(0);
    assert!(!shown.stderr.contains("mirrored only"), "{}", shown.stderr);
}

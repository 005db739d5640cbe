//! `time add`, `edit`, `list`, `remove`.

use super::{document, entries, time, titles};
use crate::seal::Home;

#[test]
fn time_is_recorded_as_people_say_it() {
    let home = Home::new();
    for (arguments, hours, start) in [
        (&["45m", "a", "--at", "14:00", "--on", "2026-11-20"][..], 0.75, "2026-11-20T14:00:00+01:00"),
        (&["1h30", "b", "--at", "9:00", "--on", "2026-07-01"], 1.5, "2026-07-01T09:00:00+02:00"),
        (&["1.5h", "c", "--at", "0:00", "--on", "2026-11-20"], 1.5, "2026-11-20T00:00:00+01:00"),
        (&["14:00-14:45", "d", "--on", "2026-11-20"], 0.75, "2026-11-20T14:00:00+01:00"),
        (&["22:00-02:00", "e", "--on", "2026-11-20"], 4.0, "2026-11-20T22:00:00+01:00"),
        // The nights in which the clock is changed: what passed counts.
        (&["01:00-04:00", "f", "--on", "2026-03-29"], 2.0, "2026-03-29T01:00:00+01:00"),
        (&["01:00-04:00", "g", "--on", "2026-10-25"], 4.0, "2026-10-25T01:00:00+02:00"),
        (
            &["2h", "h", "--at", "14:00", "--on", "2026-11-20", "--tz", "Asia/Tokyo"],
            2.0,
            "2026-11-20T14:00:00+09:00",
        ),
    ] {
        let added = entries(&home, &[&["add"], arguments].concat());
        assert_eq!((&added[0]["hours"], &added[0]["start"]), (&hours.into(), &start.into()), "{arguments:?}");
        assert_eq!((&added[0]["status"], &added[0]["flag"]), (&"pending".into(), &().into()));
    }
    let night = &entries(&home, &["list", "--on", "2026-03-29"])[0];
    assert_eq!(night["end"], "2026-03-29T04:00:00+02:00");
}

#[test]
fn without_a_time_of_day_only_the_day_is_known() {
    let home = Home::new();
    let added =
        &entries(&home, &["add", "2h", "Reading", "--on", "2026-07-08", "--project", "acme", "--note", "n"])
            [0];
    for (field, value) in [("date", "2026-07-08"), ("week", "2026-W28"), ("project", "acme"), ("note", "n")] {
        assert_eq!(added[field], value);
    }
    assert!(added["start"].is_null() && added["end"].is_null());
    // A day is a day, wherever it is looked at from.
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"] {
        assert_eq!(entries(&home, &["list", "--on", "2026-07-08", "--tz", zone]).len(), 1, "{zone}");
        assert_eq!(entries(&home, &["list", "--on", "2026-07-07", "--tz", zone]).len(), 0, "{zone}");
    }
    let today = &entries(&home, &["add", "1h", "now"])[0];
    assert_eq!(entries(&home, &["list", "--on", "today"])[0]["id"], today["id"]);
    assert!(entries(&home, &["list", "--on", "yesterday"]).is_empty());
    assert_eq!(entries(&home, &["list", "--week"]).len(), 1);
}

/// Time was worked on a day that has been.
#[test]
fn a_weekday_is_the_last_one() {
    let home = Home::new();
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap();
    let today = || jiff::Timestamp::now().to_zoned(berlin.clone()).date();
    let before = today();
    for back in 0..7 {
        let day = before - jiff::Span::new().days(back);
        let name = day.strftime("%A").to_string().to_lowercase();
        let added = &entries(&home, &["add", "1h", "x", "--on", &name])[0];
        assert!(added["date"] == day.to_string() || today() != before, "{name}: {added}");
        let found = entries(&home, &["list", "--from", &name, "--to", &name]);
        assert!(found.len() == 1 || today() != before, "{name}: {found:?}");
    }
}

#[test]
fn hand_made_time_is_rounded_as_asked_and_as_configured() {
    let home = Home::new();
    let hours = |arguments: &[&str]| {
        entries(&home, &[&["add", "50m", "x"], arguments].concat())[0]["seconds"].as_i64().unwrap() / 60
    };
    let refused = time(&home, &["add", "50m", "x", "--rounding", "nearest"]).expect(2);
    assert!(refused.stderr.contains("--round 15m"), "{}", refused.stderr);
    assert_eq!(hours(&["--round", "15m"]), 60);
    home.run(&["config", "set", "time.rounding", "nearest"]).expect(0);
    assert_eq!(hours(&["--round", "15m"]), 45);
    home.run(&["config", "set", "time.round", "20m"]).expect(0);
    assert_eq!(hours(&[]), 50, "what was typed is meant as it stands");
    assert_eq!(hours(&["--rounding", "nearest"]), 60);
    assert_eq!(hours(&["--round", "15m", "--rounding", "up"]), 60);
    let edited = &entries(&home, &["edit", "1", "--rounding", "nearest"])[0];
    assert_eq!(edited["seconds"], 3_600);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let home = Home::new();
    for (arguments, words) in [
        (&["45", "a"][..], "45m"),
        (&["0m", "a"], "out of range"),
        (&["14:45-14:00", "a"], "14:00 is before 14:45"),
        (&["14:00-14:45", "a", "--at", "15:00"], "range"),
        (&["45m", " "], "title"),
        (&["45m", "a", "--at", "25:00"], "time of day"),
        (&["45m", "a", "--on", "2026-02-30"], "2026-02-30"),
        (&["45m", "a", "--on", "14:00"], "no day"),
        (&["45m", "a", "--at", "02:30", "--on", "2026-03-29"], "did not exist"),
        (&["45m", "a", "--tz", "Mars/Olympus"], "time zone"),
        (&["45m"], "TITLE"),
    ] {
        let ended = time(&home, &[&["add"], arguments].concat()).expect(2);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
    assert!(entries(&home, &["list"]).is_empty());
}

#[test]
fn every_field_can_be_changed_and_what_was_not_said_stays() {
    let home = Home::new();
    entries(&home, &["add", "45m", "Call", "--at", "14:00", "--on", "2026-11-20", "--project", "acme"]);
    let edit = |arguments: &[&str]| entries(&home, &[&["edit", "1"], arguments].concat())[0].clone();
    let entry = edit(&["--title", "Talk", "--note", "long", "--client", "Big", "--project", ""]);
    assert_eq!(
        (&entry["title"], &entry["note"], &entry["client"]),
        (&"Talk".into(), &"long".into(), &"Big".into())
    );
    assert!(entry["project"].is_null());
    assert_eq!(entry["start"], "2026-11-20T14:00:00+01:00");
    // The same time of the clock on a day with another offset.
    let entry = edit(&["--on", "2026-07-01"]);
    assert_eq!((&entry["start"], &entry["hours"]), (&"2026-07-01T14:00:00+02:00".into(), &0.75.into()));
    let entry = edit(&["--at", "9:30"]);
    assert_eq!((&entry["start"], &entry["hours"]), (&"2026-07-01T09:30:00+02:00".into(), &0.75.into()));
    let entry = edit(&["--time", "1h20"]);
    assert_eq!((&entry["end"], &entry["seconds"]), (&"2026-07-01T10:50:00+02:00".into(), &4_800.into()));
    let entry = edit(&["--round", "15m"]);
    assert_eq!((&entry["end"], &entry["hours"]), (&"2026-07-01T10:50:00+02:00".into(), &1.5.into()));
    let entry = edit(&["--round", "15m", "--rounding", "nearest"]);
    assert_eq!(entry["hours"], 1.25);
    let entry = edit(&["--time", "08:00-08:10"]);
    assert_eq!((&entry["start"], &entry["seconds"]), (&"2026-07-01T08:00:00+02:00".into(), &600.into()));
    for (arguments, words) in [
        (&["1"][..], "nothing to change"),
        (&["7", "--title", "x"], "no time entry 7"),
        (&["1", "--title", ""], "title"),
        (&["1", "--accept"], "no event"),
    ] {
        let ended = time(&home, &[&["edit"], arguments].concat()).expect(2);
        assert!(ended.stderr.contains(words), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn the_list_is_filtered_and_notes_what_overlaps() {
    let home = Home::new();
    for arguments in [
        ["10:00-11:00", "first", "--on", "2026-11-20", "--project", "acme"],
        ["10:30-11:30", "second", "--on", "2026-11-20", "--project", "other"],
        ["11:30-12:00", "third", "--on", "2026-11-20", "--client", "Big"],
        ["1h", "dateless", "--on", "2026-11-20", "--project", "ACME"],
        ["10:00-11:00", "earlier", "--on", "2026-11-12", "--project", "acme"],
    ] {
        entries(&home, &[&["add"], &arguments[..]].concat());
    }
    let list = |arguments: &[&str]| {
        let found = entries(&home, &[&["list"], arguments].concat());
        titles(&found).join(" ")
    };
    assert_eq!(list(&[]), "earlier dateless first second third");
    assert_eq!(list(&["--project", "acme"]), "earlier dateless first");
    assert_eq!(list(&["--project", ""]), "third");
    assert_eq!(list(&["--client", "big"]), "third");
    assert_eq!(list(&["--week=2026-W46"]), "earlier");
    assert_eq!(list(&["--week=2026-11-20"]), "dateless first second third");
    assert_eq!(list(&["--from", "2026-11-13"]), "dateless first second third");
    assert_eq!(list(&["--to", "2026-11-12"]), "earlier");
    assert_eq!(list(&["--from", "2026-11-20T10:30"]), "dateless second third");
    assert_eq!(list(&["--status", "approved"]), "");
    // The other one is named although the filter leaves it out.
    let found = entries(&home, &["list", "--project", "other"]);
    assert_eq!(found[0]["overlaps"], serde_json::json!([1]));
    let table = time(&home, &["list"]).expect(0).stdout;
    assert!(table.contains("overlaps 2") && table.matches("overlaps").count() == 2, "{table}");
    time(&home, &["reject", "1"]).expect(0);
    assert_eq!(entries(&home, &["list", "--project", "other"])[0]["overlaps"], serde_json::json!([]));
    for bad in [&["--week=2026-W54"][..], &["--week=soon"], &["--from", "2026-11-13", "--to", "2026-11-12"]] {
        time(&home, &[&["list"], bad].concat()).expect(2);
    }
}

#[test]
fn what_is_removed_is_gone_and_its_number_is_not_given_again() {
    let home = Home::new();
    for title in ["a", "b", "c"] {
        entries(&home, &["add", "1h", title]);
    }
    let refused = time(&home, &["remove", "3"]).expect(2);
    assert!(refused.stderr.contains("integ time remove 3 --yes"), "{}", refused.stderr);
    // All or none.
    time(&home, &["remove", "3", "9", "--yes"]).expect(2);
    assert_eq!(entries(&home, &["list"]).len(), 3);
    assert_eq!(document(&home, &["remove", "3", "3", "1", "--yes"])["removed"], serde_json::json!([1, 3]));
    assert_eq!(entries(&home, &["add", "1h", "d"])[0]["id"], 4);
    time(&home, &["approve", "2"]).expect(0);
    let refused = time(&home, &["remove", "2", "--yes"]).expect(2);
    assert!(refused.stderr.contains("--reopen"), "{}", refused.stderr);
}

#[test]
fn hostile_texts_are_kept_whole_and_shown_clean() {
    let home = Home::new();
    let hostile = "\u{1b}[2Jtitle\u{202e}\r\n\u{7}end";
    entries(&home, &["add", "1h", hostile, "--project", hostile, "--client", hostile, "--on", "2026-11-20"]);
    assert_eq!(entries(&home, &["list"])[0]["title"], hostile);
    for arguments in [
        &["list"][..],
        &["approve", "--all"],
        &["report", "--by", "project", "--on", "2026-11-20"],
        &["report", "--by", "client", "--on", "2026-11-20", "--json"],
        &["list", "--json"],
    ] {
        let ended = time(&home, arguments).expect(0);
        let all = format!("{}{}", ended.stdout, ended.stderr);
        assert!(!all.contains(['\u{1b}', '\u{202e}', '\u{7}']), "{arguments:?}: {all:?}");
    }
}

//! `time approve` and `reject`.

use super::mirror::{EVENT, Event, Mirror};
use super::{entries, time};
use crate::seal::Home;

fn statuses(home: &Home) -> String {
    let all = entries(home, &["list"]);
    all.iter().map(|entry| entry["status"].as_str().unwrap().chars().next().unwrap()).collect()
}

#[test]
fn by_number_or_by_filter_and_approved_ones_are_left_alone() {
    let home = Home::new();
    for (day, project) in
        [("2026-11-10", "acme"), ("2026-11-16", "acme"), ("2026-11-17", "other"), ("2026-11-18", "acme")]
    {
        entries(&home, &["add", "1h", "x", "--on", day, "--project", project]);
    }
    time(&home, &["approve"]).expect(2);
    time(&home, &["approve", "1", "9"]).expect(2);
    assert_eq!(statuses(&home), "pppp", "one of two was changed");
    time(&home, &["approve", "3"]).expect(0);
    assert_eq!(entries(&home, &["approve", "--week=2026-W47", "--project", "acme"]).len(), 2);
    assert_eq!(statuses(&home), "paaa");
    assert_eq!(entries(&home, &["reject", "--all"]).len(), 1);
    assert_eq!(statuses(&home), "raaa");
    // A filter finds what is pending; by number what is approved has to be reopened first.
    assert!(entries(&home, &["reject", "--week=2026-W47"]).is_empty());
    let ended = time(&home, &["reject", "2"]).expect(2);
    assert!(ended.stderr.contains("integ time edit 2 --reopen"), "{}", ended.stderr);
    time(&home, &["edit", "2", "--reopen"]).expect(0);
    time(&home, &["reject", "2"]).expect(0);
    time(&home, &["approve", "1"]).expect(0);
    assert_eq!(statuses(&home), "araa");
}

#[test]
fn an_approved_entry_changes_only_when_reopened() {
    let home = Home::new();
    entries(&home, &["add", "1h", "Call", "--on", "2026-11-20"]);
    time(&home, &["approve", "1"]).expect(0);
    for change in [
        &["--title", "x"][..],
        &["--project", "x"],
        &["--time", "2h"],
        &["--on", "today"],
        &["--round", "15m"],
        &["--note", ""],
    ] {
        let ended = time(&home, &[&["edit", "1"], change].concat()).expect(2);
        assert!(ended.stderr.contains("integ time edit 1 --reopen"), "{change:?}: {}", ended.stderr);
    }
    assert_eq!(entries(&home, &["list"])[0]["title"], "Call");
    let entry = &entries(&home, &["edit", "1", "--reopen", "--title", "x"])[0];
    assert_eq!((&entry["status"], &entry["title"]), (&"pending".into(), &"x".into()));
    time(&home, &["approve", "1"]).expect(0);
    assert_eq!(entries(&home, &["edit", "1", "--reopen"])[0]["status"], "pending");
}

#[test]
fn a_filter_does_not_approve_what_has_changed() {
    let home = Home::new();
    let mirror = Mirror::of(&home);
    mirror.put(&EVENT);
    mirror.put(&Event {
        id: "two",
        uid: "two@x",
        start: "2026-11-20T12:00:00Z",
        end: "2026-11-20T13:00:00Z",
        ..EVENT
    });
    entries(&home, &["convert", "--on", "2026-11-20"]);
    mirror.put(&Event { version: "v2", end: "2026-11-20T10:30:00Z", ..EVENT });
    let ended = time(&home, &["approve", "--all"]).expect(0);
    assert!(ended.stderr.contains("left pending") && ended.stderr.contains('1'), "{}", ended.stderr);
    assert_eq!(statuses(&home), "pa");
    time(&home, &["approve", "1"]).expect(0);
    assert_eq!(statuses(&home), "aa");
}

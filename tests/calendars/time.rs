//! Time entries over a real mirror: what a sync changes flags them, and no full pass loses them.

use serde_json::{Value, json};

use crate::scene::Scene;
use crate::server::{Calendar, Dialect, Event};

fn entries(scene: &Scene, arguments: &[&str]) -> Vec<Value> {
    let all = [&["time"], arguments, &["--tz", "UTC", "--json"]].concat();
    scene.home.run(&all).exits(&[0]).json()["entries"].as_array().unwrap().clone()
}

fn flags(scene: &Scene) -> Value {
    entries(scene, &["list"]).iter().map(|entry| entry["flag"].clone()).collect()
}

#[test]
fn what_a_sync_changes_flags_the_entries_of_it() {
    let scene = Scene::new(Dialect::Google);
    for hour in [1, 3, 5] {
        scene.server.put("primary", Event::new(&format!("e{hour}"), hour));
    }
    scene.server.put("primary", Event::day("day", 0));
    scene.server.put("primary", Event::new("free", 7).with(json!({"transparency": "transparent"})));
    scene.synced(&[]);
    assert_eq!(entries(&scene, &["convert"]).len(), 3);
    assert!(entries(&scene, &["convert"]).is_empty());
    scene.home.run(&["time", "approve", "2"]).exits(&[0]);
    let approved = entries(&scene, &["list"])[1].clone();
    // One has another title, one another time, one is cancelled.
    scene.server.put("primary", Event::new("e1", 1).titled("Changed"));
    scene.server.put("primary", Event { end: approved_end(&approved) + 900, ..Event::new("e3", 3) });
    scene.server.delete("primary", "e5");
    scene.synced(&[]);
    assert_eq!(flags(&scene), json!(["changed", "changed", "cancelled"]));
    assert_eq!(entries(&scene, &["list"])[1]["end"], approved["end"], "an approved entry was rewritten");
    entries(&scene, &["edit", "1", "--accept"]);
    assert_eq!(flags(&scene), json!([null, "changed", "cancelled"]));
    // A full pass gives every event another row.
    scene.server.expire();
    scene.synced(&["--full"]);
    assert_eq!(flags(&scene), json!([null, "changed", "cancelled"]));
    assert!(entries(&scene, &["convert"]).is_empty());
    assert_eq!(entries(&scene, &["list"]).len(), 3);
}

#[test]
fn where_somebody_is_is_no_meeting() {
    let scene = Scene::new(Dialect::Google);
    for (hour, kind) in [(1, "outOfOffice"), (3, "workingLocation"), (5, "focusTime"), (7, "default")] {
        scene.server.put("primary", Event::new(kind, hour).with(json!({"eventType": kind})));
    }
    scene.synced(&[]);
    let pages = scene.server.pages();
    assert!(pages.iter().all(|page| page.param("fields").unwrap().contains("eventType")));
    let found = scene.home.run(&["time", "convert", "--tz", "UTC", "--json"]).exits(&[0]).json();
    let ids = |part: &str| {
        found[part].as_array().unwrap().iter().map(|one| one["title"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((ids("entries").len(), ids("skipped").len()), (2, 2), "{found}");
    assert!(found["skipped"].as_array().unwrap().iter().all(|one| one["reason"] == "away"), "{found}");
    // In the calendar they are what they were.
    let shown = scene.home.run(&["calendar", "events", "--tz", "UTC", "--json"]).exits(&[0]).json();
    assert!(shown["events"].as_array().unwrap().iter().all(|event| event["free"] == false), "{shown}");
}

fn approved_end(entry: &Value) -> i64 {
    entry["end"].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second()
}

#[test]
fn a_connection_that_ends_leaves_its_entries() {
    let scene = Scene::new(Dialect::Google);
    scene.server.put("primary", Event::new("e1", 1));
    scene.synced(&[]);
    assert_eq!(entries(&scene, &["convert", "e1"]).len(), 1);
    scene.home.run(&["rename", "evil", "evil/work"]).exits(&[0]);
    assert_eq!(entries(&scene, &["list"])[0]["event"]["connection"], "evil/work");
    scene.server.put("primary", Event::new("e1", 2));
    scene.synced(&[]);
    assert_eq!(flags(&scene), json!(["changed"]));
    assert!(entries(&scene, &["convert"]).is_empty());
    scene.home.run(&["disconnect", "evil/work", "--yes"]).exits(&[0]);
    assert_eq!(entries(&scene, &["list"]).len(), 1);
}

/// An account that has another address now.
#[test]
fn a_primary_calendar_is_followed_to_another_id() {
    for dialect in [Dialect::Google, Dialect::Microsoft] {
        let scene = Scene::new(dialect);
        for hour in [1, 3] {
            scene.server.put("primary", Event::new(&format!("e{hour}"), hour));
        }
        scene.server.state().calendars.insert("team".into(), Calendar::new("Team"));
        scene.synced(&[]);
        assert_eq!(entries(&scene, &["convert", "e1"]).len(), 1);
        {
            let mut state = scene.server.state();
            let primary = state.calendars.remove("primary").unwrap();
            state.calendars.insert("ana@new.example".into(), primary);
            state.primary = "ana@new.example".into();
        }
        let out = scene.synced(&["--full"]);
        assert_eq!((&out["id"], &out["unchanged"]), (&json!("ana@new.example"), &json!(2)), "{out}");
        assert_eq!(scene.mirror("ana@new.example"), scene.server.truth("ana@new.example"));
        assert_eq!(scene.count("SELECT count(*) FROM calendar"), 2);
        assert_eq!(flags(&scene), json!([null]));
        scene.server.put("ana@new.example", Event::new("e1", 1).titled("Changed"));
        scene.synced(&[]);
        assert_eq!(flags(&scene), json!(["changed"]));
        assert!(entries(&scene, &["convert", "e1"]).is_empty());
        // Whoever did not want it before does not have it now.
        scene.home.run(&["calendar", "disable", "evil/Main"]).exits(&[0]);
        {
            let mut state = scene.server.state();
            let primary = state.calendars.remove("ana@new.example").unwrap();
            state.calendars.insert("ana@newer.example".into(), primary);
            state.primary = "ana@newer.example".into();
        }
        let all = scene.home.run(&["calendar", "list", "--json"]).exits(&[0]).json();
        let all: Vec<_> =
            all["calendars"].as_array().unwrap().iter().map(|one| (&one["id"], &one["enabled"])).collect();
        assert_eq!(all, [(&json!("ana@newer.example"), &json!(false)), (&json!("team"), &json!(false))]);
    }
}

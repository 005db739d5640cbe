//! SY5 to SY8: what is in the pages: deletions, times, sizes, hostile texts.

use serde_json::{Value, json};

use super::{BOTH, filled, first};
use crate::scene::Scene;
use crate::server::{Dialect, Event, Fault};

#[test]
fn sy05_what_is_deleted_leaves_a_tombstone_and_may_come_back() {
    for dialect in BOTH {
        let scene = filled(dialect, 4, 10);
        scene.synced(&[]);
        scene.server.delete("primary", "e00002");
        for _ in 0..2 {
            scene.synced(&[]);
            scene.is_equal();
            assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 1);
        }
        scene.server.put("primary", Event::new("e00002", 5));
        scene.synced(&[]);
        scene.is_equal();
        assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 0);
    }
}

#[test]
fn sy05_what_leaves_the_window_leaves_no_tombstone() {
    let scene = filled(Dialect::Google, 4, 10);
    scene.synced(&[]);
    scene.server.put("primary", Event::new("e00002", 24 * 900));
    let out = scene.synced(&[]);
    assert_eq!((&out["removed"], &out["left"]), (&json!(0), &json!(1)), "{out}");
    scene.is_equal();
    assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 0);
}

/// What a full pass does not bring: deleted, moved out of the window, or not asked for.
#[test]
fn sy05_a_full_pass_tells_what_was_deleted_from_what_has_left() {
    for dialect in BOTH {
        for page in [10, 100] {
            let scene = Scene::new(dialect);
            scene.server.state().largest_page = page;
            for day in 0..40 {
                scene.server.put("primary", Event::new(&format!("e{day:02}"), 24 * (day + 5)));
            }
            scene.synced(&[]);
            for id in ["e00", "e01", "e30"] {
                scene.home.run(&["time", "convert", id, "--tz", "UTC"]).exits(&[0]);
            }
            let flags = || -> Vec<Value> {
                let all = scene.home.run(&["time", "list", "--tz", "UTC", "--json"]).exits(&[0]).json();
                all["entries"].as_array().unwrap().iter().map(|entry| entry["flag"].clone()).collect()
            };
            assert_eq!(flags(), [Value::Null, Value::Null, Value::Null]);
            scene.server.put("primary", Event::new("e00", 24 * 900));
            scene.server.delete("primary", "e01");
            scene.server.expire();
            let out = scene.synced(&[]);
            let counts = |out: &Value| ["removed", "left", "unchanged"].map(|key| out[key].as_u64().unwrap());
            assert_eq!((&out["full"], counts(&out)), (&json!(true), [1, 1, 38]), "{out}");
            scene.is_equal();
            assert_eq!(flags(), [Value::Null, json!("cancelled"), Value::Null]);
            // Most of the calendar goes, without a word of --force: nobody asked for it.
            let narrow = ["--full", "--future", "20d"];
            let dry = scene.synced(&[&narrow[..], &["--dry-run"]].concat());
            let out = scene.synced(&narrow);
            assert_eq!(counts(&out)[0], 0, "{out}");
            assert!(counts(&out)[1] > 20, "{out}");
            assert_eq!(counts(&dry), counts(&out), "{dry}");
            scene.is_equal();
            assert_eq!(flags(), [Value::Null, json!("cancelled"), Value::Null]);
            assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 1);
            scene.synced(&[]);
            scene.is_equal();
            assert_eq!(flags(), [Value::Null, json!("cancelled"), Value::Null]);
        }
    }
}

#[test]
fn sy08_an_event_that_is_not_understood_costs_itself_alone() {
    let garbled: [(Dialect, &[Value]); 2] = [
        (
            Dialect::Google,
            &[
                json!({"attendees": [5]}),
                json!({"attendees": "nobody"}),
                json!({"organizer": {"self": "yes"}}),
                json!({"start": 7}),
                json!({"conferenceData": "yes"}),
            ],
        ),
        (
            Dialect::Microsoft,
            &[
                json!({"attendees": 7}),
                json!({"isAllDay": "yes"}),
                json!({"start": "soon"}),
                json!({"location": "here"}),
            ],
        ),
    ];
    for (dialect, garbled) in garbled {
        for page in [2, 100] {
            let scene = filled(dialect, 6, page);
            scene.synced(&[]);
            for more in garbled {
                let before = scene.mirror("primary");
                let changed = Event::new("e00002", 2).titled(&format!("Changed {more}"));
                scene.server.put("primary", changed.clone().with(more.clone()));
                scene.server.put("primary", Event::new("e00004", 4).titled(&format!("Too {more}")));
                scene.server.put("primary", Event::new("new", 9).with(more.clone()));
                let mut expected = scene.server.truth("primary");
                expected.remove("new");
                expected.insert("e00002".into(), before["e00002"].clone());
                for args in [&["--dry-run"][..], &[], &["--full"]] {
                    let out = scene.synced(args);
                    let named: Vec<&Value> =
                        out["not_understood"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
                    assert_eq!(
                        (&out["unreadable"], named),
                        (&json!(2), vec![&json!("e00002"), &json!("new")])
                    );
                    assert_eq!(
                        (&out["removed"], &out["left"], &out["added"]),
                        (&json!(0), &json!(0), &json!(0))
                    );
                    let problem = out["not_understood"][0]["problem"].as_str().unwrap();
                    assert!(problem.contains("invalid type"), "{problem}");
                    if args != ["--dry-run"] {
                        assert_eq!(scene.mirror("primary"), expected, "{dialect:?} {more} {args:?}");
                    }
                }
                let shown = scene.home.run(&["sync", "--full"]);
                shown.exits(&[0]).says("2 events of evil/Main not understood").says("e00002: invalid type");
                scene.server.put("primary", changed);
                scene.server.delete("primary", "new");
                scene.synced(&[]);
                scene.is_equal();
                assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 0);
            }
        }
    }
}

#[test]
fn sy08_what_is_no_event_is_counted_and_a_page_that_is_none_fails() {
    for (dialect, key) in [(Dialect::Google, "items"), (Dialect::Microsoft, "value")] {
        let scene = filled(dialect, 3, 10);
        scene.synced(&[]);
        let before = scene.mirror("primary");
        scene.server.queue(&[Fault::Says(json!({key: [5, null, ["x"], {}]}).to_string())]);
        let out = scene.synced(&[]);
        assert_eq!((&out["unreadable"], &out["not_understood"][0]["id"]), (&json!(4), &Value::Null), "{out}");
        assert_eq!(scene.mirror("primary"), before);
        for said in [json!({key: {}}), json!({key: 5}), json!([{key: []}])] {
            scene.server.queue(&[Fault::Says(said.to_string())]);
            scene.sync(&[]).exits(&[1]);
            assert_eq!(scene.mirror("primary"), before);
        }
    }
}

/// The series is asked for apart, and what comes is nonsense.
#[test]
fn sy08_a_series_that_is_not_understood_costs_its_occurrences_alone() {
    let scene = Scene::new(Dialect::Microsoft);
    {
        let mut state = scene.server.state();
        (state.omits, state.tells_series) = (true, false);
    }
    let occurrence =
        |day: i64| Event { series: Some("S".into()), ..Event::new(&format!("o{day}"), 24 * day) };
    scene.server.put("primary", Event::new("alone", 1));
    for day in 0..3 {
        scene.server.put("primary", occurrence(day).titled("Standup"));
    }
    scene.synced(&[]);
    scene.is_equal();
    let before = scene.mirror("primary");
    scene.server.put("primary", occurrence(1).titled("Changed"));
    scene.server.put("primary", Event::new("alone", 1).titled("Changed"));
    scene.server.queue(&[Fault::Fine, Fault::Says(json!({"id": "S", "attendees": 3}).to_string())]);
    let out = scene.synced(&[]);
    assert_eq!((&out["unreadable"], &out["not_understood"][0]["id"]), (&json!(1), &json!("o1")), "{out}");
    let after = scene.mirror("primary");
    assert_eq!((&after["o1"], after["alone"].title.as_str()), (&before["o1"], "Changed"));
}

#[test]
fn sy06_times_at_the_edges_of_the_calendar() {
    let scene = Scene::new(Dialect::Google);
    let at = |text: &str, zone: &str| json!({"dateTime": text, "timeZone": zone});
    let day = |text: &str| json!({"date": text});
    let cases = [
        (
            "gap",
            at("2026-03-29T01:30:00Z", "Europe/Berlin"),
            at("2026-03-29T02:30:00Z", "Europe/Berlin"),
            1_774_747_800,
        ),
        (
            "fold",
            at("2026-10-25T02:30:00+01:00", "Europe/Berlin"),
            at("2026-10-25T03:30:00+01:00", "Europe/Berlin"),
            1_792_891_800,
        ),
        (
            "kiritimati",
            at("2026-01-01T00:00:00+14:00", "Pacific/Kiritimati"),
            at("2026-01-01T01:00:00+14:00", "Pacific/Kiritimati"),
            1_767_175_200,
        ),
        ("samoa", day("2011-12-30"), day("2011-12-31"), 1_325_203_200),
        ("one", at("0001-01-01T00:00:00Z", "UTC"), at("0001-01-01T01:00:00Z", "UTC"), -62_135_596_800),
        ("last", day("9999-12-31"), day("10000-01-01"), 253_402_214_400),
        (
            "nowhere",
            at("2026-06-01T12:00:00", "Mars/Olympus"),
            at("2026-06-01T13:00:00", "Mars/Olympus"),
            1_780_315_200,
        ),
    ];
    for (id, start, end, _) in &cases {
        scene.server.put("primary", Event::new(id, 1).with(json!({"start": start, "end": end})));
    }
    let nonsense = json!({"start": {"dateTime": "next week"}, "end": {"dateTime": "later"}});
    scene.server.put("primary", Event::new("nonsense", 1).with(nonsense));
    let out = scene.synced(&[]);
    assert_eq!(out["unreadable"], 1, "{out}");
    let mirror = scene.mirror("primary");
    for (id, _, _, start) in &cases {
        assert_eq!(mirror[*id].start, *start, "{id}");
    }
    assert_eq!(mirror["nowhere"].zone.as_deref(), Some("Mars/Olympus"));
    assert_eq!(mirror.len(), cases.len());
}

#[test]
fn sy07_long_texts_are_cut_and_memory_stays_flat() {
    let scene = filled(Dialect::Google, 50_000, 2_500);
    scene.server.put("primary", Event::new("huge", 1).with(json!({"description": "é".repeat(2_500_000)})));
    let out = scene.sync(&[]);
    // The home asserts that no command takes more than 64 MiB.
    assert_eq!(first(out.exits(&[0]))["added"], 50_001);
    assert_eq!(
        scene.count("SELECT length(CAST(description AS BLOB)) <= 65536 FROM event WHERE remote = 'huge'"),
        1
    );
    let cut: String = scene
        .sql()
        .query_row("SELECT description FROM event WHERE remote = 'huge'", [], |row| row.get(0))
        .unwrap();
    assert!(cut.ends_with("é […]"));
}

#[test]
fn sy08_what_is_hostile_is_kept_and_shown_clean() {
    let hostile = crate::evil::api::HOSTILE;
    let scene = Scene::new(Dialect::Google);
    scene.server.state().calendar("primary").name = hostile.into();
    scene.server.put("primary", Event::new("e", 1).titled(hostile));
    // The home asserts that no output holds a control character.
    scene.home.run(&["sync"]).exits(&[0]);
    scene.home.run(&["sync", "--json"]).exits(&[0]);
    scene.home.run(&["status"]).exits(&[0]);
    assert_eq!(scene.mirror("primary")["e"].title, hostile);
}

#[test]
fn sy08_half_a_character_costs_no_more_than_itself() {
    for (dialect, key, title) in
        [(Dialect::Google, "items", "summary"), (Dialect::Microsoft, "value", "subject")]
    {
        let scene = Scene::new(dialect);
        let time = |text: &str| json!({"dateTime": text, "timeZone": "UTC"});
        let entry = |id: &str, said: &str| {
            let mut entry =
                json!({"id": id, "start": time("2026-12-09T10:00:00Z"), "end": time("2026-12-09T11:00:00Z")});
            entry[title] = format!("<{said}>").into();
            entry
        };
        let page = json!({key: [entry("a", "half"), entry("b", "whole"), entry("c", "escaped"),
            json!({"id": "d", "start": time("soon")})]});
        let halves = page.to_string().replace("<half>", r"x\ud800y\uDC00");
        let body = halves.replace("<whole>", r"\ud83d\ude00").replace("<escaped>", r"\\ud800");
        for full in [&[][..], &["--full"]] {
            scene.server.queue(&[Fault::Says(body.clone())]);
            assert_eq!(scene.synced(full)["unreadable"], 1);
            let titles: Vec<String> =
                scene.mirror("primary").into_values().map(|event| event.title).collect();
            assert_eq!(titles, ["x\u{FFFD}y\u{FFFD}", "\u{1F600}", r"\ud800"]);
        }
    }
}

//! SY5 to SY8: what is in the pages: deletions, times, sizes, hostile texts.

use serde_json::json;

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
    assert_eq!(out["removed"], 1, "{out}");
    scene.is_equal();
    assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 0);
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

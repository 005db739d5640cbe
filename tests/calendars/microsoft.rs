//! Microsoft's way: links in place of tokens, a window within them, occurrences that are told in part.

use serde_json::{Value, json};

use crate::scene::Scene;
use crate::server::event::today;
use crate::server::{Dialect, Event, Fault};

fn series(id: &str, hours: i64) -> Event {
    Event { series: Some("S".into()), title: "Standup".into(), ..Event::new(id, hours) }
}

fn counts(outcome: &Value) -> [u64; 4] {
    ["added", "changed", "removed", "unchanged"].map(|key| outcome[key].as_u64().unwrap())
}

#[test]
fn a_delta_follows_links_and_keeps_to_its_window() {
    let scene = Scene::new(Dialect::Microsoft);
    scene.server.state().largest_page = 3;
    for hour in 0..7 {
        scene.server.put("primary", Event::new(&format!("e{hour}"), hour));
    }
    scene.server.put("primary", Event::day("d", 2));
    assert_eq!(counts(&scene.synced(&[])), [8, 0, 0, 0]);
    scene.is_equal();
    scene.server.forget();
    scene.server.put("primary", Event::new("e1", 1).titled("Changed"));
    scene.server.put("primary", Event::new("e3", 24 * 900));
    scene.server.put("primary", Event::new("far", 24 * 900));
    scene.server.delete("primary", "e2");
    let second = scene.synced(&[]);
    assert_eq!((counts(&second), &second["left"]), ([0, 1, 1, 5], &json!(1)), "{second}");
    let asked = scene.server.asked();
    let alone = asked.iter().filter(|asked| asked.path.starts_with("/me/events/")).count();
    assert_eq!((asked.len() - alone, alone), (2, 2), "{asked:?}");
    assert!(
        asked[0].param("$deltatoken").is_some() && asked[0].param("startDateTime").is_none(),
        "{asked:?}"
    );
    scene.is_equal();
}

/// Graph tells both as removed.
#[test]
fn what_left_the_window_is_told_from_what_was_deleted() {
    let scene = Scene::new(Dialect::Microsoft);
    for hour in 0..60 {
        scene.server.put("primary", Event::new(&format!("e{hour:02}"), hour));
    }
    scene.synced(&[]);
    scene.server.put("primary", Event::new("e01", 24 * 900));
    scene.server.delete("primary", "e02");
    scene.server.put("primary", Event::new("e03", 3).with(json!({"isCancelled": true})));
    let out = scene.synced(&[]);
    assert_eq!((&out["removed"], &out["left"]), (&json!(2), &json!(1)), "{out}");
    let dead = "SELECT group_concat(remote, ' ' ORDER BY remote) FROM tombstone";
    let dead = || scene.sql().query_row::<String, _, _>(dead, [], |row| row.get(0)).unwrap();
    assert_eq!(dead(), "e02 e03");
    // Of many at once each is not asked for.
    scene.server.forget();
    for hour in 10..40 {
        scene.server.delete("primary", &format!("e{hour:02}"));
    }
    assert_eq!(scene.synced(&["--force"])["requests"], 21);
    assert_eq!(scene.count("SELECT count(*) FROM tombstone"), 32);
}

#[test]
fn occurrences_take_what_they_lack_from_their_series() {
    for tells_series in [true, false] {
        let scene = Scene::new(Dialect::Microsoft);
        {
            let mut state = scene.server.state();
            (state.omits, state.tells_series, state.largest_page) = (true, tells_series, 2);
        }
        for day in 0..5 {
            scene.server.put("primary", series(&format!("o{day}"), 24 * day));
        }
        let first = scene.synced(&[]);
        assert_eq!(first["added"], 5, "{first}");
        scene.is_equal();
        let asked_apart = scene.server.asked().iter().filter(|asked| asked.path == "/me/events/S").count();
        assert_eq!(asked_apart, usize::from(!tells_series));
        // A change of one occurrence alone.
        scene.server.put("primary", series("o3", 73));
        scene.synced(&[]);
        scene.is_equal();
    }
}

#[test]
fn where_there_is_no_delta_the_plain_view_is_read() {
    let scene = Scene::new(Dialect::Microsoft);
    scene.server.state().has_delta = false;
    for hour in 0..5 {
        scene.server.put("primary", Event::new(&format!("e{hour}"), hour));
    }
    assert_eq!(counts(&scene.synced(&[])), [5, 0, 0, 0]);
    scene.is_equal();
    scene.server.forget();
    scene.server.delete("primary", "e0");
    scene.server.put("primary", Event::new("e1", 2));
    let second = scene.synced(&[]);
    assert_eq!(counts(&second), [0, 1, 1, 3], "{second}");
    let asked = scene.server.asked();
    assert!(asked.iter().all(|asked| !asked.path.ends_with("/delta")), "it is not tried again: {asked:?}");
    // The view, and what is missing in it.
    assert_eq!(asked.len(), 2, "{asked:?}");
    scene.is_equal();
}

#[test]
fn windows_zones_become_iana_zones() {
    let scene = Scene::new(Dialect::Microsoft);
    for (id, zone) in [("a", "W. Europe Standard Time"), ("b", "Customized Time Zone"), ("c", "Asia/Tokyo")] {
        scene.server.put("primary", Event { zone: zone.into(), ..Event::new(id, 9) });
    }
    scene.synced(&[]);
    let zones: Vec<Option<String>> = scene.mirror("primary").into_values().map(|event| event.zone).collect();
    assert_eq!(
        zones.iter().flatten().collect::<Vec<_>>(),
        ["Europe/Berlin", "Customized Time Zone", "Asia/Tokyo"]
    );
    let shown = scene.home.run(&["calendar", "events", "--tz", "UTC"]);
    shown.exits(&[0]).says(" Berlin").says("time zone “Customized Time Zone”").says(" Tokyo");
}

#[test]
fn a_whole_day_is_the_day_that_the_person_sees() {
    let scene = Scene::new(Dialect::Microsoft);
    let at = |text: &str| json!({"dateTime": text, "timeZone": "UTC"});
    let said = [
        ("plain", "2026-12-09T00:00:00.0000000", "2026-12-10T00:00:00.0000000", "W. Europe Standard Time"),
        ("berlin", "2026-12-08T23:00:00.0000000", "2026-12-09T23:00:00.0000000", "W. Europe Standard Time"),
        ("york", "2026-12-09T05:00:00.0000000", "2026-12-10T05:00:00.0000000", "Eastern Standard Time"),
        ("apia", "2026-12-08T11:00:00.0000000", "2026-12-09T11:00:00.0000000", "Samoa Standard Time"),
        ("midway", "2026-12-09T11:00:00.0000000", "2026-12-10T11:00:00.0000000", "UTC-11"),
        ("unknown", "2026-12-08T22:00:00.0000000", "2026-12-09T22:00:00.0000000", "Customized Time Zone"),
    ];
    for (id, start, end, zone) in said {
        let more = json!({"start": at(start), "end": at(end), "originalStartTimeZone": zone});
        scene.server.put("primary", Event { start: today(), ..Event::day(id, 0) }.with(more));
    }
    scene.synced(&[]);
    let day = 1_796_774_400;
    for (id, event) in scene.mirror("primary") {
        assert_eq!((event.start, event.end), (day, day + 86_400), "{id}");
    }
}

#[test]
fn sy09_links_lead_to_the_api_and_nowhere_else() {
    for is_cursor in [false, true] {
        let scene = Scene::new(Dialect::Microsoft);
        scene.server.put("primary", Event::new("e", 1));
        for elsewhere in [
            format!("{}/stolen", scene.evil.other),
            format!("{}/stolen", scene.evil.base),
            "file:///etc/passwd".into(),
            "http://169.254.169.254/latest".into(),
            format!("http://user:word@{}/x", scene.server.base.trim_start_matches("http://")),
        ] {
            let fault =
                if is_cursor { Fault::CursorAt(elsewhere.clone()) } else { Fault::NextAt(elsewhere.clone()) };
            scene.server.queue(&[fault]);
            let out = scene.sync(&[]);
            out.exits(&[6]);
            assert_eq!(out.json()["calendars"][0]["error"]["kind"], "unsafe", "{elsewhere} {is_cursor}");
            assert_eq!(scene.mirror("primary").len(), 0);
            assert_eq!(scene.evil.leaks(), Vec::<String>::new());
        }
        assert_eq!(scene.evil.log("unknown").len(), 0, "another host was asked");
        scene.synced(&[]);
        scene.is_equal();
    }
}

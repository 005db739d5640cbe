//! Group SY: what a sync promises, whatever the provider does.

use std::time::Duration;

use nix::sys::signal::Signal;
use serde_json::{Value, json};

use crate::home::Output;
use crate::scene::Scene;
use crate::server::event::today;
use crate::server::{Dialect, Event, Fault};

const BOTH: [Dialect; 2] = [Dialect::Google, Dialect::Microsoft];

/// `count` events, an hour each, `page` of them on a page.
fn filled(dialect: Dialect, count: i64, page: usize) -> Scene {
    let scene = Scene::new(dialect);
    scene.server.state().largest_page = page;
    for hour in 0..count {
        scene.server.put("primary", Event::new(&format!("e{hour:05}"), hour % 2_000));
    }
    scene
}

fn first(out: &Output) -> Value {
    out.json()["calendars"][0].clone()
}

#[test]
fn sy01_a_page_that_fails_changes_nothing_and_the_next_run_converges() {
    for dialect in BOTH {
        let scene = filled(dialect, 6, 2);
        scene.synced(&[]);
        let (before, cursor): (_, String) = (scene.mirror("primary"), scene.cell("cursor"));
        for (number, fault) in [Fault::Status(500), Fault::Cut, Fault::Drop].into_iter().enumerate() {
            scene.server.put("primary", Event::new("e00000", 3).titled(&format!("Changed {number}")));
            for new in 0..5 {
                scene.server.put("primary", Event::new(&format!("n{number}{new}"), new));
            }
            scene.server.queue(&[Fault::Fine]);
            scene.server.always(fault.clone());
            let out = scene.sync(&[]);
            assert_eq!(out.exits(&[4]).json()["calendars"][0]["outcome"], "failed", "{fault:?}");
            assert_eq!(scene.mirror("primary"), before, "{fault:?}");
            assert_eq!(scene.cell::<String>("cursor"), cursor, "{fault:?}");
            assert!(scene.cell::<Option<String>>("error_kind").is_some());
        }
        scene.server.always(Fault::Fine);
        scene.synced(&[]);
        scene.is_equal();
        assert_eq!(scene.cell::<Option<String>>("error_kind"), None);
    }
}

#[test]
fn sy01_a_page_that_fails_once_is_asked_for_again() {
    let scene = filled(Dialect::Google, 6, 2);
    for fault in [Fault::Status(500), Fault::Status(503), Fault::Cut, Fault::Drop, Fault::Limited(1)] {
        scene.server.queue(&[Fault::Fine, fault]);
        scene.synced(&["--full"]);
        scene.is_equal();
    }
}

#[test]
fn sy01_a_token_that_is_refused_is_renewed_once_for_all_calendars() {
    let scene = filled(Dialect::Google, 6, 2);
    for name in ["a", "b", "c"] {
        scene.server.state().calendars.insert(name.into(), crate::server::Calendar::new(name));
        scene.server.put(name, Event::new("x", 1));
    }
    scene.synced(&[]);
    scene.sql().execute("UPDATE calendar SET enabled = 1", []).unwrap();
    scene.sync(&["--full"]).exits(&[0]);
    scene.evil.state().grants.live.clear();
    let out = scene.sync(&[]);
    assert_eq!(out.exits(&[0]).json()["calendars"].as_array().map(Vec::len), Some(4));
    assert_eq!(scene.evil.refreshes(), 1);
    scene.is_equal();
}

#[test]
fn sy02_an_expired_cursor_means_one_full_pass() {
    for dialect in BOTH {
        let scene = filled(dialect, 6, 2);
        scene.synced(&[]);
        scene.server.delete("primary", "e00001");
        scene.server.expire();
        scene.server.forget();
        let again = scene.synced(&[]);
        assert_eq!((&again["full"], &again["removed"]), (&json!(true), &json!(1)), "{again}");
        scene.is_equal();
        assert_eq!(scene.count("SELECT count(*) FROM tombstone WHERE remote = 'e00001'"), 1);
    }
}

#[test]
fn sy02_a_provider_that_forgets_at_once_is_asked_in_full_once() {
    for dialect in BOTH {
        let scene = filled(dialect, 6, 2);
        scene.synced(&[]);
        let before = scene.mirror("primary");
        scene.server.forget();
        scene.server.always(Fault::Gone);
        scene.sync(&[]).exits(&[4]);
        assert_eq!(scene.mirror("primary"), before);
        let full = scene
            .server
            .pages()
            .into_iter()
            .filter(|asked| asked.param("timeMin").is_some() || asked.param("startDateTime").is_some());
        assert_eq!(full.count(), 1);
    }
}

#[test]
fn sy03_pages_in_any_order_twice_empty_or_without_a_cursor() {
    for dialect in BOTH {
        let scene = filled(dialect, 7, 3);
        for faults in [
            &[Fault::Twice, Fault::Twice, Fault::Twice][..],
            &[Fault::Backwards, Fault::Backwards],
            &[Fault::Fine, Fault::Fine, Fault::NoCursor],
        ] {
            scene.server.queue(faults);
            scene.synced(&["--full"]);
            scene.is_equal();
        }
        assert_eq!(scene.cell::<Option<String>>("cursor"), None);
        let again = scene.synced(&[]);
        assert_eq!((&again["full"], &again["unchanged"]), (&json!(true), &json!(7)), "{again}");
        scene.is_equal();
    }
    let scene = filled(Dialect::Google, 7, 3);
    scene.server.queue(&[Fault::Fine, Fault::Empty]);
    let wrong = scene.sync(&[]);
    // An empty page that names itself as the next one is a circle.
    wrong.exits(&[1]);
    scene.synced(&[]);
    scene.is_equal();
}

#[test]
fn sy04_pages_that_go_round_in_a_circle_end() {
    for dialect in BOTH {
        let scene = filled(dialect, 7, 3);
        scene.server.always(Fault::Loop);
        let out = scene.sync(&[]);
        assert!(first(out.exits(&[1])).to_string().contains("circle"));
        assert!(scene.server.pages().len() < 5);
        assert_eq!(scene.mirror("primary").len(), 0);
        scene.server.always(Fault::Fine);
        scene.synced(&[]);
        scene.is_equal();
    }
}

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
fn sy08_a_stranger_who_answers_empties_nothing() {
    for dialect in BOTH {
        let scene = filled(dialect, 4, 10);
        scene.synced(&[]);
        for said in [
            "<html>captive portal</html>",
            "{}",
            "[]",
            "null",
            "",
            "{\"error\":{}}",
            "{\"items\":3,\"value\":3}",
        ] {
            for full in [&[][..], &["--full"]] {
                scene.server.queue(&[Fault::Says(said.into())]);
                scene.sync(full).exits(&[1]);
                scene.is_equal();
            }
        }
    }
}

#[test]
fn sy10_killed_at_any_moment() {
    for dialect in BOTH {
        let scene = filled(dialect, 40, 4);
        for round in 0..25_u64 {
            scene.server.put(
                "primary",
                Event::new(&format!("e{:05}", round % 40), 5).titled(&format!("Round {round}")),
            );
            scene.server.delete("primary", &format!("e{:05}", (round * 7 + 1) % 40));
            if round % 5 == 0 {
                scene.server.expire();
            }
            let running = scene.home.start(&["sync", "--json"]);
            std::thread::sleep(Duration::from_millis(round * 5));
            running.signal(Signal::SIGKILL);
            running.wait().exits(&[0, 137]);
        }
        scene.synced(&[]);
        scene.is_equal();
    }
}

#[test]
fn sy11_without_a_change_nothing_of_the_mirror_is_written_and_one_request_is_sent() {
    for dialect in BOTH {
        let scene = filled(dialect, 30, 10);
        scene.synced(&[]);
        let sql = scene.sql();
        // Whoever writes a row of the mirror is told so.
        sql.execute_batch(
            "CREATE TRIGGER a AFTER INSERT ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER b AFTER UPDATE ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER c AFTER DELETE ON event BEGIN SELECT raise(ABORT, 'written'); END;
             CREATE TRIGGER d AFTER INSERT ON tombstone BEGIN SELECT raise(ABORT, 'written'); END;",
        )
        .unwrap();
        scene.server.forget();
        for _ in 0..20 {
            assert_eq!(scene.synced(&[])["requests"], 1);
        }
        assert_eq!(scene.server.asked().len(), 20);
    }
}

#[test]
fn sy12_twenty_at_once_do_not_fight() {
    let scene = filled(Dialect::Google, 60, 10);
    let running: Vec<_> = (0..20).map(|_| scene.home.start(&["sync", "--json"])).collect();
    for one in running {
        one.wait().exits(&[0]);
    }
    scene.is_equal();
    scene.server.always(Fault::Late(Duration::from_secs(3)));
    let slow = scene.home.start(&["sync", "--full"]);
    while scene.server.state().at_once == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let out = scene.sync(&["--lock-wait", "0s"]);
    assert_eq!(first(out.exits(&[75]))["error"]["kind"], "busy");
    scene.server.always(Fault::Fine);
    slow.wait().exits(&[0]);
    scene.is_equal();
}

#[test]
fn most_of_a_calendar_does_not_go_by_mistake() {
    for dialect in BOTH {
        let scene = filled(dialect, 60, 100);
        scene.synced(&[]);
        let before = scene.mirror("primary");
        for hour in 0..40 {
            scene.server.delete("primary", &format!("e{hour:05}"));
        }
        for full in [&[][..], &["--full"]] {
            let out = scene.sync(full);
            assert!(first(out.exits(&[6])).to_string().contains("40 of the 60 events"));
            assert_eq!(scene.mirror("primary"), before);
        }
        scene.synced(&["--force"]);
        scene.is_equal();
    }
}

#[test]
fn a_dry_run_counts_and_writes_nothing() {
    for dialect in BOTH {
        let scene = filled(dialect, 6, 2);
        let counts =
            |out: &Value| ["added", "changed", "removed", "unchanged"].map(|key| out[key].as_u64().unwrap());
        assert_eq!(counts(&scene.synced(&["--dry-run"])), [6, 0, 0, 0]);
        assert_eq!(scene.count("SELECT count(*) FROM calendar"), 0);
        scene.synced(&[]);
        scene.server.delete("primary", "e00001");
        scene.server.put("primary", Event::new("e00002", 1));
        scene.server.put("primary", Event::new("new", 1));
        let (before, cursor): (_, String) = (scene.mirror("primary"), scene.cell("cursor"));
        assert_eq!(counts(&scene.synced(&["--dry-run"])), [1, 1, 1, 4]);
        assert_eq!(counts(&scene.synced(&["--dry-run", "--full"])), [1, 1, 1, 4]);
        assert_eq!((scene.mirror("primary"), scene.cell("cursor")), (before, cursor));
        assert_eq!(counts(&scene.synced(&[])), [1, 1, 1, 4]);
    }
}

#[test]
fn some_fail_and_the_rest_goes_on() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.server.state().calendars.insert("other".into(), crate::server::Calendar::new("Other"));
    scene.server.put("other", Event::new("x", 1));
    scene.synced(&[]);
    scene.sql().execute("UPDATE calendar SET enabled = 1", []).unwrap();
    scene
        .sql()
        .execute(
            "INSERT INTO calendar (connection, remote, name, enabled) VALUES ('evil', 'lost', 'Lost', 1)",
            [],
        )
        .unwrap();
    let out = scene.sync(&[]);
    let calendars = out.exits(&[8]).json()["calendars"].as_array().cloned().unwrap();
    let outcome = |id: &str| calendars.iter().find(|one| one["id"] == id).unwrap()["outcome"].clone();
    assert_eq!([outcome("primary"), outcome("other"), outcome("lost")], ["unchanged", "synced", "failed"]);
    let told = scene.home.status("evil")["calendars"].clone();
    let lost = told.as_array().unwrap().iter().find(|one| one["id"] == "lost").cloned().unwrap();
    assert_eq!(lost["error"]["kind"], "provider_error", "{told}");
    scene.server.forget();
    let again = scene.sync(&["--since-error"]);
    assert_eq!(again.exits(&[1]).json()["calendars"].as_array().map(Vec::len), Some(1));
    assert_eq!(scene.server.pages().len(), 1);
}

#[test]
fn a_limit_is_remembered() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.synced(&[]);
    scene.server.queue(&[Fault::Limited(3_600)]);
    let out = scene.sync(&[]);
    assert_eq!(first(out.exits(&[4]))["error"]["kind"], "rate_limited");
    scene.server.forget();
    scene.sync(&[]).exits(&[4]);
    assert_eq!(scene.server.asked().len(), 0, "the provider wants to be asked later");
    scene.synced(&["--force"]);
    scene.is_equal();
}

#[test]
fn a_missing_scope_and_a_closed_calendar_are_told_apart() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.server.queue(&[Fault::Forbidden("insufficientPermissions"), Fault::Forbidden("forbidden")]);
    let out = scene.sync(&[]);
    assert_eq!(first(out.exits(&[3]))["error"]["kind"], "missing_scope");
    let out = scene.sync(&[]);
    assert_eq!(first(out.exits(&[1]))["error"]["kind"], "provider_error");
}

#[test]
fn time_goes_on_and_more_is_asked_for_only_when_it_is_wanted() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.synced(&[]);
    scene.server.put("primary", Event { start: today() - 200 * 86_400, ..Event::new("old", 0) });
    scene.server.put(
        "primary",
        Event { start: today() - 200 * 86_400, end: today() - 199 * 86_400, ..Event::new("older", 0) },
    );
    scene.synced(&[]);
    scene.is_equal();
    assert_eq!(scene.synced(&["--past", "5d"])["full"], false);
    let wider = scene.synced(&["--past", "300d"]);
    assert_eq!((&wider["full"], &wider["added"]), (&json!(true), &json!(1)), "{wider}");
    scene.is_equal();
    assert_eq!(scene.synced(&[])["full"], false, "what is there is not thrown away");
}

#[test]
fn another_account_under_the_same_name_begins_anew() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.synced(&[]);
    let account = std::mem::replace(
        &mut scene.evil.state().grants.account,
        ("sub-9".into(), "eve@example.com".into(), "X".into()),
    );
    scene.home.connect(&["evil", "--can", "calendars", "--replace"]).0.exits(&[0]);
    let other = scene.synced(&[]);
    assert_eq!((&other["full"], &other["added"]), (&json!(true), &json!(3)), "{other}");
    scene.is_equal();
    scene.evil.state().grants.account = account;
    scene.home.run(&["rename", "evil", "evil/old"]).exits(&[0]);
    assert_eq!(scene.synced(&["--dry-run"])["connection"], "evil/old");
    scene.home.run(&["disconnect", "evil/old", "--yes"]).exits(&[0]);
    assert_eq!(scene.count("SELECT count(*) FROM calendar") + scene.count("SELECT count(*) FROM event"), 0);
}

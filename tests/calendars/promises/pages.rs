//! SY1 to SY4: pages that fail, come in disorder or lead nowhere.

use serde_json::json;

use super::{BOTH, filled, first};
use crate::server::{Dialect, Event, Fault};

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

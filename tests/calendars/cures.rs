//! What is said of a calendar that cannot be read, and whether what it names cures it.

use serde_json::Value;

use crate::evil::Evil;
use crate::scene::Scene;
use crate::server::{Dialect, Event};

const TOLD: [&[&str]; 3] = [&["status"], &["calendar", "list", "--offline"], &["calendar", "events"]];

fn synced() -> Scene {
    let scene = Scene::new(Dialect::Google);
    scene.server.put("primary", Event::new("a", 9));
    scene.sync(&[]).exits(&[0]);
    scene
}

/// The provider knows no token of ours any more.
fn end_sign_ins(evil: &Evil) {
    let grants = &mut evil.state().grants;
    grants.live.clear();
    grants.families.iter_mut().for_each(|family| family.revoked = true);
}

#[test]
fn a_sign_in_that_was_done_is_not_asked_for_again() {
    let scene = synced();
    end_sign_ins(&scene.evil);
    scene.sync(&[]).exits(&[3]);
    for told in TOLD {
        scene.home.run(told).says("needs a new sign-in").says("integ connect evil");
    }
    scene.home.connect(&["evil"]).0.exits(&[0]);
    for told in TOLD {
        scene.home.run(told).exits(&[0]).never_says("needs a new sign-in");
    }
    assert_eq!(scene.home.status("evil")["calendars"][0]["error"], Value::Null);
}

#[test]
fn what_a_sign_in_does_not_cure_stays_until_a_sync_does() {
    let scene = synced();
    scene
        .sql()
        .execute("UPDATE calendar SET error_kind = 'unavailable', error_message = 'down', error_at = 1", [])
        .unwrap();
    scene.home.connect(&["evil"]).0.exits(&[0]);
    for told in TOLD {
        scene.home.run(told).exits(&[0]).says("help: integ sync --since-error");
    }
    scene.sync(&["--since-error"]).exits(&[0]);
    for told in TOLD {
        scene.home.run(told).exits(&[0]).never_says("down").never_says("--since-error");
    }
}

#[test]
fn where_none_is_wanted_it_is_said_how_to_want_one() {
    let scene = synced();
    scene.home.run(&["calendar", "disable", "Main"]).exits(&[0]);
    for told in [&["sync"][..], &["calendar", "events"]] {
        let output = scene.home.run(told);
        output.exits(&[0]).says("No calendar is mirrored now.").says("help: integ calendar enable NAME");
        output.never_says("connect");
    }
    scene.home.run(&["calendar", "enable", "Main"]).exits(&[0]);
    scene.home.run(&["sync"]).exits(&[0]).never_says("mirrored now");
}

#[test]
fn calendars_that_were_not_granted_are_no_promise_and_have_a_cure() {
    let scene = synced();
    scene.evil.mode("token", "scope-down");
    scene.home.connect(&["evil"]);
    scene.evil.mode("token", "ok");
    scene.server.forget();
    let status = scene.home.run(&["status"]);
    let row = status.out().lines().find(|line| line.contains("evil")).unwrap().to_owned();
    assert!(!row.contains("calendars"), "{row}");
    status.says("not granted: calendar.readonly");
    let error = scene.sync(&[]).exits(&[3]).json()["calendars"][0]["error"].clone();
    assert_eq!(error["kind"], "missing_scope");
    assert_eq!(error["help"], "integ connect evil --can +calendars");
    assert!(scene.server.asked().is_empty(), "the provider could only refuse");
    scene.home.connect(&["evil", "--can", "+calendars"]).0.exits(&[0]);
    scene.sync(&[]).exits(&[0]);
    let row = scene.home.run(&["status"]).out();
    assert!(row.contains("calendars"), "{row}");
}

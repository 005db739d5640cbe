//! What a person may ask of a sync, and what a provider may answer it.

use serde_json::{Value, json};

use super::{BOTH, filled, first};
use crate::server::event::today;
use crate::server::{Dialect, Event, Fault};

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
fn one_calendar_is_synced_by_its_name() {
    let scene = filled(Dialect::Google, 3, 10);
    scene.server.state().calendars.insert("other".into(), crate::server::Calendar::new("Team plans"));
    scene.server.state().calendars.insert("third".into(), crate::server::Calendar::new("Third"));
    scene.synced(&[]);
    let asked = |args: &[&str]| {
        scene.server.forget();
        scene.sync(args).exits(&[0]);
        scene.server.pages().iter().map(|asked| asked.path.clone()).collect::<Vec<_>>()
    };
    scene.sync(&["team plans"]).exits(&[2]).says("integ calendar enable");
    scene.home.run(&["calendar", "enable", "Team plans", "Third"]).exits(&[0]);
    assert_eq!(asked(&["team plans"]), ["/calendar/v3/calendars/other/events"]);
    assert_eq!(asked(&["evil/Third", "other"]).len(), 2);
    assert_eq!(asked(&["Third", "evil"]).len(), 3);
    scene.sync(&["Nothing such"]).exits(&[2]).says("no connection or calendar");
    scene.sync(&["nothing"]).exits(&[3]);
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

//! CL3, CL10: what a stranger chose to be called, and what a server repeats. (That no control character reaches a
//! terminal and no secret any output are standing invariants: the commands only have to be run.)

use crate::evil::Evil;
use crate::evil::api::HOSTILE;
use crate::home::Home;

#[test]
fn cl10_a_hostile_account_name_is_shown_clean_and_kept_whole() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("me", "hostile");
    home.connect(&["evil"]).0.exits(&[0]);
    for args in [&["status"][..], &["test", "evil"], &["status", "--check"], &["list"]] {
        home.run(args).exits(&[0]);
    }
    assert_eq!(home.status("evil")["account"], HOSTILE, "the JSON lost something");
    let tested = home.run(&["test", "evil", "--json"]);
    assert_eq!(tested.exits(&[0]).json()["tests"][0]["account"], HOSTILE);
    home.run(&["disconnect", "evil", "--yes"]).exits(&[0]);
}

#[test]
fn cl10_a_hostile_account_name_at_connect_in_json() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("me", "hostile");
    let (output, pages) = home.connect(&["evil", "--json"]);
    output.exits(&[0]);
    let events: Vec<serde_json::Value> =
        output.out().lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect();
    assert_eq!(
        events.iter().map(|e| e["event"].as_str().unwrap()).collect::<Vec<_>>(),
        ["authorize", "connected"]
    );
    assert_eq!(events[1]["account"], HOSTILE);
    assert!(!pages[0].body.contains('\u{1b}') && !pages[0].body.contains('\u{202e}'), "{:?}", pages[0].body);
}

#[test]
fn cl10_colour_can_be_asked_for_without_giving_the_provider_the_pen() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("me", "hostile");
    home.connect(&["evil"]).0.exits(&[0]);
    let shown = home.run(&["status", "--color", "never"]).exits(&[0]).out();
    assert!(shown.contains("red"), "the name is gone altogether: {shown}");
}

#[test]
fn cl03_what_a_server_repeats_is_masked() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    evil.mode("me", "echo-auth").mode("api", "echo-auth");
    home.run(&["test", "evil", "-vv"]).exits(&[1]);
    home.run(&["test", "evil", "--json"]).exits(&[1]);
    let log = home.path("home/integ.log").to_str().unwrap().to_owned();
    home.run(&["test", "evil", "-vv", "--log-file", &log]).exits(&[1]);
    home.run(&["status"]).exits(&[0, 3]);
}

#[test]
fn cl03_odd_answers_to_who_am_i_are_survived() {
    for (mode, codes) in [
        ("null", &[0, 1, 6][..]),
        ("html", &[1, 4]),
        ("deep", &[1, 4]),
        ("huge", &[1, 4]),
        ("http-404", &[1]),
        ("403", &[1, 3]),
        ("redirect-other", &[6]),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("5s");
        home.fresh(&evil, "evil");
        evil.mode("me", mode);
        home.run(&["test", "evil"]).exits(codes);
        home.run(&["test", "evil", "--json"]).exits(codes).json();
        home.run(&["token", "evil"]).exits(&[0]);
    }
}

//! What everybody meets once, and what is said about it.

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

use super::with_device;

#[test]
fn cu01_a_redirect_that_is_not_registered_is_named_exactly() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let keys =
        [("redirect", "\"http://localhost:45873/cb\""), ("console-url", "\"https://console.example/apps\"")];
    home.provider("evil", &provider_toml(&evil, &keys));
    evil.mode("authorize", "redirect-refused");
    let (output, _) = home.connect(&["evil"]);
    output
        .exits(&[1])
        .says("register exactly http://localhost:45873/cb")
        .says("https://console.example/apps");
    // Most providers show a page of their own, and nobody comes back.
    let output = home.run(&["connect", "evil", "--no-browser", "--timeout", "1"]);
    output.exits(&[3]).says("register exactly http://localhost:45873/cb");
}

#[test]
fn cu02_an_app_in_test_mode_and_one_that_waits_for_approval() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("authorize", "denied");
    home.connect(&["evil"]).0.exits(&[1]).never_says("test mode");
    home.provider("evil", &provider_toml(&evil, &[("testing-life", "\"7d\"")]));
    home.connect(&["evil"]).0.exits(&[1]).says("test users");
    evil.mode("authorize", "approval");
    home.connect(&["evil"]).0.exits(&[1]).says("approve the app");
}

#[test]
fn cu03_a_clock_that_is_off_is_named() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "late-clock");
    home.connect(&["evil"]).0.exits(&[1]).says("ahead of the server's").says("set the clock");
    let home = with_device(&evil, &[]);
    evil.mode("token", "ok");
    home.fresh(&evil, "evil");
    evil.mode("token", "late-clock");
    home.run(&["refresh", "evil", "--force"]).exits(&[3]).says("ahead of the server's");
}

#[test]
fn cu04_somebody_between_us_and_the_provider_is_named() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("5s");
    for (mode, code) in [("http-200-html", 4), ("redir-302-other", 6)] {
        evil.mode("token", mode);
        home.connect(&["evil"]).0.exits(&[code]).says("a network that wants a sign-in").says("HTTPS_PROXY");
    }
}

#[test]
fn cu05_what_the_browser_brings_in_place_of_a_code_is_told_apart() {
    for (mode, code, kind, help) in [
        ("denied", 1, "denied", "integ connect evil asks again"),
        ("busy", 4, "unavailable", "sign in again: integ connect evil"),
        ("broken", 4, "unavailable", "sign in again: integ connect evil"),
        ("client-refused", 1, "client_misconfigured", "integ setup evil"),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("authorize", mode);
        let (output, pages) = home.connect(&["evil", "--json"]);
        let error = output.exits(&[code]).last_event()["error"].clone();
        assert_eq!(error["kind"], kind, "{mode}");
        assert!(error["help"].as_str().unwrap().contains(help), "{error}");
        assert!(pages[0].body.contains(help), "{mode}\n{}", pages[0].body);
    }
}

/// The tab shows the cure that the terminal shows.
#[test]
fn cu06_who_signed_in_must_be_known_where_somebody_is_expected() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let expecting = ["evil", "--expect", "alice@example.com"];
    evil.mode("me", "http-503");
    let (output, pages) = home.connect(&expecting);
    output.exits(&[4]).says("did not say who signed in").never_says("unknown account");
    assert!(pages[0].body.contains("integ connect evil --expect alice@example.com"), "{}", pages[0].body);
    evil.mode("me", "ok");
    let (output, pages) = home.connect(&expecting);
    output.exits(&[6]).says("ada@example.com signed in, not alice");
    assert!(pages[0].body.contains("integ connect evil --expect alice@example.com"), "{}", pages[0].body);
    assert_eq!(home.vault_files().len(), 0);
}

#[test]
fn cu06_one_bad_moment_of_who_am_i_costs_no_consent() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    for args in [&["evil", "--expect", "ada@example.com"][..], &["evil"]] {
        evil.queue("me", &["http-503"]);
        home.connect(args).0.exits(&[0]);
        assert_eq!(home.status("evil")["account"], "ada@example.com");
    }
}

//! Group DV: a code that is entered on another device.

use std::time::Duration;

use crate::evil::Evil;
use crate::evil::device::GRANT;
use crate::home::Home;

use super::with_device;

#[test]
fn dv01_polls_keep_the_interval_and_end_with_the_answer() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.polls(&["authorization_pending", "authorization_pending"]);
    let output = home.run(&["connect", "evil", "--device"]);
    output.exits(&[0]).says("WDJB-MJHT").says(&format!("{}/activate", evil.base));
    let polls = evil.log("token");
    assert_eq!(polls.len(), 3);
    for pair in polls.windows(2) {
        // A pause is never shorter than it was asked to be.
        assert!(pair[1].at - pair[0].at >= Duration::from_secs(1));
    }
    assert_eq!(home.status("evil")["account"], "ada@example.com");
}

#[test]
fn dv01_a_program_gets_one_object_a_line() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.mode("device", "device-complete");
    let output = home.run(&["connect", "evil", "--device", "--json"]);
    let lines: Vec<serde_json::Value> =
        output.exits(&[0]).out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["event"], "device");
    assert_eq!(lines[0]["user_code"], "WDJB-MJHT");
    assert_eq!(lines[0]["url"], format!("{}/activate", evil.base));
    assert_eq!(lines[0]["url_complete"], format!("{}/activate?user_code=WDJB-MJHT", evil.base));
    assert_eq!(lines[1]["event"], "connected");
    assert!(!output.out().contains('█') && !output.err().contains('█'), "{}", output.transcript());
}

#[test]
fn dv01_the_dialects_of_waiting_are_understood() {
    for polls in [
        // GitHub: status 200, and how slow.
        &["200:authorization_pending", "200:slow_down+1"][..],
        &["authorization_pending+7"],
    ] {
        let evil = Evil::start();
        let home = with_device(&evil, &[]);
        evil.polls(polls);
        home.run(&["connect", "evil", "--device", "--timeout", "60"]).exits(&[0]);
        assert_eq!(evil.log("token").len(), polls.len() + 1, "{polls:?}");
    }
}

#[test]
fn dv02_slow_down_slows_down() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.polls(&["slow_down"]);
    home.run(&["connect", "evil", "--device", "--timeout", "60"]).exits(&[0]);
    let polls = evil.log("token");
    assert!(polls[1].at - polls[0].at >= Duration::from_secs(6), "5 s more than before");
}

#[test]
fn dv03_an_odd_interval_is_never_a_hot_loop() {
    for mode in ["device-interval-0", "device-interval-string"] {
        let evil = Evil::start();
        let home = with_device(&evil, &[]);
        evil.mode("device", mode).polls(&["authorization_pending", "authorization_pending"]);
        home.run(&["connect", "evil", "--device"]).exits(&[0]);
        let polls = evil.log("token");
        assert!(polls.windows(2).all(|pair| pair[1].at - pair[0].at >= Duration::from_secs(1)), "{mode}");
    }
}

#[test]
fn dv04_a_final_answer_ends_the_polling() {
    for (told, code, kind) in [
        ("access_denied", 1, "denied"),
        ("authorization_declined", 1, "denied"),
        ("200:access_denied", 1, "denied"),
        ("expired_token", 3, "signin_timeout"),
        ("200:token_expired", 3, "signin_timeout"),
        ("invalid_client", 1, "client_misconfigured"),
        ("bad_verification_code", 1, "provider_error"),
    ] {
        let evil = Evil::start();
        let home = with_device(&evil, &[]);
        evil.polls(&[told]);
        let output = home.run(&["connect", "evil", "--device", "--json"]);
        assert_eq!(output.exits(&[code]).last_event()["error"]["kind"], kind, "{told}");
        assert_eq!(evil.count("token", GRANT), 1, "{told}: asked on");
        assert_eq!(home.vault_files().len(), 0, "{told}");
    }
}

#[test]
fn dv04_a_code_that_dies_is_not_asked_about_again() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.mode("device", "device-expires-1").polls(&["authorization_pending"; 5]);
    home.run(&["connect", "evil", "--device"]).exits(&[3]);
    assert!(evil.log("token").len() <= 1);
}

#[test]
fn dv06_a_hostile_device_answer_is_refused_or_shown_clean() {
    for (mode, codes) in [
        ("device-uri-js", &[6][..]),
        ("device-uri-file", &[6]),
        ("device-no-code", &[4]),
        ("device-usercode-ansi", &[0]),
        ("device-complete-js", &[0]),
        ("device-url", &[0]),
    ] {
        let evil = Evil::start();
        let home = with_device(&evil, &[]);
        evil.mode("device", mode);
        let output = home.run(&["connect", "evil", "--device"]);
        output.exits(codes).never_says("javascript:");
        assert_eq!(home.vault_files().is_empty(), output.code != 0, "{mode}");
    }
}

#[test]
fn dv06_a_refusal_with_status_200_is_one() {
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.mode("device", "device-disabled");
    home.run(&["connect", "evil", "--device"]).exits(&[1]).says("device_flow_disabled");
    assert_eq!(evil.log("token").len(), 0);
}

#[test]
fn dv07_a_confidential_client_says_who_it_is_in_its_own_way() {
    for (auth, header) in [("\"basic\"", true), ("\"body\"", false)] {
        let evil = Evil::start();
        let mut home: Home = with_device(&evil, &[("client-auth", auth)]);
        home.set("INTEG_EVIL_CLIENT_SECRET", "CANARY-cs-of-the-device");
        evil.state().grants.client = Some(("client-evil".into(), "CANARY-cs-of-the-device".into()));
        home.run(&["connect", "evil", "--device"]).exits(&[0]);
        for request in evil.log("device").iter().chain(&evil.log("token")) {
            assert_eq!(request.header("authorization").is_some(), header, "{auth}");
            assert_eq!(request.field("client_secret").is_some(), !header, "{auth}");
        }
    }
}

#[test]
fn dv08_a_timeout_and_a_signal_leave_nothing() {
    use nix::sys::signal::Signal;
    let evil = Evil::start();
    let home = with_device(&evil, &[]);
    evil.polls(&["authorization_pending"; 60]);
    home.run(&["connect", "evil", "--device", "--timeout", "2"]).exits(&[3]).says("within 2 s");
    let running = home.start(&["connect", "evil", "--device"]);
    evil.wait_for("device", 2);
    running.signal(Signal::SIGINT);
    running.wait().exits(&[130]);
    assert_eq!(home.vault_files().len(), 0);
}

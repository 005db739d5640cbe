//! Many processes at once on one expired grant whose refresh token works once: one request, everybody served.
use serde_json::json;

use crate::harness::{Keyring, Oidc, Running, Sealed, needs};

fn stampede(server: &Oidc, home: &Sealed, processes: usize) {
    server.connect_expired(home, &["acme"]);
    let before = server.token_requests();
    // Long enough for all of them to stand at the lock while the first one asks.
    server.tell("faults", &json!({ "path": "/token", "delay_ms": 1500 }));
    let crowd: Vec<Running> =
        (0..processes).map(|_| home.integ(&["token", "acme"]).reveals().within(180).start()).collect();
    let answers: Vec<String> = crowd.into_iter().map(|one| one.finish().ok().stdout).collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]), "not everybody got the same token");
    assert_eq!(server.token_requests() - before, 1, "more than one refresh");
    server.tell("faults", &json!({}));
    home.integ(&["refresh", "acme", "--force"]).run().ok();
    assert_eq!(server.noted("grant.revoked"), 0, "the grant did not survive");
}

#[test]
fn twenty_from_the_file_vault() {
    if needs("stampede", &["oidc-provider"]) {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_to(&home);
        stampede(&server, &home, 20);
    }
}

#[test]
fn a_hundred_from_the_file_vault() {
    if needs("stampede", &["oidc-provider"]) {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_to(&home);
        stampede(&server, &home, 100);
    }
}

#[test]
fn twenty_from_the_keychain() {
    if needs("stampede", &["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon"]) {
        let keyring = Keyring::unlocked();
        let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
        server.known_to(&home);
        stampede(&server, &home, 20);
    }
}

#[test]
fn a_hundred_from_the_keychain() {
    if needs("stampede", &["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon"]) {
        let keyring = Keyring::unlocked();
        let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
        server.known_to(&home);
        stampede(&server, &home, 100);
    }
}

#[test]
fn processes_with_another_home_meet_at_the_same_lock() {
    if !needs("stampede", &["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon"]) {
        return;
    }
    let keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    server.tell("faults", &json!({ "path": "/token", "delay_ms": 1500 }));
    let elsewhere = home.outside().display().to_string();
    let crowd: Vec<Running> = (0..20)
        .map(|n| {
            let run = home.integ(&["token", "acme"]).reveals();
            if n % 2 == 0 { run.start() } else { run.env("HOME", &elsewhere).start() }
        })
        .collect();
    for one in crowd {
        one.finish().ok();
    }
    assert_eq!(server.token_requests(), 2, "one code, one refresh");
}

#[test]
fn a_crowd_at_a_dead_grant_asks_once() {
    if !needs("stampede", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    server.tell("revoke", &json!({ "account": "alice" }));
    server.tell("faults", &json!({ "path": "/token", "delay_ms": 800 }));
    let crowd: Vec<Running> = (0..20).map(|_| home.integ(&["token", "acme", "--json"]).start()).collect();
    for one in crowd {
        assert_eq!(one.finish().exits(3).error(), "needs_reauth");
    }
    assert_eq!(server.token_requests(), 2, "one code, one refused refresh");
}

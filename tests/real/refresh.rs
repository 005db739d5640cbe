//! Expiry, rotation and the end of a grant, at a provider where a refresh token works once.
use serde_json::{Value, json};

use crate::harness::{Oidc, Sealed, needs};

/// What `status` says of the connection; it may exit 3 when a person is needed.
fn state(home: &Sealed) -> Value {
    let out = home.integ(&["status", "--json"]).run();
    assert!([0, 3].contains(&out.code), "{out}");
    out.json()["connections"][0]["state"].clone()
}

#[test]
fn an_expired_token_is_refreshed_once_and_then_fresh() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    let first = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    let second = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    assert_eq!(first, second);
    assert_eq!(server.token_requests(), 2, "one code, one refresh");
}

#[test]
fn a_token_that_really_expired_is_replaced_before_it_is_used() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "5")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    std::thread::sleep(std::time::Duration::from_millis(5100));
    home.integ(&["api", "acme", "/me"]).run().ok();
    assert_eq!((server.token_requests(), server.requests("GET", "/me")), (2, 2), "{:?}", server.events());
}

#[test]
fn forced_refreshes_follow_the_rotation() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let mut seen = vec![home.integ(&["token", "acme"]).reveals().run().ok().stdout];
    for _ in 0..3 {
        let out = home.integ(&["refresh", "acme", "--force", "--json"]).run().ok();
        assert_eq!(out.json()["refreshes"][0]["outcome"], "refreshed", "{out}");
        let token = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
        assert!(!seen.contains(&token), "the same token again");
        seen.push(token);
    }
    let idle = home.integ(&["refresh", "--all", "--due", "--json"]).run().ok();
    assert_eq!(server.token_requests(), 4, "nothing was due\n{idle}");
    assert_eq!(server.noted("grant.revoked"), 0, "a used refresh token was presented again");
}

#[test]
fn a_revoked_grant_is_marked_kept_and_left_alone() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    server.tell("revoke", &json!({ "account": "alice" }));
    let out = home.integ(&["token", "acme", "--json"]).run().exits(3);
    assert_eq!(out.error(), "needs_reauth");
    out.says("integ connect acme");
    assert_eq!(server.token_requests(), 2);
    for _ in 0..5 {
        assert_eq!(home.integ(&["token", "acme", "--json"]).run().exits(3).error(), "needs_reauth");
    }
    home.integ(&["refresh", "--all", "--due"]).run();
    assert_eq!(server.token_requests(), 2, "a dead grant was presented again without being asked to");
    assert_eq!(state(&home), "needs_reauth");
    assert_eq!(home.vault_files().len(), 1, "the grant was thrown away");

    home.connect(&["acme"]).out.ok();
    assert_eq!(state(&home), "connected");
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn status_check_and_test_name_a_dead_grant() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    server.tell("revoke", &json!({ "account": "alice" }));
    let out = home.integ(&["test", "acme", "--json"]).run().exits(3);
    assert_eq!(out.json()["tests"][0]["outcome"], "needs_reauth", "{out}");
    let out = home.integ(&["status", "--check", "--json"]).run().exits(3);
    assert_eq!(out.json()["connections"][0]["state"], "needs_reauth", "{out}");
    home.integ(&["status"]).run().says("integ connect acme");
}

#[test]
fn the_person_is_told_once_when_it_breaks_and_once_when_it_is_well() {
    if !needs("refresh", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let told = home.outside().join("told");
    let script = home.hand_over("notify", &format!("#!/bin/sh\n(cat; echo) >> '{}'\n", told.display()));
    let command = format!("[\"/bin/sh\", \"{}\"]", script.display());
    home.integ(&["config", "set", "notify.command", &command]).run().ok();
    server.connect_expired(&home, &["acme"]);
    server.tell("revoke", &json!({ "account": "alice" }));
    for _ in 0..3 {
        home.integ(&["token", "acme"]).run().exits(3);
    }
    let lines = || {
        std::fs::read_to_string(&told)
            .unwrap_or_default()
            .lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(lines().len(), 1, "{:?}", lines());
    home.connect(&["acme"]).out.ok();
    assert_eq!(lines().len(), 2, "{:?}", lines());
    assert!(
        lines().iter().all(|line| line.contains("acme") && serde_json::from_str::<Value>(line).is_ok()),
        "{:?}",
        lines()
    );
}

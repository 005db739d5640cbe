//! RF10, RF12 to RF14: what the provider's answer does to the grant that is stored.

use std::thread;

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::{Home, provider_toml};

#[test]
fn rf10_a_refusal_for_good_is_marked_kept_and_not_repeated() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.expired(&evil, "evil");
    evil.mode("token", "http-400-invalid_grant");
    home.run(&["token", "evil"]).exits(&[3]).says("integ connect evil");
    assert_eq!(home.status("evil")["state"], "needs_reauth");
    for _ in 0..50 {
        home.run(&["token", "evil"]).exits(&[3]);
    }
    home.run(&["refresh", "--due"]).exits(&[0, 3]);
    home.run(&["api", "evil", "/api/x"]).exits(&[3]);
    assert_eq!(evil.refreshes(), 1, "asked again after a refusal for good");
    assert_eq!(home.vault_files().len(), 1, "something was deleted");
    // A person may insist, and success heals.
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
    assert_eq!(home.status("evil")["state"].as_str().map(|s| s != "needs_reauth"), Some(true));
    home.run(&["token", "evil"]).exits(&[0]);
}

#[test]
fn rf10_twenty_refused_at_once_ask_once() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.mode("token", "http-400-invalid_grant");
    let running: Vec<_> = (0..20).map(|_| home.start(&["token", "evil"])).collect();
    running.into_iter().for_each(|one| drop(one.wait().exits(&[3]).clone()));
    assert_eq!(evil.refreshes(), 1);
}

#[test]
fn rf12_each_cause_has_its_name_and_keeps_the_token() {
    for (mode, kind, code) in [
        ("invalid_client", "client_misconfigured", 1),
        ("invalid_client-400", "client_misconfigured", 1),
        ("unauthorized_client", "client_misconfigured", 1),
        ("error-unknown", "provider_error", 1),
        ("invalid_rapt", "needs_reauth", 3),
        ("http-400-invalid_grant", "needs_reauth", 3),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let grant = home.expired(&evil, "evil");
        evil.mode("token", mode);
        let output = home.run(&["token", "evil", "--json"]);
        assert_eq!(output.exits(&[code]).kind(), kind, "{mode}");
        if mode == "error-unknown" {
            output.says("out_of_cheese");
        }
        assert_eq!(home.recovers(&evil, "evil"), grant.refresh, "{mode}");
    }
}

#[test]
fn rf12_the_provider_file_says_what_else_is_final() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let toml = provider_toml(&evil, &[]).replace("[error]\n", "[error]\nreconnect = [\"out_of_cheese\"]\n");
    home.provider("evil", &toml);
    let grant = home.expired(&evil, "evil");
    evil.mode("token", "error-unknown");
    home.run(&["token", "evil"]).exits(&[3]);
    home.run(&["token", "evil"]).exits(&[3]);
    assert_eq!(evil.refreshes(), 1);
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}

#[test]
fn rf13_twenty_failures_in_a_row_wear_nothing_out() {
    let modes = [
        "http-200-html",
        "json-truncated",
        "no-access_token",
        "invalid_client",
        "redir-307-other",
        "error-unknown",
    ];
    thread::scope(|scope| {
        for mode in modes {
            scope.spawn(move || {
                let evil = Evil::start();
                let home = Home::new(&evil);
                let grant = home.expired(&evil, "evil");
                evil.mode("token", mode);
                for _ in 0..20 {
                    let output = home.run(&["refresh", "evil", "--force"]);
                    assert_ne!(output.code, 0, "{mode}");
                }
                assert_eq!(home.recovers(&evil, "evil"), grant.refresh, "{mode}");
            });
        }
    });
}

#[test]
fn rf14_an_answer_without_a_refresh_token_keeps_the_old_one() {
    for mode in ["no-refresh_token", "refresh_token-null", "refresh_token-empty", "refresh_token-same"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.state().grants.rotation = Rotation::None;
        let grant = home.expired(&evil, "evil");
        evil.mode("token", mode);
        home.run(&["token", "evil"]).exits(&[0]);
        assert_eq!(home.recovers(&evil, "evil"), grant.refresh, "{mode}");
    }
}

#[test]
fn rf14_the_end_that_was_told_of_a_refresh_token_is_kept_with_it() {
    for assumed in ["", "\"180d\""] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.provider("evil", &provider_toml(&evil, &[("refresh", "\"stable\""), ("refresh-life", assumed)]));
        evil.state().grants.rotation = Rotation::None;
        evil.mode("token", "refresh_token-ends");
        home.fresh(&evil, "evil");
        let told = home.status("evil")["refresh_expires_at"].clone();
        assert!(told.is_string(), "{told}");
        evil.mode("token", "no-refresh_token");
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
        assert_eq!(home.status("evil")["refresh_expires_at"], told, "{assumed}");
        // A sign-in that brings none keeps the one before, and its end.
        home.connect(&["evil"]).0.exits(&[0]);
        assert_eq!(home.status("evil")["refresh_expires_at"], told, "{assumed}");
    }
}

#[test]
fn rf14_a_token_that_cannot_be_renewed_is_not_said_to_last() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "no-refresh_token");
    evil.state().grants.access_ttl = 1_200;
    home.fresh(&evil, "evil");
    for args in [&["refresh", "evil"][..], &["refresh", "--all", "--force"]] {
        home.run(args)
            .exits(&[0])
            .says("valid for")
            .says("it has no refresh token")
            .never_says("until it is");
    }
    // Close to its end it is no fresher for being asked for.
    evil.state().grants.access_ttl = 200;
    home.connect(&["evil/short"]).0.exits(&[0]);
    home.run(&["refresh", "evil/short"]).exits(&[0]).says("it has no refresh token").never_says("--force");
}

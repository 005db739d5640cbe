//! TE5, TE7 to TE10, TE13 to TE15, TE18: answers that are odd, wrong or hostile.

use crate::evil::Evil;
use crate::home::Home;

/// Ten commands after an answer that says little about its life: neither a refresh each time nor none ever.
fn refreshes_in_ten(mode: &str) -> usize {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.mode("token", mode);
    for _ in 0..10 {
        home.run(&["token", "evil"]).exits(&[0]);
    }
    evil.refreshes()
}

#[test]
fn te09_odd_lifetimes_are_taken_with_care() {
    for mode in
        ["expires_in-negative", "expires_in-zero", "expires_in-missing", "expires_in-huge", "expires_in-bool"]
    {
        assert!((1..=2).contains(&refreshes_in_ten(mode)), "{mode}: {} refreshes", refreshes_in_ten(mode));
    }
}

#[test]
fn te10_short_lives_do_not_make_a_storm() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.state().grants.access_ttl = 60;
    for _ in 0..10 {
        home.run(&["token", "evil"]).exits(&[0]);
    }
    // Ten commands take far less than half of its life.
    assert!(evil.refreshes() <= 2, "{} refreshes", evil.refreshes());
}

#[test]
fn te14_a_token_that_cannot_stand_in_a_header_is_refused() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.mode("token", "token-crlf");
    home.run(&["api", "evil", "/api/x"]);
    assert!(evil.log("api").iter().all(|r| r.header("x-injected").is_none()));
}

#[test]
fn te18_an_address_in_the_answer_moves_nothing() {
    for mode in ["instance_url-other", "instance_url-metadata", "instance_url-userinfo"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("token", mode);
        let (output, _) = home.connect(&["evil"]);
        if output.code == 0 {
            // The standing invariants tell when a request goes elsewhere.
            home.run(&["api", "evil", "/api/x"]).exits(&[0, 6]);
            home.run(&["test", "evil"]).exits(&[0, 6]);
        }
    }
}

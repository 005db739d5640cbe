//! TE5, TE7 to TE10, TE13 to TE15, TE18: answers that are odd, wrong or hostile.

use super::row;
use crate::evil::Evil;
use crate::home::Home;

#[test]
fn te05_captive_portals_and_broken_json_keep_the_grant() {
    row("TE5");
}

#[test]
fn te07_an_answer_without_a_usable_token_is_refused() {
    row("TE7");
}

#[test]
fn te08_the_token_type_has_no_case() {
    row("TE8");
}

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
    row("TE9");
    for mode in
        ["expires_in-negative", "expires_in-zero", "expires_in-missing", "expires_in-huge", "expires_in-bool"]
    {
        assert!((1..=2).contains(&refreshes_in_ten(mode)), "{mode}: {} refreshes", refreshes_in_ten(mode));
    }
}

#[test]
fn te10_short_lives_do_not_make_a_storm() {
    row("TE10");
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
fn te13_a_document_that_says_two_things_is_refused() {
    row("TE13");
}

#[test]
fn te14_a_token_that_cannot_stand_in_a_header_is_refused() {
    row("TE14");
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.mode("token", "token-crlf");
    home.run(&["api", "evil", "/api/x"]);
    assert!(evil.log("api").iter().all(|r| r.header("x-injected").is_none()));
}

#[test]
fn te15_form_answers_need_a_provider_that_says_so_and_the_media_type_does_not_matter() {
    row("TE15");
}

#[test]
fn te18_an_address_in_the_answer_moves_nothing() {
    row("TE18");
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

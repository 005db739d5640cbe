//! TE1 to TE4, TE6: time, size and patience.

use std::time::Duration;

use super::row;
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

#[test]
fn te03_a_provider_that_is_down_is_asked_three_times_at_most() {
    for tried in row("TE3") {
        assert!((1..=3).contains(&tried.refreshes.len()), "{}: {}", tried.mode.name, tried.refreshes.len());
    }
}

#[test]
fn te03_a_refresh_token_that_stays_may_be_presented_three_times() {
    for mode in ["http-500", "http-503", "close-before", "http-502-html"] {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("10s");
        home.provider("evil", &provider_toml(&evil, &[("refresh", "\"stable\"")]));
        evil.state().grants.rotation = crate::evil::grants::Rotation::None;
        let grant = home.expired(&evil, "evil");
        evil.mode("token", mode);
        home.run(&["token", "evil"]).exits(&[4]);
        let tries = evil.refreshes();
        assert!((1..=3).contains(&tries), "{mode}: {tries} tries");
        assert_eq!(home.recovers(&evil, "evil"), grant.refresh, "{mode}");
    }
}

#[test]
fn te03_one_bad_moment_is_forgiven_in_the_same_command() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("10s");
    home.expired(&evil, "evil");
    evil.queue("token", &["http-503"]);
    home.run(&["token", "evil"]).exits(&[0]);
    assert_eq!(evil.refreshes(), 2);
}

#[test]
fn te04_patience_is_kept_and_said() {
    for tried in row("TE4") {
        let times: Vec<_> = tried.refreshes.iter().map(|request| request.at).collect();
        let gaps = times.windows(2).map(|pair| pair[1] - pair[0]);
        match tried.mode.name {
            "http-429-secs" | "http-429-date" => {
                assert!(gaps.clone().all(|gap| gap >= Duration::from_millis(950)), "retried early: {gaps:?}");
            }
            "http-429-huge" | "http-429-later" => {
                assert_eq!(times.len(), 1, "{}: asked again at once", tried.mode.name);
                let message = tried.refresh.json()["error"].to_string();
                assert!(message.chars().any(|c| c.is_ascii_digit()), "does not say when: {message}");
            }
            _ => assert!(times.len() <= 3, "{}", tried.mode.name),
        }
    }
}

#[test]
fn te04_a_remembered_wait_is_kept_by_the_next_command_and_force_overrides_it() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.expired(&evil, "evil");
    evil.mode("token", "http-429-huge");
    home.run(&["token", "evil"]).exits(&[4]);
    evil.mode("token", "ok");
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}

#[test]
fn te19_a_code_that_was_answered_is_over_and_that_is_said() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("10s");
    // The code and its verifier end with the command.
    for mode in ["http-503-retry", "http-429-secs", "http-500"] {
        evil.state().forget();
        evil.mode("token", mode);
        let (output, _) = home.connect(&["evil"]);
        output.exits(&[4]).says("nothing was stored; sign in again").says("integ connect evil");
        output.never_says("try again").never_says("nothing was lost");
        assert_eq!(evil.log("token").len(), 1, "{mode}");
    }
}

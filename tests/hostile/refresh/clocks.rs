//! RF15: whatever the clock of this machine says, an expired token is refreshed, once, and nobody is sent to sign in.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::evil::Evil;
use crate::home::{Home, Output};

const HOUR: i64 = 3_600;
const YEAR: i64 = 365 * 24 * HOUR;

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

/// `token` at this time.
fn token(home: &Home, ahead: i64) -> Output {
    let output = home.call(&["token", "evil"]).at(ahead).run();
    output.exits(&[0]);
    output
}

#[test]
fn rf15_a_clock_that_jumps_costs_one_refresh_each_way() {
    // Suspended for hours; set wrong by years; 1970, as a machine without a battery has it.
    for ahead in [2 * HOUR, 10 * YEAR, -10 * YEAR, 5 - now()] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let first = home.fresh(&evil, "evil").access;
        assert_eq!(token(&home, 0).out().trim(), first);
        let there = token(&home, ahead).out();
        assert_ne!(there.trim(), first, "{ahead}: an old token was taken for a fresh one");
        for _ in 0..3 {
            assert_eq!(token(&home, ahead).out(), there, "{ahead}: a refresh at every call");
        }
        assert_eq!(evil.refreshes(), 1, "{ahead}");
        let back = token(&home, 0).out();
        assert!(evil.state().grants.is_live(back.trim()));
        assert_eq!(token(&home, 0).out(), back);
        // Back from two hours ahead the new token looks two hours too young, which is no reason to trust it.
        assert_eq!(evil.refreshes(), 2, "{ahead}");
        assert_eq!(home.status("evil")["state"], "connected", "{ahead}");
    }
}

#[test]
fn rf15_summer_time_is_no_jump() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let first = home.fresh(&evil, "evil").access;
    for zone in ["UTC0", "CET-1CEST,M3.5.0,M10.5.0/3", "<-1130>11:30", "<+1345>-13:45"] {
        let output = home.call(&["token", "evil"]).env("TZ", zone).run();
        assert_eq!(output.exits(&[0]).out().trim(), first, "{zone}");
    }
    assert_eq!(evil.refreshes(), 0);
}

/// The clock went back while the token ran out: it looks young, and only the API knows better.
#[test]
fn rf15_what_a_slow_clock_hides_costs_one_refusal_and_one_refresh() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    evil.state().grants.live.clear();
    let running: Vec<_> =
        (0..8).map(|_| home.call(&["api", "evil", "/api/x"]).at(HOUR / 2).start()).collect();
    for one in running {
        one.wait().exits(&[0]);
    }
    assert_eq!(evil.refreshes(), 1);
    let refused = evil.log("api").len() - 8;
    home.call(&["api", "evil", "/api/x"]).at(HOUR / 2).run().exits(&[0]);
    assert_eq!(evil.log("api").len() - 9, refused, "refused again although the token is new");
    assert_eq!(evil.refreshes(), 1);
}

/// A wait that was noted by a clock in the wrong year is not kept for years.
#[test]
fn rf15_a_wait_from_the_future_does_not_outlive_its_length() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.queue("token", &["http-429-huge"]);
    home.call(&["token", "evil"]).at(10 * YEAR).run().exits(&[4]);
    let asked = evil.refreshes();
    home.call(&["token", "evil"]).at(10 * YEAR + 1).run().exits(&[4]);
    assert_eq!(evil.refreshes(), asked, "the wait was not kept");
    token(&home, 0);
}

/// Until when to wait is the provider's word, and so is what time it is now.
#[test]
fn rf15_a_date_to_wait_for_is_read_against_the_providers_own_clock() {
    for ahead in [-10 * YEAR, 10 * YEAR] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.fresh(&evil, "evil");
        evil.queue("token", &["http-429-dated"]);
        home.call(&["refresh", "evil", "--force"]).at(ahead).run().exits(&[0]);
        let asked = evil.log("token");
        assert_eq!(asked.len(), 2, "{ahead}");
        assert!(asked[1].at - asked[0].at >= Duration::from_millis(950), "{ahead}: it did not wait");
    }
}

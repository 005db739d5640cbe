//! A machine's grant has no refresh token: it is asked for anew, by one process for all, and no failure loses it.

use super::{connect, document, expired, home, key_file, keys, rules};
use crate::evil::Evil;
use crate::evil::machine::Rules;

#[test]
fn twenty_processes_ask_once() {
    for _ in 0..3 {
        let evil = Evil::start();
        let home = home(&evil);
        expired(&evil, &home);
        evil.hold("token");
        let running: Vec<_> = (0..20).map(|_| home.start(&["token", "evil/robot"])).collect();
        evil.wait_for("token", 1);
        evil.release("token");
        let tokens: Vec<String> = running.into_iter().map(|one| one.wait().exits(&[0]).out()).collect();
        assert!(tokens.iter().all(|token| *token == tokens[0]));
        assert!(evil.state().grants.is_live(tokens[0].trim()));
        assert_eq!(evil.asked_by_machines(), 1);
        assert_eq!(evil.state().grants.machine_problems, Vec::<String>::new());
    }
}

#[test]
fn a_refused_token_is_asked_for_anew_once() {
    let evil = Evil::start();
    let home = home(&evil);
    connect(&evil, &home);
    evil.state().forget();
    evil.state().grants.live.clear();
    let running: Vec<_> = (0..10).map(|_| home.start(&["api", "evil/robot", "/api/x"])).collect();
    running.into_iter().for_each(|one| drop(one.wait().exits(&[0]).clone()));
    assert_eq!(evil.asked_by_machines(), 1);
}

#[test]
fn what_passes_keeps_everything_and_is_tried_again() {
    for mode in ["http-500", "http-503", "http-429-secs", "reset", "http-200-html"] {
        let evil = Evil::start();
        let home = home(&evil).deadline("3s");
        expired(&evil, &home);
        evil.mode("token", mode);
        home.run(&["token", "evil/robot"]).exits(&[4]);
        evil.mode("token", "ok");
        // A lost answer costs nothing here: there is no mark, and nobody has to be asked.
        assert_eq!(home.status("evil/robot")["state"], "connected", "{mode}");
        home.run(&["refresh", "evil/robot", "--force"]).exits(&[0]);
    }
}

#[test]
fn a_deleted_key_is_named_and_a_new_one_cures_it() {
    let evil = Evil::start();
    let home = home(&evil);
    expired(&evil, &home);
    evil.state().grants.machine = Some(Rules { public: keys::two_public(), ..rules(&evil) });
    let refused = home.run(&["token", "evil/robot"]);
    refused.exits(&[3]).says("needs a new key").says("--service-account FILE").never_says("sign-in");
    // Known from now on: nobody is asked again.
    home.run(&["token", "evil/robot"]).exits(&[3]).says("needs a new key");
    assert_eq!(evil.asked_by_machines(), 1);
    assert_eq!(home.status("evil/robot")["state"], "needs_reauth");
    home.run(&["status"]).exits(&[3]).says("needs a new key");
    let mut newer = document(&evil);
    newer["private_key"] = keys::two().into();
    let file = key_file(&home, &newer.to_string());
    home.run(&["connect", "evil/robot", "--service-account", &file]).exits(&[0]);
    home.run(&["test", "evil/robot"]).exits(&[0]);
}

#[test]
fn a_clock_that_is_wrong_is_named_and_condemns_no_key() {
    let evil = Evil::start();
    let home = home(&evil);
    expired(&evil, &home);
    evil.mode("token", "invalid_grant-an-hour-later");
    let wrong = home.run(&["refresh", "evil/robot", "--force", "--json"]);
    assert_eq!(wrong.exits(&[4]).kind(), "unavailable");
    wrong.says("the clock of this machine is").says("behind").says("set the clock");
    evil.mode("token", "ok");
    assert_eq!(home.status("evil/robot")["state"], "connected");
    home.run(&["token", "evil/robot"]).exits(&[0]);
}

#[test]
fn what_the_account_may_not_do_is_an_administrators_matter() {
    let evil = Evil::start();
    let home = home(&evil);
    expired(&evil, &home);
    evil.mode("token", "unauthorized_client");
    let refused = home.run(&["refresh", "evil/robot", "--force", "--json"]);
    assert_eq!(refused.exits(&[1]).kind(), "client_misconfigured");
    refused.says("administrator");
    evil.mode("token", "ok");
    home.run(&["token", "evil/robot"]).exits(&[0]);
}

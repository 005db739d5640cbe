//! CL12: `notify.command` is an argument list, gets its event on stdin, and is told once.

use std::fs;

use serde_json::Value;

use crate::evil::Evil;
use crate::home::{Home, private_file};

/// A command that writes down its arguments, its environment and its input.
fn notified(home: &Home) {
    let note = |name: &str| home.path(name).to_str().unwrap().to_owned();
    let script = format!(
        "echo \"$#\" >> '{0}'; export -p >> '{1}'; read event; echo \"$event\" >> '{2}'",
        note("arguments"),
        note("environment"),
        note("events")
    );
    let program = home.program("tell me", &script);
    let command = serde_json::json!([program.to_str().unwrap(), "a b; touch pwned", "$(touch pwned)"]);
    private_file(&home.config().join("config.toml"), format!("[notify]\ncommand = {command}\n").as_bytes());
}

fn events(home: &Home) -> Vec<Value> {
    let text = fs::read_to_string(home.path("events")).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).expect("one JSON event a line")).collect()
}

#[test]
fn cl12_somebody_is_told_once_and_once_more_when_it_is_well() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    notified(&home);
    home.expired(&evil, "evil");
    evil.mode("token", "http-400-invalid_grant");
    for _ in 0..3 {
        home.run(&["token", "evil"]).exits(&[3]);
    }
    assert_eq!(events(&home).len(), 1, "{:?}", events(&home));
    home.recovers(&evil, "evil");
    home.run(&["token", "evil"]).exits(&[0]);
    assert_eq!(events(&home).len(), 2, "{:?}", events(&home));
    assert_eq!(fs::read_to_string(home.path("arguments")).unwrap(), "2\n2\n");
    let seen = fs::read_to_string(home.path("environment")).unwrap()
        + &fs::read_to_string(home.path("events")).unwrap();
    assert!(!seen.contains("CANARY") && !seen.contains("AGE-SECRET-KEY"), "{seen}");
}

#[test]
fn cl12_a_hook_that_fails_or_is_missing_changes_no_exit_code() {
    for command in ["[\"/bin/false\"]", "[\"/no/such/program\"]"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        private_file(
            &home.config().join("config.toml"),
            format!("[notify]\ncommand = {command}\n").as_bytes(),
        );
        home.expired(&evil, "evil");
        evil.mode("token", "http-400-invalid_grant");
        home.run(&["token", "evil"]).exits(&[3]);
    }
}

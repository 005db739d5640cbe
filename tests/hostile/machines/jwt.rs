//! Connecting with a key: what is sent is exactly what the documentation wants, and the file is no longer needed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::json;

use super::{ROBOT, connect, document, home, key_file, keys, rules};
use crate::evil::Evil;
use crate::evil::machine::Rules;
use crate::home::{Home, provider_toml};

#[test]
fn a_service_account_connects_and_its_file_can_go() {
    let evil = Evil::start();
    let home = home(&evil);
    connect(&evil, &home).says("delete it: rm").never_says("can be read by every user");
    fs::remove_file(home.path("downloads/key")).unwrap();
    let row = home.status("evil/robot");
    assert_eq!(row["state"], "connected");
    assert_eq!(row["account"], "ada@example.com");
    assert!(row["refresh_rule"].as_str().unwrap().contains("the key signs"));
    home.run(&["status"]).exits(&[0]).says("signed anew");
    let token = home.run(&["token", "evil/robot"]).exits(&[0]).out();
    assert!(evil.state().grants.is_live(token.trim()));
    home.run(&["test", "evil/robot"]).exits(&[0]);
    assert_eq!(evil.asked_by_machines(), 1);
    home.run(&["refresh", "evil/robot", "--force"]).exits(&[0]).says("refreshed");
    assert_eq!(evil.asked_by_machines(), 2);
    assert_ne!(home.run(&["token", "evil/robot"]).out(), token);
    home.run(&["disconnect", "evil/robot", "--yes"]).exits(&[0]);
    assert_eq!(evil.log("revoke").len(), 1);
    home.run(&["token", "evil/robot"]).exits(&[3]);
}

#[test]
fn the_key_may_come_through_a_pipe_and_act_for_somebody() {
    let evil = Evil::start();
    let home = home(&evil);
    evil.state().grants.machine = Some(Rules { subject: Some("ada@example.com".into()), ..rules(&evil) });
    let args = ["connect", "evil/robot", "--service-account", "-", "--subject", "ada@example.com"];
    home.run_with(&args, document(&evil).to_string()).exits(&[0]).never_says("rm ");
    // Whom it acts for is kept.
    home.run(&["refresh", "evil/robot", "--force"]).exits(&[0]);
    // More scopes for the same key: no file is needed.
    let asked = Rules {
        subject: Some("ada@example.com".into()),
        scope: Some("openid calendar.readonly calendar.events files".into()),
        ..rules(&evil)
    };
    evil.state().grants.machine = Some(asked);
    home.run(&["connect", "evil/robot", "--scope", "files"]).exits(&[0]);
    home.run(&["refresh", "evil/robot", "--force"]).exits(&[0]);
    assert_eq!(evil.state().grants.machine_problems, Vec::<String>::new());
}

#[test]
fn a_bare_key_signs_for_a_user_with_the_claims_of_its_provider() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    let bearer = "\n[jwt-bearer]\nkey = \"pem\"\naudience = \"https://login.evil.example\"\nlife = \"3m\"\n";
    home.provider("evil", &(provider_toml(&evil, &[]) + bearer));
    home.secrets.extend(keys::marks());
    evil.state().grants.machine = Some(Rules {
        public: keys::two_public(),
        key_id: None,
        issuer: "client-ci".into(),
        subject: Some("ci@example.com".into()),
        audience: "https://login.evil.example".into(),
        scope: None,
        life: 180,
    });
    let file = key_file(&home, &keys::two());
    let without = home.run(&["connect", "evil/ci", "--service-account", &file, "--client-id", "client-ci"]);
    without.exits(&[2]).says("--subject");
    assert_eq!(evil.requests(), 0);
    let args = ["connect", "evil/ci", "--service-account", &file, "--subject", "ci@example.com"];
    home.run(&args).exits(&[0]);
    home.run(&["refresh", "evil/ci", "--force"]).exits(&[0]);
    home.run(&["test", "evil/ci"]).exits(&[0]);
    assert_eq!(evil.state().grants.machine_problems, Vec::<String>::new());
    assert_eq!(evil.asked_by_machines(), 2);
}

#[test]
fn a_file_that_everybody_can_read_is_named() {
    let evil = Evil::start();
    let home = home(&evil);
    evil.state().grants.machine = Some(rules(&evil));
    let file = key_file(&home, &document(&evil).to_string());
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let said = home.run(&["connect", "evil/robot", "--service-account", &file]);
    said.exits(&[0]).says("can be read by every user");
}

#[test]
fn a_server_that_tells_only_people_who_they_are_leaves_the_account_of_the_key() {
    for mode in ["401", "403", "http-404"] {
        let evil = Evil::start();
        let home = home(&evil);
        evil.mode("me", mode);
        connect(&evil, &home).says("unverified");
        assert_eq!(home.status("evil/robot")["account"], ROBOT, "{mode}");
        home.run(&["test", "evil/robot", "--json"]).exits(&[0]);
        home.run(&["token", "evil/robot"]).exits(&[0]);
    }
}

#[test]
fn another_robot_does_not_take_the_place_of_one() {
    let evil = Evil::start();
    let home = home(&evil);
    connect(&evil, &home);
    evil.mode("me", "other-account");
    let file = key_file(&home, &document(&evil).to_string());
    let other = home.run(&["connect", "evil/robot", "--service-account", &file, "--json"]);
    assert_eq!(other.exits(&[6]).kind(), "account_mismatch");
    evil.mode("me", "ok");
    home.run(&["test", "evil/robot"]).exits(&[0]);
}

#[test]
fn a_bundle_carries_the_key_sealed() {
    let evil = Evil::start();
    let laptop = home(&evil);
    connect(&evil, &laptop);
    let server = home(&evil);
    let recipient = server.run(&["vault", "recipient"]).out().trim().to_owned();
    let sealed = laptop.run(&["export", "evil/robot", "--to", &recipient]).exits(&[0]).stdout.clone();
    server.run_with(&["import", "-"], &sealed).exits(&[0]);
    server.run(&["refresh", "evil/robot", "--force"]).exits(&[0]);
    assert_eq!(server.status("evil/robot")["state"], "connected");
    // Both may keep it: nothing is spent.
    laptop.run(&["refresh", "evil/robot", "--force"]).exits(&[0]);
    assert_eq!(evil.state().grants.machine_problems, Vec::<String>::new());
    laptop.run(&["rename", "evil/robot", "evil/ci"]).exits(&[0]);
    laptop.run(&["refresh", "evil/ci", "--force"]).exits(&[0]);
}

#[test]
fn json_tells_of_a_machine_as_of_anybody() {
    let evil = Evil::start();
    let home = home(&evil);
    evil.state().grants.machine = Some(rules(&evil));
    let file = key_file(&home, &document(&evil).to_string());
    let event = home.run(&["connect", "evil/robot", "--service-account", &file, "--json"]).last_event();
    assert_eq!((&event["event"], &event["verified"]), (&json!("connected"), &json!(true)));
}

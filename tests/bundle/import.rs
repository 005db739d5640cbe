use std::fs;

use serde_json::json;

use super::home::{Home, ran};
use super::provider::Acme;

fn set_up() -> (Home, Acme) {
    let (home, acme) = (Home::new(), Acme::start());
    home.provider_file("acme", &acme.file());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    (home, acme)
}

/// Two variables, one command.
#[test]
fn a_ci_job_needs_two_variables_and_one_command() {
    let (home, _acme) = set_up();
    let given = json!({"provider": "acme", "access_token": "CANARY-access", "expires_in": 3600}).to_string();
    let mut command = home.command(&["import", "--json"]);
    let imported = ran(command.env("INTEG_IMPORT", given).output().unwrap()).ok();
    assert_eq!(
        imported.json(),
        json!({"v": 1, "imported": [{"name": "acme", "provider": "acme", "account": "alice@example.com", "verified": true}]})
    );
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-access\n");
    let config = fs::read_to_string(home.path(".config/integ/config.toml")).unwrap();
    assert!(config.contains("kind = \"file\""), "the vault is chosen: {config}");
    assert!(home.files().iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("CANARY")));
}

#[test]
fn every_form_is_read_from_a_file_from_stdin_and_by_name() {
    let (home, acme) = set_up();
    home.run_with(&["import", "acme/bare"], b"CANARY-access\n").ok();
    let file = home.path("grants.json");
    let list = json!([
        {"provider": "acme", "name": "acme/one", "access_token": "CANARY-access", "scope": "a b"},
        {"provider": "acme", "name": "other", "access_token": "CANARY-access", "scope": ["a"]},
    ]);
    fs::write(&file, list.to_string()).unwrap();
    home.run(&["import", file.to_str().unwrap()]).ok();
    home.run(&["import", "acme/one", file.to_str().unwrap(), "--replace"]).ok();
    home.run(&["import", "nobody", file.to_str().unwrap()]).failed(2).says("none of the 2");
    let answer = br#"{"access_token":"CANARY-access","token_type":"bearer","expires_in":3599,"scope":"a","id_token":"x"}"#;
    home.run_with(&["import", "acme/answer", "-"], answer).ok();
    let printed = home.run(&["token", "acme/bare", "--json"]).ok().out;
    home.run_with(&["import", "acme/printed"], printed.as_bytes()).ok();
    home.run_with(&["import", "mine", "--provider", "acme"], b"CANARY-access").ok();
    assert_eq!(home.grants(), 6);
    assert_eq!(acme.refreshes(), 0);
}

#[test]
fn what_is_refused_stores_nothing() {
    let (home, _acme) = set_up();
    home.run_with(&["import", "acme"], b"CANARY-unknown").failed(3).says("does not accept");
    let mixed = json!([
        {"provider": "acme", "access_token": "CANARY-access"},
        {"provider": "acme", "name": "acme/two", "access_token": "CANARY-unknown"},
    ]);
    home.run_with(&["import"], mixed.to_string().as_bytes()).failed(3);
    let expired = json!({"provider": "acme", "access_token": "CANARY-access", "expires_at": 1_000_000});
    home.run_with(&["import"], expired.to_string().as_bytes()).failed(3).says("expired");
    assert_eq!(home.grants(), 0);
}

#[test]
fn a_provider_that_cannot_be_asked_leaves_it_unverified() {
    let (home, acme) = set_up();
    acme.set_down(true);
    let imported = home.run_with(&["import", "acme", "--json"], b"CANARY-access").ok().says("unverified");
    assert_eq!(imported.json()["imported"][0]["verified"], json!(false));
    acme.set_down(false);
    home.run(&["test", "acme"]).ok();
}

#[test]
fn another_account_needs_replace() {
    let (home, acme) = set_up();
    acme.allow("CANARY-bob", "CANARY-bob-refresh", "bob@example.com");
    home.run_with(&["import", "acme"], b"CANARY-access").ok();
    home.run_with(&["import", "acme"], b"CANARY-bob").failed(6).says("--replace");
    acme.set_down(true);
    home.run_with(&["import", "acme"], b"CANARY-bob").failed(6).says("nothing was changed");
    acme.set_down(false);
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-access\n");
    home.run_with(&["import", "acme", "--replace"], b"CANARY-bob").ok();
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-bob\n");
}

#[test]
fn nothing_to_read_and_words_in_the_wrong_place_are_usage() {
    let (home, _acme) = set_up();
    home.run(&["import"]).failed(2).says("nothing to import");
    home.run_with(&["import"], b"CANARY-access").failed(2).says("which provider");
    let named = br#"{"name":"acme/x","access_token":"CANARY-access"}"#;
    home.run_with(&["import"], named).failed(2).says("which provider");
    for argument in ["CANARY-SECRET", "CANARY.SECRET/x/y"] {
        let ran = home.run(&["import", argument]).failed(2);
        assert!(!ran.err.contains("CANARY"), "{}", ran.err);
    }
    let error = home.run_with(&["import", "--json"], b"{\"provider\":\"acme\"}").failed(2).json();
    assert_eq!(error["error"]["kind"], json!("usage"));
}

/// A file that is not there must not become a name, nor standard input a connection called like it.
#[test]
fn a_mistyped_file_is_no_name() {
    let (home, acme) = set_up();
    for (file, more) in
        [("goggle.age", &[][..]), ("exports/goggle", &[]), ("goggle.age", &["--provider", "acme"])]
    {
        let words = [&["import", file], more].concat();
        let ran = home.run_with(&words, b"{\"provider\":\"acme\",\"access_token\":\"CANARY-access\"}");
        ran.failed(2).says("no such file").says("integ import NAME -");
    }
    assert_eq!(home.grants(), 0);
    home.run_with(&["import", "work.acme", "-", "--provider", "acme"], b"CANARY-access").ok();
    // It is a connection now, and its name is one.
    home.run_with(&["import", "work.acme", "--provider", "acme"], b"CANARY-access").ok();
    home.run_with(&["import", "acme/some.label"], b"CANARY-access").ok();
    home.run_with(&["import", "my.server", "--issuer", &acme.url], b"CANARY-access").ok();
    assert_eq!(home.grants(), 3);
}

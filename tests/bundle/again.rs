//! What comes a second time, or too late: a refresh token that was spent here never comes back unasked, because its next use
//! would end the whole sign-in.

use serde_json::{Value, json};

use super::home::{Home, Ran, ran};
use super::provider::Acme;

fn set_up() -> (Home, Acme) {
    let (home, acme) = (Home::new(), Acme::start());
    home.provider_file("acme", &acme.file());
    (home, acme)
}

/// As in CI: from a variable.
fn given(home: &Home, access: &str, refresh: &str, more: &[&str]) -> Ran {
    let text = json!({"provider": "acme", "access_token": access, "expires_in": 3600, "refresh_token": refresh,
        "client_id": "client-1", "client_secret": "CANARY-secret"});
    let mut command = home.command(&[&["import"], more].concat());
    ran(command.env("INTEG_IMPORT", text.to_string()).output().unwrap())
}

#[test]
fn the_same_variable_again_keeps_what_was_renewed_since() {
    let (home, acme) = set_up();
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    given(&home, "CANARY-access", "CANARY-refresh", &[]).ok();
    // Not spent yet, it is no loss.
    given(&home, "CANARY-access", "CANARY-refresh", &[]).ok().says("is imported");
    home.run(&["refresh", "acme", "--force"]).ok();
    for _ in 0..2 {
        given(&home, "CANARY-access", "CANARY-refresh", &[])
            .ok()
            .says("imported here before")
            .says("--replace");
        assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
    }
    home.run(&["refresh", "acme", "--force"]).ok();
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a2\n");
    given(&home, "CANARY-access", "CANARY-refresh", &["--replace"]).ok();
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-access\n");
}

#[test]
fn another_secret_in_the_variable_is_a_new_one() {
    let (home, acme) = set_up();
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    acme.allow("CANARY-other", "CANARY-other-refresh", "alice@example.com");
    given(&home, "CANARY-access", "CANARY-refresh", &[]).ok();
    home.run(&["refresh", "acme", "--force"]).ok();
    given(&home, "CANARY-other", "CANARY-other-refresh", &[]).ok().says("is imported");
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-other\n");
    home.run(&["refresh", "acme", "--force"]).ok();
    given(&home, "CANARY-other", "CANARY-other-refresh", &[]).ok().says("imported here before");
}

#[test]
fn what_was_spent_on_another_machine_is_known_here() {
    let ((laptop, acme), server) = (set_up(), Home::new());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    given(&laptop, "CANARY-access", "CANARY-refresh", &[]).ok();
    laptop.run(&["refresh", "acme", "--force"]).ok();
    let bundle = laptop.run(&["export", "acme", "--to", &server.recipient(), "--move", "--yes"]).ok().out;
    server.run_with(&["import"], bundle.as_bytes()).ok();
    given(&server, "CANARY-access", "CANARY-refresh", &[]).ok().says("imported here before");
    assert_eq!(server.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
}

fn bundle(home: &Home, url: &str, connected_at: i64, obtained_at: i64, token: &str) -> Vec<u8> {
    let document: Value = json!({"v": 1, "kind": "integ-bundle", "connections": [{
        "name": "acme",
        "grant": {"v": 1, "generation": 1, "provider": "acme", "access_token": token, "token_type": "Bearer",
            "obtained_at": obtained_at, "connected_at": connected_at, "refresh_token": format!("{token}-refresh"),
            "refresh": "rotating", "client_id": "client-1", "verified": true,
            "identity": {"id": "id-alice@example.com", "account": "alice@example.com", "workspace": null},
            "endpoints": {"token": format!("{url}/token")}},
        "client": {"id": "client-1", "secret": "CANARY-secret"},
    }]});
    age::encrypt(&home.key.to_public(), document.to_string().as_bytes()).unwrap()
}

/// A grant that no import has marked: of a sign-in, as far as anybody can tell.
fn signed_in() -> (Home, Acme) {
    let (home, acme) = set_up();
    acme.allow("CANARY-here", "CANARY-here-refresh", "alice@example.com");
    home.run_with(&["import"], &bundle(&home, &acme.url, 500, 600, "CANARY-here")).ok();
    (home, acme)
}

#[test]
fn a_bundle_of_an_earlier_sign_in_is_older() {
    let (home, acme) = signed_in();
    acme.allow("CANARY-old", "CANARY-old-refresh", "alice@example.com");
    acme.allow("CANARY-new", "CANARY-new-refresh", "alice@example.com");
    let old = bundle(&home, &acme.url, 100, 400, "CANARY-old");
    home.run_with(&["import"], &old).ok().says("later sign-in").says("kept");
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-here\n");
    let new = bundle(&home, &acme.url, 700, 700, "CANARY-new");
    home.run_with(&["import"], &new).ok().says("is imported");
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-new\n");
    home.run_with(&["import", "--replace"], &old).ok();
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-old\n");
}

#[test]
fn a_given_token_does_not_take_the_place_of_a_rotating_sign_in() {
    let (home, acme) = signed_in();
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    given(&home, "CANARY-access", "CANARY-refresh", &[]).ok().says("same account").says("--replace");
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-here\n");
    // What cannot say whose it is, is not tried.
    given(&home, "", "CANARY-refresh", &[]).failed(6).says("--replace");
    assert_eq!(acme.refreshes(), 0);
    given(&home, "CANARY-access", "CANARY-refresh", &["--replace"]).ok();
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-access\n");
}

//! Refresh tokens that come without a usable access token.

use serde_json::json;

use super::home::Home;
use super::provider::Acme;

fn set_up() -> (Home, Acme) {
    let (home, acme) = (Home::new(), Acme::start());
    home.provider_file("acme", &acme.file());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    (home, acme)
}

fn grant(refresh: &str, client: &str) -> Vec<u8> {
    json!({"provider": "acme", "refresh_token": refresh, "client_id": client, "client_secret": "CANARY-secret"})
        .to_string()
        .into_bytes()
}

#[test]
fn a_refresh_token_with_its_client_is_enough() {
    let (home, acme) = set_up();
    let ran = home
        .run_with(&["import", "--json"], &grant("CANARY-refresh", "client-1"))
        .ok()
        .says("only one machine");
    assert_eq!(ran.json()["imported"][0]["account"], json!("alice@example.com"));
    assert_eq!(ran.json()["imported"][0]["verified"], json!(true));
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
    home.run(&["refresh", "acme", "--force"]).ok();
    assert_eq!(acme.refreshes(), 2, "the client came along");
}

#[test]
fn what_the_provider_refuses_leaves_no_trace() {
    let (home, _acme) = set_up();
    for (refresh, client, code) in [("CANARY-spent", "client-1", 3), ("CANARY-refresh", "client-2", 1)] {
        home.run_with(&["import"], &grant(refresh, client)).failed(code).says("nothing was stored");
        assert_eq!(home.grants(), 0);
        assert!(home.files().iter().all(|(path, _)| !path.display().to_string().contains("client+")));
        let config = std::fs::read_to_string(home.path(".config/integ/config.toml")).unwrap();
        assert!(!config.contains("id ="), "{config}");
    }
    home.run_with(&["import"], &grant("CANARY-refresh", "client-1")).ok();
}

#[test]
fn a_refusal_brings_back_what_was_there() {
    let (home, _acme) = set_up();
    home.run_with(&["import", "acme"], b"CANARY-access").ok();
    home.run_with(&["import"], &grant("CANARY-spent", "client-1")).failed(6).says("nothing was changed");
    home.run_with(&["import", "--replace"], &grant("CANARY-spent", "client-1")).failed(3);
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-access\n");
}

#[test]
fn a_provider_that_is_down_gets_the_token_later() {
    let (home, acme) = set_up();
    acme.set_down(true);
    home.run_with(&["import"], &grant("CANARY-refresh", "client-1")).ok().says("not refreshed yet");
    home.run(&["token", "acme"]).failed(4);
    acme.set_down(false);
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
}

#[test]
fn an_expired_access_token_is_renewed_at_once() {
    let (home, acme) = set_up();
    let given = json!({"provider": "acme", "access_token": "CANARY-old", "expires_at": "2020-01-01T00:00:00Z",
        "refresh_token": "CANARY-refresh", "client_id": "client-1"});
    home.run_with(&["import"], given.to_string().as_bytes()).ok();
    assert_eq!(acme.refreshes(), 1);
    assert_eq!(home.run(&["token", "acme"]).ok().out, "CANARY-a1\n");
}

#[test]
fn a_second_client_of_a_provider_takes_nothing_from_the_first() {
    let (home, acme) = set_up();
    home.run_with(&["import"], &grant("CANARY-refresh", "client-1")).ok();
    acme.allow("CANARY-access2", "CANARY-refresh2", "bob@example.com");
    let other = json!({"provider": "acme", "name": "acme/two", "access_token": "CANARY-access2", "client_id": "client-9", "client_secret": "x"});
    home.run_with(&["import"], other.to_string().as_bytes()).ok();
    assert_eq!(
        home.run(&["config", "get", "client.acme.id"]).ok().out,
        "client-1\n",
        "it is signed in with as before"
    );
    home.run(&["refresh", "acme", "--force"]).ok();
    assert_eq!(home.run(&["token", "acme/two"]).ok().out, "CANARY-access2\n");
}

#[test]
fn an_issuer_is_enough_for_a_server_without_a_file() {
    let (home, acme) = (Home::new(), Acme::start());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    let given = json!({"refresh_token": "CANARY-refresh", "client_id": "client-1"}).to_string();
    home.run_with(&["import", "mine"], given.as_bytes()).failed(2).says("--issuer");
    home.run_with(&["import", "mine", "--issuer", "http://other.example/"], given.as_bytes()).failed(2);
    home.run_with(&["import", "mine", "--issuer", &acme.url], given.as_bytes())
        .ok()
        .says("is a provider now");
    assert_eq!(home.run(&["token", "mine"]).ok().out, "CANARY-a1\n");
    home.run(&["refresh", "mine", "--force"]).ok();
}

//! The provider file that travels: it says where tokens go. Todoist stands for any built-in provider that a person changed.

use std::fs;

use serde_json::json;

use super::home::Home;
use super::provider::Acme;

/// A laptop whose Todoist is somewhere else, and a connection to it.
fn laptop() -> (Home, Acme) {
    let (laptop, acme) = (Home::new(), Acme::start());
    laptop.provider_file("todoist", &acme.file());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    let given = json!({"provider": "todoist", "access_token": "CANARY-access", "expires_in": 3600,
        "refresh_token": "CANARY-refresh", "client_id": "client-1"});
    laptop.run_with(&["import"], given.to_string().as_bytes()).ok();
    (laptop, acme)
}

fn export(laptop: &Home, server: &Home) -> Vec<u8> {
    laptop.run(&["export", "todoist", "--to", &server.recipient()]).ok().out.into_bytes()
}

const FILE: &str = ".config/integ/providers/todoist.toml";

#[test]
fn what_a_person_changed_of_a_built_in_provider_comes_along() {
    let ((laptop, acme), server) = (laptop(), Home::new());
    let bundle = export(&laptop, &server);
    let ran = server.run_with(&["import", "--json"], &bundle).ok();
    assert_eq!(ran.json()["imported"][0]["verified"], json!(true));
    assert_eq!(fs::read_to_string(server.path(FILE)).unwrap(), acme.file());
    server.run(&["refresh", "todoist", "--force"]).ok();
    assert_eq!(acme.refreshes(), 1);
    server.run_with(&["import"], &bundle).ok().says("used here before");
}

#[test]
fn another_file_in_its_place_is_named() {
    let ((laptop, acme), server) = (laptop(), Home::new());
    let bundle = export(&laptop, &server);
    let other = format!("# mine\n{}", acme.file());
    server.provider_file("todoist", &other);
    server.run_with(&["import"], &bundle).failed(6).says(FILE);
    assert_eq!((server.grants(), fs::read_to_string(server.path(FILE)).unwrap()), (0, other));
    fs::remove_file(server.path(FILE)).unwrap();
    server.run_with(&["import"], &bundle).ok().says("changes what is built in");
}

/// Whoever sealed it may be a stranger.
#[test]
fn no_bundle_changes_where_the_tokens_of_others_go() {
    let ((laptop, acme), server) = (laptop(), Home::new());
    let bundle = export(&laptop, &server);
    server.run(&["config", "set", "client.todoist.id", "mine"]).ok();
    server.run_with(&["import"], &bundle).failed(6).says(FILE);
    server.run(&["config", "unset", "client.todoist.id"]).ok();
    server.provider_file("todoist", &acme.file());
    server.run_with(&["import", "todoist/own"], b"CANARY-access").ok();
    fs::remove_file(server.path(FILE)).unwrap();
    server.run_with(&["import"], &bundle).failed(6).says(FILE);
    assert!(!server.path(FILE).exists());
    assert_eq!(server.grants(), 1);
    // Provider files are for every profile.
    let other = Home::new();
    let bundle = export(&laptop, &other);
    other.run(&["--profile", "two", "config", "set", "client.acme.id", "mine"]).ok();
    other.run_with(&["import"], &bundle).failed(6).says(FILE);
    fs::remove_dir_all(other.path(".config/integ/profiles")).unwrap();
    other.run_with(&["import"], &bundle).ok();
}

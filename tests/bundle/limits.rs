//! What an import would not take is not exported: with --move, it would be lost.

use serde_json::json;

use super::home::{Home, Ran};
use super::provider::Acme;

fn set_up() -> (Home, Home, Acme) {
    let (laptop, server, acme) = (Home::new(), Home::new(), Acme::start());
    acme.allow("CANARY-access", "CANARY-refresh", "alice@example.com");
    (laptop, server, acme)
}

/// A provider file of about so many bytes.
fn padded(acme: &Acme, bytes: usize) -> String {
    format!("{}# {}\n", acme.file(), "x".repeat(bytes))
}

fn connect(home: &Home, name: &str, refresh_token: &str) {
    let given = json!({"provider": "acme", "name": name, "access_token": "CANARY-access", "expires_in": 3600,
        "refresh_token": refresh_token, "client_id": "client-1"});
    home.run_with(&["import"], given.to_string().as_bytes()).ok();
}

fn hand_over(laptop: &Home, server: &Home, names: &[String]) -> Ran {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    laptop.run(&[&["export"], &names[..], &["--to", &server.recipient(), "--move", "--yes"]].concat())
}

#[test]
fn too_large_a_provider_file_is_named_and_nothing_is_given_up() {
    let (laptop, server, acme) = set_up();
    laptop.provider_file("acme", &padded(&acme, 70 << 10));
    connect(&laptop, "acme", "CANARY-refresh");
    hand_over(&laptop, &server, &["acme".into()])
        .failed(2)
        .says("acme cannot be exported: its provider file");
    assert_eq!(laptop.grants(), 1);
}

#[test]
fn a_provider_file_travels_once() {
    let (laptop, server, acme) = set_up();
    laptop.provider_file("acme", &padded(&acme, 60 << 10));
    let names: Vec<String> = (0..20).map(|n| format!("acme/{n}")).collect();
    for name in &names {
        connect(&laptop, name, "CANARY-refresh");
    }
    let bundle = hand_over(&laptop, &server, &names).ok().out;
    assert_eq!(laptop.grants(), 0);
    // One of them alone finds its provider too.
    server.run_with(&["import", "acme/19", "-"], bundle.as_bytes()).ok();
    server.run_with(&["import"], bundle.as_bytes()).ok();
    assert_eq!(server.grants(), 20);
}

#[test]
fn too_much_for_one_bundle_is_not_given_up() {
    let (laptop, server, acme) = set_up();
    laptop.provider_file("acme", &acme.file());
    let names: Vec<String> = (0..18).map(|n| format!("acme/{n}")).collect();
    for name in &names {
        connect(&laptop, name, &"r".repeat(60 << 10));
    }
    hand_over(&laptop, &server, &names).failed(2).says("too much for one bundle");
    assert_eq!(laptop.grants(), 18);
    hand_over(&laptop, &server, &names[..16]).ok();
    assert_eq!(laptop.grants(), 2);
}

#[test]
fn a_connection_made_with_other_addresses_is_not_given_up() {
    let (laptop, server, acme) = set_up();
    laptop.provider_file("acme", &acme.file());
    let document = json!({"v": 1, "kind": "integ-bundle", "connections": [{
        "name": "acme",
        "grant": {"v": 1, "generation": 1, "provider": "acme", "access_token": "CANARY-access", "token_type": "Bearer",
            "obtained_at": 1, "connected_at": 1, "endpoints": {"token": format!("{}/token", acme.url)}},
    }]});
    let sealed = age::encrypt(&laptop.key.to_public(), document.to_string().as_bytes()).unwrap();
    laptop.run_with(&["import"], &sealed).ok();
    laptop.provider_file("acme", &Acme::start().file());
    hand_over(&laptop, &server, &["acme".into()]).failed(6).says("another address");
    assert_eq!(laptop.grants(), 1);
}

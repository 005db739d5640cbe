//! Registered ports: the exact URIs in their order, and what is said when none is free.

use std::net::TcpListener;

use crate::evil::{Evil, browser};
use crate::home::{Home, provider_toml};

fn uri(listener: &TcpListener) -> String {
    format!("http://127.0.0.1:{}/cb", listener.local_addr().unwrap().port())
}

fn registered(evil: &Evil, home: &Home, uris: &[String]) {
    let rest = format!("{:?}", &uris[1..]);
    let keys = [("redirect", format!("{:?}", uris[0])), ("redirect-fallbacks", rest)];
    let keys: Vec<(&str, &str)> = keys.iter().map(|(key, value)| (*key, value.as_str())).collect();
    home.provider("evil", &provider_toml(evil, &keys));
}

#[test]
fn po01_the_next_registered_uri_is_used_while_one_is_taken() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let holders: Vec<TcpListener> = (0..3).map(|_| TcpListener::bind("127.0.0.1:0").unwrap()).collect();
    let uris: Vec<String> = holders.iter().map(uri).collect();
    registered(&evil, &home, &uris);
    let text =
        holders.iter().map(|h| h.local_addr().unwrap().port().to_string()).collect::<Vec<_>>().join(", ");
    let output = home.run(&["connect", "evil", "--no-browser"]);
    output.exits(&[1]).says(&format!("ports {text} are all taken")).says("--port");
    // The last is freed: it is taken, exactly as it was registered.
    drop(holders.into_iter().next_back());
    let mut running = home.start(&["connect", "evil", "--no-browser"]);
    let url = running.find_url();
    if let Some(url) = url {
        let redirect = url::Url::parse(&url).unwrap();
        let redirect = redirect.query_pairs().find(|(key, _)| key == "redirect_uri").unwrap().1.into_owned();
        assert!(uris.contains(&redirect), "{redirect}");
        browser::visit(&url);
    }
    running.wait().exits(&[0]);
}

#[test]
fn po02_setup_and_providers_list_them_all() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let uris = ["http://127.0.0.1:53187/cb".to_owned(), "http://localhost:53188/cb".to_owned()];
    registered(&evil, &home, &uris);
    let setup = home.run(&["setup", "evil", "--json"]);
    assert_eq!(setup.exits(&[0]).json()["redirect_uris"], serde_json::json!(uris));
    let human = home.run(&["setup", "evil"]);
    human.exits(&[3]).says(&format!("Redirect URI  {}", uris[0])).says(&format!("Redirect URI  {}", uris[1]));
    let providers = home.run(&["providers", "evil"]);
    providers.exits(&[0]).says(&uris[0]).says(&uris[1]);
}

#[test]
fn po03_localhost_on_any_port_is_registered_without_one() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("redirect", "\"localhost\"")]));
    home.run(&["setup", "evil"]).exits(&[3]).says("Redirect URI  http://localhost/callback");
    home.connect(&["evil"]).0.exits(&[0]);
}

#[test]
fn po04_a_port_of_the_systems_own_is_named_as_such() {
    // Root may listen anywhere; then the port is not reserved for anybody.
    if nix::unistd::geteuid().is_root() || TcpListener::bind("127.0.0.1:1").is_ok() {
        return;
    }
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("redirect", "\"http://127.0.0.1:1/cb\"")]));
    home.run(&["connect", "evil", "--no-browser"]).exits(&[1]).says("port 1: the system keeps").says("1023");
}

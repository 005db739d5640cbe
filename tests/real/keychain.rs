//! The system's own keychain, working: gnome-keyring on a private bus.
use crate::harness::{Keyring, Oidc, Sealed, needs};

const NEEDS: [&str; 4] = ["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon", "$secret-tool"];

fn connected() -> Option<(Keyring, Oidc, Sealed)> {
    needs("keychain", &NEEDS).then(|| {
        let keyring = Keyring::unlocked();
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::with_keyring(&keyring));
        server.known_to(&home);
        home.connect(&["acme"]).out.ok();
        (keyring, server, home)
    })
}

fn item(home: &Sealed, name: &str) -> String {
    format!("{}/{name}", home.var("INTEG_PROFILE"))
}

#[test]
fn the_keychain_is_the_default_and_every_process_reads_it() {
    let Some((_keyring, server, home)) = connected() else { return };
    assert_eq!(home.integ(&["status", "--json"]).run().ok().json()["vault"], "keychain");
    let first = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, first);
    assert_eq!(home.vault_files().len(), 0, "a file vault appeared unasked");
    assert_eq!(server.token_requests(), 1);
}

#[test]
fn the_systems_own_tool_reads_the_item() {
    let Some((keyring, _server, home)) = connected() else { return };
    let token = home.integ(&["token", "acme"]).reveals().run().ok();
    let stored =
        keyring.secret_tool(&["lookup", "service", "integ", "username", &item(&home, "acme")], "").unwrap();
    let grant: serde_json::Value = serde_json::from_str(&stored).unwrap();
    assert!(grant.is_object() && stored.contains(token.text()), "not the grant as JSON");
}

#[test]
fn an_item_that_the_systems_own_tool_stored_is_read() {
    let Some((keyring, _server, home)) = connected() else { return };
    let token = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    let name = item(&home, "acme");
    let attributes = ["service", "integ", "username", &name];
    let stored = keyring.secret_tool(&[&["lookup"], &attributes[..]].concat(), "").unwrap();
    keyring.secret_tool(&[&["clear"], &attributes[..]].concat(), "").unwrap();
    let out = home.integ(&["token", "acme", "--json"]).run();
    assert_ne!(out.code, 0, "{out}");
    keyring
        .secret_tool(&[&["store", "--label", "put back by hand"], &attributes[..]].concat(), &stored)
        .unwrap();
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, token);
    home.integ(&["refresh", "acme", "--force"]).run().ok();
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn disconnecting_takes_the_item_away() {
    let Some((keyring, server, home)) = connected() else { return };
    home.integ(&["disconnect", "acme", "--yes"]).run().ok();
    let found =
        keyring.secret_tool(&["search", "--all", "service", "integ", "username", &item(&home, "acme")], "");
    assert!(found.is_none_or(|text| text.trim().is_empty()), "the item is still there");
    assert!(!server.any_alive());
}

#[test]
fn a_grant_survives_the_death_of_the_daemon() {
    let Some((mut keyring, _server, home)) = connected() else { return };
    let token = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    keyring.stop_daemon();
    let out = home.integ(&["token", "acme", "--json"]).run().exits(5);
    assert_eq!(out.error(), "vault_absent");
    keyring.start_daemon();
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, token);
}

#[test]
fn client_secrets_live_there_too() {
    if !needs("keychain", &NEEDS) {
        return;
    }
    let keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_as(&home, "acme", "client-auth = \"basic\"");
    let secret = "basic:100%+sure/& =canary-7f3a9c";
    home.secrets().plant(secret);
    home.integ(&["setup", "acme", "--client-id", "desk-basic", "--client-secret-stdin"])
        .stdin(secret)
        .run()
        .ok();
    home.connect(&["acme"]).out.ok();
    let all = keyring.secret_tool(&["search", "--all", "service", "integ"], "").unwrap();
    assert!(all.contains(secret), "the client secret is not in the keychain");
}

#[test]
fn st06_long_tokens_fit() {
    if !needs("keychain", &["$gnome-keyring-daemon", "$dbus-daemon"]) {
        return;
    }
    let keyring = Keyring::unlocked();
    let home = Sealed::with_keyring(&keyring);
    home.provider("acme", "title = \"Acme\"\napi-url = \"http://127.0.0.1:9\"\n");
    for length in [2_560, 4_096, 16_384] {
        let token = format!("CANARY-{}", "x1".repeat(length / 2));
        home.secrets().plant(&token);
        home.integ(&["import", "acme", "--replace"]).stdin(&token).run().ok();
        assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().text(), token, "{length}");
    }
}

//! A keychain that says no: exit 5, named, nothing lost, and never mistaken for "not connected".
use crate::harness::{Keyring, Oidc, Output, Sealed, needs};

const NEEDS: [&str; 3] = ["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon"];

struct Case {
    keyring: Keyring,
    server: Oidc,
    home: Sealed,
    token: String,
}

fn connected() -> Option<Case> {
    needs("keychain_faults", &NEEDS).then(|| {
        let keyring = Keyring::unlocked();
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::with_keyring(&keyring));
        server.known_to(&home);
        home.connect(&["acme"]).out.ok();
        let token = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
        Case { keyring, server, home, token }
    })
}

/// What must be true of every command while the keychain cannot be read.
fn refuses(home: &Sealed, kind: &str) {
    for args in [
        &["token", "acme", "--json"][..],
        &["test", "acme", "--json"],
        &["api", "acme", "/me", "--json"],
        &["refresh", "acme", "--force", "--json"],
    ] {
        let out = home.integ(args).run().exits(5);
        named(&out, kind);
    }
    let out = home.integ(&["token", "acme"]).run().exits(5);
    named(&out, "");
    out.says("keychain").says("help:");
    let status = home.integ(&["status", "--json"]).run();
    assert!(status.code == 5 || status.stdout.contains("\"acme\""), "the connection vanished\n{status}");
    status.never_says("not connected").never_says("not_connected");
    assert_eq!(home.vault_files().len(), 0, "another vault appeared unasked");
}

fn named(out: &Output, kind: &str) {
    out.never_says("not connected").never_says("not_connected").never_says("integ connect acme");
    if out.stdout.contains("\"error\"") && !kind.is_empty() {
        out.says(kind);
    }
}

#[test]
fn locked() {
    let Some(mut case) = connected() else { return };
    case.keyring.lock();
    refuses(&case.home, "vault_locked");
    assert_eq!(case.server.token_requests(), 1, "a refresh whose result could not be kept");
    case.keyring.unlock();
    assert_eq!(case.home.integ(&["token", "acme"]).reveals().run().ok().stdout, case.token);
}

#[test]
fn no_secret_service_on_the_bus() {
    let Some(mut case) = connected() else { return };
    case.keyring.stop_daemon();
    refuses(&case.home, "vault_absent");
    case.keyring.start_daemon();
    assert_eq!(case.home.integ(&["token", "acme"]).reveals().run().ok().stdout, case.token);
}

#[test]
fn no_bus_at_the_address() {
    let Some(mut case) = connected() else { return };
    case.home.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
    refuses(&case.home, "vault_absent");
    case.home.set("DBUS_SESSION_BUS_ADDRESS", &case.keyring.address());
    assert_eq!(case.home.integ(&["token", "acme"]).reveals().run().ok().stdout, case.token);
}

#[test]
fn a_sign_in_is_not_begun_that_could_not_be_kept() {
    let Some(case) = connected() else { return };
    case.keyring.lock();
    let before = case.server.requests("GET", "/auth");
    let out = case
        .home
        .integ(&["connect", "acme/second", "--no-browser", "--json", "--timeout", "20"])
        .run()
        .exits(5);
    assert_eq!(out.error(), "vault_locked");
    assert_eq!(case.server.requests("GET", "/auth"), before);
    assert!(!out.stdout.contains("\"authorize\""), "a person was sent to the browser for nothing\n{out}");
}

#[test]
fn an_expired_token_behind_a_locked_keychain_is_not_refreshed() {
    if !needs("keychain_faults", &NEEDS) {
        return;
    }
    let mut keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    server.connect_expired(&home, &["acme"]);
    keyring.lock();
    home.integ(&["token", "acme"]).run().exits(5);
    assert_eq!(server.token_requests(), 1);
    keyring.unlock();
    home.integ(&["token", "acme"]).reveals().run().ok();
    assert_eq!(server.token_requests(), 2);
}

#[test]
fn a_first_sign_in_without_any_keychain_names_the_file_vault() {
    if !needs("keychain_faults", &["oidc-provider", "$dbus-daemon"]) {
        return;
    }
    let keyring = Keyring::only_bus();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    let out = home.integ(&["connect", "acme", "--no-browser", "--timeout", "20"]).run().exits(5);
    out.says("keychain").says("integ vault init");
    assert_eq!(home.vault_files().len(), 0, "a file vault appeared unasked");
}

//! A keychain that answers nothing: the command ends, says what it waited for, and loses nothing.
use crate::harness::{FakeBus, Keyring, Manner, Oidc, Sealed, needs};

const NEEDS: [&str; 3] = ["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon"];

fn connected() -> Option<(Keyring, Oidc, Sealed, String)> {
    needs("keychain_silent", &NEEDS).then(|| {
        let keyring = Keyring::unlocked();
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::with_keyring(&keyring));
        server.known_to(&home);
        home.connect(&["acme"]).out.ok();
        let token = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
        (keyring, server, home, token)
    })
}

/// The hard limit is far above what a command may take, and far below for ever.
fn gives_up(home: &Sealed) {
    let out = home.integ(&["token", "acme", "--json"]).within(20).run().exits(5);
    assert!(out.error().starts_with("vault_"), "{out}");
    out.never_says("not connected").never_says("not_connected").never_says("integ connect acme");
    home.integ(&["token", "acme"]).within(20).run().exits(5).says("keychain");
    let out = home.integ(&["refresh", "acme", "--force"]).within(30).run().exits(5);
    out.never_says("not connected");
    assert_eq!(home.vault_files().len(), 0, "another vault appeared unasked");
}

#[test]
fn a_frozen_daemon() {
    let Some((keyring, server, home, token)) = connected() else { return };
    keyring.freeze();
    gives_up(&home);
    keyring.thaw();
    assert_eq!(server.token_requests(), 1);
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, token);
}

fn behind(manner: Manner) {
    let Some((keyring, server, mut home, token)) = connected() else { return };
    let bus = FakeBus::start(manner);
    home.set("DBUS_SESSION_BUS_ADDRESS", &bus.address());
    gives_up(&home);
    home.set("DBUS_SESSION_BUS_ADDRESS", &keyring.address());
    assert_eq!(server.token_requests(), 1);
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, token);
}

#[test]
fn a_bus_that_says_nothing() {
    behind(Manner::Mute);
}

#[test]
fn a_bus_that_lets_in_and_says_nothing() {
    behind(Manner::LetsIn);
}

#[test]
fn a_bus_that_hangs_up() {
    behind(Manner::HangsUp);
}

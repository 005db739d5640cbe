//! From the keychain to the file vault and back: every item arrives, none stays behind, a stranger's is not lost.
use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::harness::{Keyring, Oidc, Sealed, consent, needs};

const NEEDS: [&str; 3] = ["$gnome-keyring-daemon", "$dbus-daemon", "$secret-tool"];

/// Two connections to a provider that nobody has to ask.
fn imported() -> Option<(Keyring, Sealed)> {
    needs("vault_move", &NEEDS).then(|| {
        let keyring = Keyring::unlocked();
        let home = Sealed::with_keyring(&keyring);
        home.provider("acme", "title = \"Acme\"\napi-url = \"http://127.0.0.1:9\"\n");
        for name in ["acme", "acme/two"] {
            home.secrets().plant(&token(name));
            home.integ(&["import", name]).stdin(&token(name)).run().ok();
        }
        (keyring, home)
    })
}

fn token(name: &str) -> String {
    format!("CANARY-{}", name.replace('/', "-"))
}

fn items(keyring: &Keyring, home: &Sealed) -> usize {
    let profile = home.var("INTEG_PROFILE");
    let names = ["acme", "acme/two"].map(|name| format!("{profile}/{name}"));
    let found = |name: &&String| {
        keyring
            .secret_tool(&["lookup", "service", "integ", "username", name], "")
            .is_some_and(|s| !s.is_empty())
    };
    names.iter().filter(found).count()
}

fn both_work(home: &Sealed) {
    for name in ["acme", "acme/two"] {
        assert_eq!(home.integ(&["token", name]).reveals().run().ok().text(), token(name));
    }
}

#[test]
fn everything_arrives_and_nothing_stays_behind() {
    let Some((keyring, home)) = imported() else { return };
    home.integ(&["vault", "move", "file"]).run().exits(2).says("--yes");
    assert_eq!((items(&keyring, &home), home.vault_files().len()), (2, 0));
    let moved = home.integ(&["vault", "move", "file", "--yes", "--json"]).run().ok().json();
    assert_eq!(moved["vaults"][0]["kind"], "file");
    assert!(moved["vaults"][0]["recipient"].as_str().is_some_and(|text| text.starts_with("age1")), "{moved}");
    assert_eq!((items(&keyring, &home), home.vault_files().len()), (0, 2));
    both_work(&home);
    home.integ(&["vault", "move", "keychain", "--yes"]).run().ok();
    assert_eq!((items(&keyring, &home), home.vault_files().len()), (2, 0));
    both_work(&home);
}

#[test]
fn what_an_interrupted_move_left_is_ended_by_moving_again() {
    let Some((keyring, home)) = imported() else { return };
    home.integ(&["vault", "move", "file", "--yes"]).run().ok();
    let copies: Vec<_> =
        home.vault_files().into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
    home.integ(&["vault", "move", "keychain", "--yes"]).run().ok();
    let put_back = || {
        for (bytes, path) in &copies {
            fs::write(path, bytes).unwrap();
            fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    };
    // Stopped before it had deleted the originals.
    put_back();
    home.integ(&["vault", "move", "keychain"]).run().ok().says("already");
    assert_eq!((items(&keyring, &home), home.vault_files().len()), (2, 0));
    // Stopped before it had switched the config: the copies are older than what is in use.
    put_back();
    both_work(&home);
    home.integ(&["vault", "move", "file", "--yes"]).run().ok();
    assert_eq!((items(&keyring, &home), home.vault_files().len()), (0, 2));
    both_work(&home);
}

#[test]
fn a_locked_keychain_moves_nothing() {
    let Some((mut keyring, home)) = imported() else { return };
    keyring.lock();
    home.integ(&["vault", "move", "file", "--yes"]).run().exits(5);
    assert_eq!(home.vault_files().len(), 0);
    keyring.unlock();
    both_work(&home);
}

#[test]
fn a_sign_in_that_ends_after_the_move_is_not_kept_where_nobody_looks() {
    if !needs("vault_move", &["oidc-provider", "$gnome-keyring-daemon", "$dbus-daemon", "$secret-tool"]) {
        return;
    }
    let keyring = Keyring::unlocked();
    let (server, home) = (Oidc::start(&[]), Sealed::with_keyring(&keyring));
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let (running, url) = home.ask_to_connect(&["acme/two"]);
    home.integ(&["vault", "move", "file", "--yes"]).run().ok();
    consent(&url, &["--user", "alice"]);
    running.finish().exits(75).says("moved meanwhile");
    assert_eq!(items(&keyring, &home), 0, "nothing is in the keychain, which nobody asks any more");
    home.connect(&["acme/two"]).out.ok();
    home.integ(&["token", "acme/two"]).reveals().run().ok();
}

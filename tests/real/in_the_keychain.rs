//! Sentence 3 with a keychain: what is said to it is storage as well. In every run the vault is moved; the long run has
//! all the commands. (The file vault's turn is in tests/hostile/every_point.rs.)
use nix::unistd::{User, getuid};

use crate::evil::Evil;
use crate::harness::{Keyring, needs};
use crate::home::keychain::{BUS, PATIENT};
use crate::home::{Home, files_below, private_file, times};
use crate::points::{After, Case, calendars, connect, import, refresh, rename, tasks};

const NAMES: [&str; 2] = ["evil/a", "evil/b"];
const INTO_A_FILE: [&str; 4] = ["vault", "move", "file", "--yes"];
const INTO_THE_KEYCHAIN: [&str; 4] = ["vault", "move", "keychain", "--yes"];

fn in_the_keychain(case: &Case) {
    if needs("points", &["$gnome-keyring-daemon", "$dbus-daemon"]) {
        let keyring = Keyring::unlocked();
        BUS.set(Some(keyring.address()));
        case.holds_at_every_point();
        remove_locks();
    }
}

/// Those of these homes' profiles lie in the account's own home, and are nobody's any more.
pub(crate) fn remove_locks() {
    let Ok(Some(account)) = User::from_uid(getuid()) else { return };
    let ours = format!("real-points-{}-", std::process::id());
    for path in files_below(&account.dir.join(".local/state/integ-locks")) {
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(&ours)) {
            let _ = std::fs::remove_file(path);
        }
    }
}

/// The profile's own choice is this vault, and the key of a file vault is at hand.
fn seed_in(vault: &str, evil: &Evil) -> Home {
    let mut home = Home::new(evil);
    home.unset("INTEG_VAULT");
    private_file(&home.settings(), format!("{PATIENT}kind = \"{vault}\"\n").as_bytes());
    for name in NAMES {
        home.fresh(evil, name);
    }
    home
}

/// Nothing is lost on the way, and the same command ends where it was to end: with so many files.
fn arrives(after: &After<'_>, again: &[&str], files: usize) {
    let works = || NAMES.iter().for_each(|name| after.is_live(&after.token(name).unwrap_or_default()));
    works();
    let next = after.home.run(again);
    after.must(next.code == 0, &format!("the next move: {}", next.transcript()));
    works();
    after.must(after.home.vault_files().len() == files, "not everything arrived");
}

#[test]
fn of_a_vault_that_is_moved_into_a_file() {
    in_the_keychain(&Case {
        name: "vault move file",
        least: 40,
        seed: |evil| seed_in("keychain", evil),
        run: |_, home, point| home.call(&INTO_A_FILE).disk(point).run(),
        holds: |after| arrives(after, &INTO_A_FILE, NAMES.len()),
    });
}

#[test]
fn of_a_vault_that_is_moved_into_the_keychain() {
    in_the_keychain(&Case {
        name: "vault move keychain",
        least: 40,
        seed: |evil| seed_in("file", evil),
        run: |_, home, point| home.call(&INTO_THE_KEYCHAIN).disk(point).run(),
        holds: |after| arrives(after, &INTO_THE_KEYCHAIN, 0),
    });
}

#[test]
fn of_every_command_with_a_keychain() {
    let all = [
        refresh::CASE,
        connect::FIRST,
        connect::AGAIN,
        import::CASE,
        rename::CASE,
        tasks::CASE,
        calendars::CASE,
    ];
    for case in &all[..times(1, all.len())] {
        in_the_keychain(case);
    }
}

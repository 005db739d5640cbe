//! Sentence 2 with a keychain: a seeded tenth of the matrix in every run, each meeting in the long one. (The file vault's
//! turn is in tests/hostile/every_misbehaviour.rs.)

use std::cell::RefCell;

use crate::harness::{Keyring, needs};
use crate::home::keychain::BUS;
use crate::in_the_keychain::remove_locks;
use crate::matrix::Matrix;
use crate::matrix::cell::Vault;

thread_local! {
    /// One for each lane, so that what one cell stores is in nobody's way.
    static KEYRING: RefCell<Option<Keyring>> = const { RefCell::new(None) };
}

fn with_an_empty_keychain(cell: &mut dyn FnMut()) {
    KEYRING.with_borrow_mut(|keyring| {
        let keyring = keyring.get_or_insert_with(Keyring::unlocked);
        BUS.set(Some(keyring.address()));
        cell();
        keyring.secret_tool(&["clear", "service", "integ"], "");
    });
}

#[test]
fn are_met_and_no_token_is_forgotten() {
    if needs("matrix", &["$gnome-keyring-daemon", "$dbus-daemon", "$secret-tool"]) {
        Matrix { vaults: &[Vault::Keychain], one_in: (10, 10), around: with_an_empty_keychain }.holds();
        remove_locks();
    }
}

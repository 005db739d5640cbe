//! Sentence 2, with the file vault. (The keychain's turn is in tests/real/misbehaviours_in_the_keychain.rs.)

use crate::matrix::Matrix;
use crate::matrix::cell::Vault;

#[test]
fn is_met_by_every_command_and_no_token_is_forgotten() {
    let vaults = &[Vault::KeyInAFile, Vault::KeyInAVariable];
    Matrix { vaults, one_in: (1, 3), around: |cell| cell() }.holds();
}

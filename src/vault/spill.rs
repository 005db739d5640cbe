//! A new grant that could not be saved. By then the provider may have spent the old refresh token, so the new one is put
//! beside the locks, sealed with the old one: who holds the lock next and can read the vault brings it back.

use std::io::Read;
use std::path::{Path, PathBuf};

use age::secrecy::SecretString;
use age::{Decryptor, scrypt};

use super::private::{open_private, write_private};
use super::{Bytes, Secret, VaultError, entry};

/// The refresh token is no passphrase that somebody could guess: stretching it would only take time.
const WORK: u8 = 10;
const MOST: u64 = 1 << 20;

fn path(locks: &Path, key: &str) -> PathBuf {
    locks.join(format!("{}.unsaved", entry::file_stem(key)))
}

pub(super) fn keep(locks: &Path, key: &str, seal: &Secret, plain: &[u8]) -> Result<(), VaultError> {
    let mut recipient = scrypt::Recipient::new(SecretString::from(seal.expose().to_owned()));
    recipient.set_work_factor(WORK);
    let sealed = age::encrypt(&recipient, plain).map_err(|cause| VaultError::BadKey(cause.to_string()))?;
    write_private(&path(locks, key), &sealed)
}

/// `None`: nothing lies there that this seal opens.
pub(super) fn find(locks: &Path, key: &str, seal: &Secret) -> Option<Bytes> {
    let mut sealed = Vec::new();
    open_private(&path(locks, key), false).ok()?.take(MOST).read_to_end(&mut sealed).ok()?;
    let mut identity = scrypt::Identity::new(SecretString::from(seal.expose().to_owned()));
    identity.set_max_work_factor(WORK);
    let mut plain = Bytes::default();
    let file = Decryptor::new_buffered(sealed.as_slice()).ok()?;
    file.decrypt(std::iter::once(&identity as _)).ok()?.read_to_end(&mut plain).ok()?;
    Some(plain)
}

pub(super) fn lies_there(locks: &Path, key: &str) -> bool {
    path(locks, key).symlink_metadata().is_ok()
}

pub(super) fn remove(locks: &Path, key: &str) {
    let _ = std::fs::remove_file(path(locks, key));
}

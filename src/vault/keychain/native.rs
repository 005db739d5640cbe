//! macOS Keychain and Windows Credential Manager, by the `keyring` crate. Written against its documentation
//! (`keyring` 4.2, module `v1`): the machines this project is built on cannot compile it.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};

use keyring::{Entry, Error};
use zeroize::Zeroizing;

use super::Reach;
use super::split::{self, Items};
use crate::vault::{Bytes, Listed, Reservation, Store, VaultError};

pub(crate) struct Keychain {
    reach: Reach,
    locks: OnceCell<PathBuf>,
}

impl Keychain {
    /// The system itself bounds its calls and asks the person.
    pub(crate) fn new(reach: Reach) -> Keychain {
        Keychain { reach, locks: OnceCell::new() }
    }
}

fn entry(key: &str) -> Result<Entry, VaultError> {
    Entry::new("integ", key).map_err(translate)
}

/// `BadEncoding` carries the secret: an error of this crate is never shown as it is.
fn translate(error: Error) -> VaultError {
    match error {
        Error::NoStorageAccess(_) => VaultError::Locked,
        Error::NoDefaultStore | Error::PlatformFailure(_) => {
            VaultError::Absent("the system's keychain cannot be used".into())
        }
        Error::TooLong(..) => VaultError::Refused("an item is too long".into()),
        _ => VaultError::Refused("the system's keychain refused".into()),
    }
}

impl Items for Keychain {
    fn get(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        match entry(key)?.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(translate(error)),
        }
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), VaultError> {
        entry(key)?.set_secret(value).map_err(translate)
    }

    fn remove(&self, key: &str) -> Result<bool, VaultError> {
        match entry(key)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(translate(error)),
        }
    }
}

impl Store for Keychain {
    fn kind(&self) -> &'static str {
        "keychain"
    }

    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        split::read(self, key)
    }

    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError> {
        let keys = split::roster(self)?.into_iter().filter(|key| key.starts_with(prefix));
        Ok(keys.filter_map(|key| split::read(self, &key).transpose().map(|value| (key, value))).collect())
    }

    fn reserve<'a>(&'a self, key: &str, _len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        split::roster(self)?;
        Ok(Box::new(PreparedItem { keychain: self, key: key.to_owned() }))
    }

    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        split::delete(self, key)
    }

    fn lock_dir(&self) -> &Path {
        self.locks.get_or_init(|| (self.reach.locks)())
    }
}

struct PreparedItem<'a> {
    keychain: &'a Keychain,
    key: String,
}

impl Reservation for PreparedItem<'_> {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError> {
        split::write(self.keychain, &self.key, value)
    }
}

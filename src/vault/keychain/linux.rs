//! The Secret Service (GNOME Keyring, KWallet, KeePassXC), over a plain session with a time limit.

use std::cell::{OnceCell, RefCell};
use std::path::{Path, PathBuf};

use super::Reach;
use crate::vault::secret_service::{KeychainError, SecretService};
use crate::vault::{Bytes, Listed, Reservation, Store, VaultError};

const SERVICE: (&str, &str) = ("service", "integ");

pub(crate) struct Keychain {
    reach: Reach,
    locks: OnceCell<PathBuf>,
    connection: RefCell<Option<SecretService>>,
}

impl Keychain {
    pub(crate) fn new(reach: Reach) -> Keychain {
        Keychain { reach, locks: OnceCell::new(), connection: RefCell::new(None) }
    }

    /// One conversation; a lock is opened once if a person is there. A connection that failed is not used again.
    fn ask<T>(
        &self,
        question: impl Fn(&mut SecretService) -> Result<T, KeychainError>,
    ) -> Result<T, VaultError> {
        let mut held = self.connection.borrow_mut();
        let mut service = match held.take() {
            Some(service) => service,
            None => SecretService::connect(
                self.reach.address.as_deref(),
                self.reach.runtime_dir.as_deref(),
                self.reach.limit,
            )
            .map_err(translate)?,
        };
        let mut answer = question(&mut service);
        if let (Err(KeychainError::Locked | KeychainError::NoCollection), Some(patience)) =
            (&answer, self.reach.unlock)
        {
            (self.reach.say_waiting)();
            service.unlock(patience).map_err(translate)?;
            answer = question(&mut service);
        }
        let answer = answer.map_err(translate);
        if answer.is_ok() {
            *held = Some(service);
        }
        answer
    }
}

impl Store for Keychain {
    fn kind(&self) -> &'static str {
        "keychain"
    }

    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        self.ask(|service| service.read(&[SERVICE, ("username", key)]))
    }

    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError> {
        let items = self.ask(|service| service.read_all(&[SERVICE]))?;
        Ok(items
            .into_iter()
            .filter_map(|item| {
                let key = item.attributes.get("username").filter(|key| key.starts_with(prefix))?;
                Some((key.clone(), Ok(item.secret)))
            })
            .collect())
    }

    fn reserve<'a>(&'a self, key: &str, _len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        self.ask(SecretService::writable)?;
        Ok(Box::new(PreparedItem { keychain: self, key: key.to_owned() }))
    }

    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        self.ask(|service| service.delete(&[SERVICE, ("username", key)]))
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
        let label = format!("integ: {}", self.key);
        let attributes = [SERVICE, ("username", self.key.as_str())];
        self.keychain.ask(|service| service.write(&label, &attributes, value))
    }
}

fn translate(error: KeychainError) -> VaultError {
    match error {
        KeychainError::Locked => VaultError::Locked,
        KeychainError::NoBus { .. } | KeychainError::NoService | KeychainError::NoCollection => {
            VaultError::Absent(error.to_string())
        }
        KeychainError::Silent { after } => VaultError::Silent(after),
        other => VaultError::Refused(other.to_string()),
    }
}

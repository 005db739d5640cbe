//! WHERE SECRETS LIVE: one item per grant, one per client secret, one per sign-in that waits, in the system's keychain or in a file vault.
//! Synchronous on purpose: reading a token starts no runtime.

mod authorization;
mod client;
pub(crate) mod entry;
mod error;
mod file;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod grant;
mod imported;
mod keychain;
pub(crate) mod lock;
mod machine;
pub(crate) mod private;
#[cfg(test)]
mod properties;
mod renaming;
mod secret;
#[cfg(target_os = "linux")]
mod secret_service;
mod spill;
pub(crate) mod stale;
#[cfg(test)]
mod tests;
mod waiting;

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

pub(crate) use authorization::{authorization, is_authorization};
pub(crate) use error::VaultError;
pub(crate) use file::FileVault;
pub(crate) use grant::{
    Endpoints, Grant, Identity, PASSWORD, RefreshRule, SITE_NAME, SITE_URL, Trouble, TroubleKind,
};
pub(crate) use keychain::{Keychain, Reach};
pub(crate) use machine::{Machine, MachineKey};
pub use secret::Secret;
pub(crate) use secret::{sealed, sealed_option};

use crate::name::Name;

pub(crate) type Bytes = Zeroizing<Vec<u8>>;
/// Items by name; one that cannot be read is an error beside the others.
pub(crate) type Listed<Key, Item> = Vec<(Key, Result<Item, VaultError>)>;

/// A kind of vault. Keys are those of [`entry`]; values are JSON or UTF-8 text.
pub(crate) trait Store {
    fn kind(&self) -> &'static str;
    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError>;
    /// Every item whose key starts with `prefix`, damaged ones included as errors.
    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError>;
    /// Proves that a write of about `len` bytes will succeed, before something irrevocable is asked of a provider.
    fn reserve<'a>(&'a self, key: &str, len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError>;
    fn delete(&self, key: &str) -> Result<bool, VaultError>;
    /// Where locks live: with what they guard.
    fn lock_dir(&self) -> &Path;
    /// The file that an item is, where it is one.
    fn item_file(&self, _key: &str) -> Option<PathBuf> {
        None
    }
}

/// A write that has been prepared.
pub(crate) trait Reservation {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError>;
}

/// The vault of one profile.
pub(crate) struct Vault {
    store: Box<dyn Store>,
    profile: String,
}

impl Vault {
    pub(crate) fn new(store: Box<dyn Store>, profile: &str) -> Vault {
        Vault { store, profile: profile.to_owned() }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.store.kind()
    }

    pub(crate) fn grant(&self, name: &Name) -> Result<Option<Grant>, VaultError> {
        let key = entry::grant(&self.profile, name);
        let Some(bytes) = self.store.read(&key)? else { return Ok(None) };
        Ok(Some(decode(&key, &bytes)?).filter(|grant| !self.is_unfinished(grant)))
    }

    /// For somebody who said that it is to be replaced: an item that nobody can read is as good as none. A vault that does
    /// not answer is not.
    pub(crate) fn replaceable(&self, name: &Name) -> Result<Option<Grant>, VaultError> {
        match self.grant(name) {
            Err(error) if error.is_unreadable() => Ok(None),
            found => found,
        }
    }

    /// Every grant of the profile by name; one that cannot be read is an error beside the others.
    pub(crate) fn grants(&self) -> Result<Listed<Name, Grant>, VaultError> {
        let items = self.store.read_all(&format!("{}/", self.profile))?;
        let mut grants: Vec<_> = items
            .into_iter()
            .filter_map(|(key, bytes)| {
                let name = entry::grant_name(&self.profile, &key)?;
                Some((name, bytes.and_then(|bytes| decode(&key, &bytes))))
            })
            .collect();
        grants.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(renaming::finished(&self.profile, grants))
    }

    /// Prepares the next write of this grant, so that a refresh never wins a token it cannot keep.
    pub(crate) fn reserve(&self, name: &Name, grant: &Grant) -> Result<Slot<'_>, VaultError> {
        let key = entry::grant(&self.profile, name);
        let len = encode(grant).len();
        Ok(Slot { reservation: self.store.reserve(&key, len)?, key })
    }

    pub(crate) fn save(&self, name: &Name, grant: &mut Grant) -> Result<(), VaultError> {
        self.reserve(name, grant)?.save(grant)
    }

    /// Another sign-in, in the place of what has this name: a copy that came of no rename would be a connection then.
    pub(crate) fn save_another(&self, name: &Name, grant: &mut Grant) -> Result<(), VaultError> {
        // Where nothing is, nothing was being renamed: many that are imported do not each look through all.
        if !matches!(self.store.read(&entry::grant(&self.profile, name)), Ok(None)) {
            self.delete_copies(name)?;
        }
        self.save(name, grant)
    }

    pub(crate) fn delete(&self, name: &Name) -> Result<bool, VaultError> {
        self.delete_copies(name)?;
        let key = entry::grant(&self.profile, name);
        let was_there = self.store.delete(&key)?;
        spill::remove(self.lock_dir(), &key);
        Ok(was_there)
    }

    /// A write, a read and a delete of something worthless.
    pub(crate) fn round_trip(&self) -> Result<(), VaultError> {
        let key = format!("{}/check:{}", self.profile, std::process::id());
        self.store.reserve(&key, 5)?.commit(b"check")?;
        let back = self.store.read(&key)?;
        self.store.delete(&key)?;
        match back {
            Some(bytes) if bytes.as_slice() == b"check" => Ok(()),
            _ => Err(VaultError::Damaged { key, why: "it did not come back as written".into() }),
        }
    }

    /// Every item of the profile; one that cannot be read is an error.
    pub(crate) fn items(&self) -> Result<Vec<(String, Bytes)>, VaultError> {
        let items = self.store.read_all(&format!("{}/", self.profile))?;
        items.into_iter().map(|(key, bytes)| Ok((key, bytes?))).collect()
    }

    /// Copies every item of the profile into another vault and reads each back before the caller trusts the copy.
    pub(crate) fn copy_into(&self, other: &Vault) -> Result<Vec<String>, VaultError> {
        let mut keys = Vec::new();
        for (key, bytes) in self.store.read_all(&format!("{}/", self.profile))? {
            let bytes = bytes?;
            other.store.reserve(&key, bytes.len())?.commit(&bytes)?;
            if other.store.read(&key)?.as_deref() != Some(&*bytes) {
                return Err(VaultError::Damaged { key, why: "the copy differs from the original".into() });
            }
            keys.push(key);
        }
        Ok(keys)
    }

    pub(crate) fn delete_item(&self, key: &str) -> Result<bool, VaultError> {
        self.store.delete(key)
    }

    pub(crate) fn lock_dir(&self) -> &Path {
        self.store.lock_dir()
    }

    /// The lock of one credential: one refresh, one connect or one deletion at a time. Who gets it finds the newest grant
    /// in the vault, even if that could not be saved when it came.
    pub(crate) async fn lock(
        &self,
        name: &Name,
        patience: std::time::Duration,
    ) -> Result<lock::Lock, VaultError> {
        let key = entry::grant(&self.profile, name);
        let lock =
            lock::acquire(self.lock_dir(), &key, self.store.item_file(&key).as_deref(), patience).await?;
        if spill::lies_there(self.lock_dir(), &key) {
            self.recover(name, &key)?;
        }
        Ok(lock)
    }

    /// For a grant that cannot be saved while `spent` is the refresh token in the vault.
    pub(crate) fn keep_aside(&self, name: &Name, spent: &Secret, grant: &Grant) -> Result<(), VaultError> {
        spill::keep(self.lock_dir(), &entry::grant(&self.profile, name), spent, &encode(grant))
    }

    /// Brings back what `keep_aside` kept; what the stored refresh token does not open is of no use to anybody.
    /// An item that nobody can read says nothing of it: it stays, for whoever can, and is in nobody's way.
    fn recover(&self, name: &Name, key: &str) -> Result<(), VaultError> {
        let stored = match self.grant(name) {
            Err(error) if error.is_unreadable() => {
                crate::log::info(&format!("what was kept aside of {name} stays there: {error}"));
                return Ok(());
            }
            found => found?,
        };
        let seal = stored.as_ref().and_then(|stored| stored.refresh_token.as_ref());
        let kept = seal.and_then(|seal| spill::find(self.lock_dir(), key, seal));
        if let Some(mut newer) = kept.and_then(|plain| decode(key, &plain).ok()) {
            self.save(name, &mut newer)?;
        }
        spill::remove(self.lock_dir(), key);
        Ok(())
    }
}

/// A prepared write of one grant.
pub(crate) struct Slot<'a> {
    reservation: Box<dyn Reservation + 'a>,
    key: String,
}

impl Slot<'_> {
    pub(crate) fn save(self, grant: &mut Grant) -> Result<(), VaultError> {
        grant.generation += 1;
        grant.item = self.key;
        grant.copy_of = None;
        self.reservation.commit(&encode(grant))
    }
}

/// Into room of the right size: what a growing buffer leaves behind, nobody wipes.
fn encode(grant: &Grant) -> Bytes {
    struct Length(usize);
    impl std::io::Write for Length {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut length = Length(0);
    let mut text = match serde_json::to_writer(&mut length, grant) {
        Ok(()) => Zeroizing::new(Vec::with_capacity(length.0)),
        Err(_) => return Bytes::default(),
    };
    match serde_json::to_writer(&mut *text, grant) {
        Ok(()) => text,
        Err(_) => Bytes::default(),
    }
}

/// The version is read first, so that a newer document is named as such rather than called damaged.
fn decode(key: &str, bytes: &[u8]) -> Result<Grant, VaultError> {
    let damaged = |why: &str| VaultError::Damaged { key: key.to_owned(), why: why.to_owned() };
    let grant = serde_json::from_slice::<Grant>(bytes).map_err(|_| {
        #[derive(serde::Deserialize)]
        struct Version {
            v: u64,
        }
        match serde_json::from_slice::<Version>(bytes) {
            Ok(Version { v }) if v > 1 => VaultError::TooNew { key: key.to_owned(), version: v },
            // serde's own message could quote a token: it is not passed on.
            _ => damaged("it is not a grant"),
        }
    })?;
    if grant.v > 1 {
        // It may be read all the same, but writing it would drop what only the newer version knows.
        return Err(VaultError::TooNew { key: key.to_owned(), version: grant.v.into() });
    }
    match grant.item.as_str() {
        "" => Ok(grant),
        item if item == key => Ok(grant),
        _ => Err(damaged("it belongs to another connection")),
    }
}

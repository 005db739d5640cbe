//! The vault of machines without a keychain: one age file per item, readable with the `age` tool.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use age::x25519::Identity;
use zeroize::Zeroizing;

use super::private::{Temporary, open_private, private_dir, sync_dir};
use super::{Bytes, Listed, Reservation, Store, VaultError, entry};

/// Larger than any grant; an item above it was not written by us.
const MAX_ITEM: u64 = 4 << 20;
/// What age adds to a plain text of this size: header, stanza, one chunk tag for each 64 KiB.
const AGE_OVERHEAD: usize = 1024;

pub(crate) struct FileVault {
    dir: PathBuf,
    locks: PathBuf,
    key: Identity,
}

impl FileVault {
    pub(crate) fn new(dir: PathBuf, key: Identity) -> FileVault {
        FileVault { locks: dir.join("locks"), dir, key }
    }

    fn path(&self, key: &str) -> PathBuf {
        self.dir.join(format!("{}.age", entry::file_stem(key)))
    }

    fn open_item(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        let path = self.path(key);
        let file = match open_private(&path, false) {
            Ok(file) => file,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(cause) => return Err(VaultError::storage("read", &path, cause)),
        };
        let mut sealed = Vec::new();
        file.take(MAX_ITEM)
            .read_to_end(&mut sealed)
            .map_err(|cause| VaultError::storage("read", &path, cause))?;
        let damaged = |why: String| VaultError::Damaged { key: key.to_owned(), why };
        match opened(&self.key, &sealed) {
            Ok(plain) => Ok(Some(plain)),
            Err(age::DecryptError::NoMatchingKeys) => Err(VaultError::OtherKey(key.to_owned())),
            Err(_) => Err(damaged("it is damaged or was changed".to_owned())),
        }
    }
}

/// Into room that is there from the start: what a growing buffer leaves behind, nobody wipes.
pub(super) fn opened(key: &Identity, sealed: &[u8]) -> Result<Bytes, age::DecryptError> {
    let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
    let file = age::Decryptor::new_buffered(age::armor::ArmoredReader::new(sealed))?;
    file.decrypt(std::iter::once(key as &dyn age::Identity))?.read_to_end(&mut plain)?;
    Ok(plain)
}

impl Store for FileVault {
    fn kind(&self) -> &'static str {
        "file"
    }

    fn read(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
        self.open_item(key)
    }

    fn read_all(&self, prefix: &str) -> Result<Listed<String, Bytes>, VaultError> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(VaultError::storage("list", &self.dir, cause)),
        };
        let mut items = Vec::new();
        for item in entries {
            let path = item.map_err(|cause| VaultError::storage("list", &self.dir, cause))?.path();
            let Some(stem) = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(".age"))
            else {
                continue;
            };
            let key = entry::from_file_stem(stem);
            if key.starts_with(prefix)
                && let Some(bytes) = self.open_item(&key).transpose()
            {
                items.push((key, bytes));
            }
        }
        Ok(items)
    }

    fn reserve<'a>(&'a self, key: &str, len: usize) -> Result<Box<dyn Reservation + 'a>, VaultError> {
        private_dir(&self.dir)?;
        let target = self.path(key);
        // Replacing something that is not a plain file of ours would follow or destroy what somebody else put there.
        match open_private(&target, false) {
            Ok(_) => {}
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => {}
            Err(cause) => return Err(VaultError::storage("replace", &target, cause)),
        }
        let temporary = Temporary::create(&self.dir)?;
        let space = vec![0_u8; len + len / 64 + AGE_OVERHEAD];
        let fill = |mut file: &File| file.write_all(&space).and_then(|()| file.sync_all());
        fill(&temporary.file).map_err(|cause| VaultError::storage("write", &temporary.path, cause))?;
        Ok(Box::new(PreparedFile { vault: self, target, temporary }))
    }

    fn delete(&self, key: &str) -> Result<bool, VaultError> {
        let path = self.path(key);
        match fs::remove_file(&path) {
            Ok(()) => {
                sync_dir(&self.dir).map_err(|cause| VaultError::storage("sync", &self.dir, cause))?;
                Ok(true)
            }
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(cause) => Err(VaultError::storage("delete", &path, cause)),
        }
    }

    fn lock_dir(&self) -> &Path {
        &self.locks
    }

    fn item_file(&self, key: &str) -> Option<PathBuf> {
        Some(self.path(key))
    }
}

/// A file with its space already on the disk: committing fills and renames it.
struct PreparedFile<'a> {
    vault: &'a FileVault,
    target: PathBuf,
    temporary: Temporary,
}

impl Reservation for PreparedFile<'_> {
    fn commit(self: Box<Self>, value: &[u8]) -> Result<(), VaultError> {
        let sealed = age::encrypt(&self.vault.key.to_public(), value)
            .map_err(|cause| VaultError::BadKey(cause.to_string()))?;
        self.temporary.replace_content(&sealed)?;
        self.temporary.rename_to(&self.target)
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

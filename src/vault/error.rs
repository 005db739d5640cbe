//! What can go wrong where the secrets live.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub(crate) enum VaultError {
    #[error("the keychain is locked")]
    Locked,
    #[error("there is no keychain here: {0}")]
    Absent(String),
    #[error("the keychain did not answer within {} s", .0.as_secs_f32().ceil())]
    Silent(Duration),
    #[error("the keychain refused: {0}")]
    Refused(String),
    #[error("the file vault has no key: there is no {}", .0.display())]
    NoKey(PathBuf),
    #[error("the key of the file vault is unusable: {0}")]
    BadKey(String),
    #[error("the vault item `{0}` is sealed with another key")]
    OtherKey(String),
    #[error("the vault item `{key}` cannot be opened: {why}")]
    Damaged { key: String, why: String },
    #[error("the vault item `{key}` was written by a newer integ (version {version})")]
    TooNew { key: String, version: u64 },
    #[error("cannot {action} {}: {cause}", .path.display())]
    Storage { action: &'static str, path: PathBuf, cause: io::Error },
    #[error("{} is not safe to use: {why}", .path.display())]
    Unsafe { path: PathBuf, why: String },
    #[error("another process holds the lock (waited {} s)", .waited.as_secs())]
    Busy { waited: Duration },
}

impl VaultError {
    /// The vault answers, and what it holds is of no use here.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(self, VaultError::Damaged { .. } | VaultError::OtherKey(_) | VaultError::TooNew { .. })
    }

    pub(crate) fn storage(action: &'static str, path: &Path, cause: io::Error) -> VaultError {
        VaultError::Storage { action, path: path.to_owned(), cause }
    }
}

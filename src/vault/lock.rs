//! One advisory lock per credential: of N processes that find a token stale, one refreshes.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::private::{self, private_dir};
use super::{VaultError, entry};

/// Held until dropped; the system drops it when the process dies, however it dies.
pub(crate) struct Lock {
    _file: File,
    _item: Option<File>,
}

/// Waits for the lock of `key`. Sleeping is the caller's runtime's, so that other refreshes of the same command go on.
/// `item` is the file of the credential, where it has one: whoever deletes lock files leaves that one alone.
pub(crate) async fn acquire(
    dir: &Path,
    key: &str,
    item: Option<&Path>,
    patience: Duration,
) -> Result<Lock, VaultError> {
    let path = dir.join(format!("{}.lock", entry::file_stem(key)));
    let started = Instant::now();
    let mut pause = Duration::from_millis(2);
    loop {
        if let Some(lock) = try_acquire(dir, &path, item)? {
            return Ok(lock);
        }
        if started.elapsed() >= patience {
            return Err(VaultError::Busy { waited: patience });
        }
        tokio::time::sleep(pause.min(patience.saturating_sub(started.elapsed()))).await;
        pause = (pause * 2).min(Duration::from_millis(40));
    }
}

/// Waits for a lock that is a file of its own. Who waits for it does nothing else meanwhile.
pub(crate) fn exclusive(path: &Path, patience: Duration) -> Result<File, VaultError> {
    let started = Instant::now();
    loop {
        if let Some(file) = try_file(path)? {
            return Ok(file);
        }
        if started.elapsed() >= patience {
            return Err(VaultError::Busy { waited: patience });
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn try_acquire(dir: &Path, path: &Path, item: Option<&Path>) -> Result<Option<Lock>, VaultError> {
    private_dir(dir)?;
    let Some(file) = try_file(path)? else { return Ok(None) };
    Ok(try_item(item)?.map(|item| Lock { _file: file, _item: item }))
}

fn try_file(path: &Path) -> Result<Option<File>, VaultError> {
    let file = private::open_private(path, true)
        .map_err(|cause| VaultError::storage("open the lock", path, cause))?;
    match file.try_lock() {
        // Somebody may have removed the file while we opened it: a lock on a file without a name excludes nobody.
        Ok(()) => Ok(is_still_there(&file, path).then_some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(VaultError::storage("lock", path, cause)),
    }
}

/// `None`: somebody else holds it, whose lock file was deleted meanwhile. What is not there needs no lock.
#[cfg(unix)]
fn try_item(item: Option<&Path>) -> Result<Option<Option<File>>, VaultError> {
    let Some(path) = item else { return Ok(Some(None)) };
    let file = match private::open_private(path, false) {
        Ok(file) => file,
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(Some(None)),
        Err(cause) => return Err(VaultError::storage("read", path, cause)),
    };
    match file.try_lock() {
        Ok(()) => Ok(is_still_there(&file, path).then_some(Some(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        // A file system (NFS) without locks on what is open for reading only.
        Err(TryLockError::Error(cause)) if cause.raw_os_error() == Some(nix::libc::EBADF) => Ok(Some(None)),
        Err(TryLockError::Error(cause)) => Err(VaultError::storage("lock", path, cause)),
    }
}

/// Locks of Windows keep readers out as well, and a file that is open there cannot be deleted.
#[cfg(not(unix))]
fn try_item(_: Option<&Path>) -> Result<Option<Option<File>>, VaultError> {
    Ok(Some(None))
}

#[cfg(unix)]
fn is_still_there(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let same = || -> io::Result<bool> {
        let (held, named) = (file.metadata()?, std::fs::symlink_metadata(path)?);
        Ok((held.dev(), held.ino()) == (named.dev(), named.ino()))
    };
    same().unwrap_or(false)
}

#[cfg(not(unix))]
fn is_still_there(_: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(unix)]
#[cfg(test)]
mod tests;

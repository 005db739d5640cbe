//! Files in folders that are not ours: written whole or not at all, ours alone to change, the folders left as they are.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::Path;

use super::ScheduleError;
use crate::vault::private::write_private_into;

/// Whatever the umask says: who can write a unit decides what is run.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), ScheduleError> {
    let unwritable = |cause| ScheduleError::Unwritable { path: path.to_owned(), cause };
    let mut folders = DirBuilder::new();
    folders.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folders, 0o700);
    folders.create(path.parent().unwrap_or(Path::new("."))).map_err(unwritable)?;
    write_private_into(path, bytes, true).map_err(|error| unwritable(io::Error::other(error.to_string())))
}

/// `None`: it is not there.
pub(super) fn read(path: &Path) -> Result<Option<String>, ScheduleError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(ScheduleError::Unreadable { path: path.to_owned(), cause }),
    }
}

pub(super) fn delete(path: &Path) -> Result<(), ScheduleError> {
    match fs::remove_file(path) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(ScheduleError::Unwritable { path: path.to_owned(), cause })
        }
        _ => Ok(()),
    }
}

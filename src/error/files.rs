//! A file that a person named and that cannot be read or written: a mistake of theirs, or of the disk.

use std::io::{self, ErrorKind};
use std::path::Path;

use super::{Error, Kind};
use crate::vault::VaultError;

/// Names their file, not ours that is written first.
pub(crate) fn cannot_write(path: &Path, error: VaultError) -> Error {
    let VaultError::Storage { cause, .. } = error else { return error.into() };
    told(format!("cannot write {}", path.display()), &cause, "there is no such folder")
}

pub(crate) fn cannot_read(shown: &str, cause: &io::Error) -> Error {
    told(format!("{shown} cannot be read"), cause, "there is no such file")
}

fn told(what: String, cause: &io::Error, missing: &str) -> Error {
    let why = match cause.kind() {
        ErrorKind::NotFound => missing,
        ErrorKind::NotADirectory => "its folder is a file",
        ErrorKind::IsADirectory => "it is a folder",
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            return Error::usage(format!("{what}: {cause}"));
        }
        _ => return Error::new(Kind::Storage, format!("{what}: {cause}")),
    };
    Error::usage(format!("{what}: {why}"))
}

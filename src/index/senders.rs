//! Proof of life: whoever sends holds the lock of a file of its own. A file that is there and that nobody holds was
//! left by a process that died, and what it had in hand need not wait for the end of its lease. Where nothing can be
//! locked there is no file, and the lease alone counts.

use std::fs::{self, File};
use std::path::PathBuf;

use rusqlite::params;

use super::{Index, IndexError};
use crate::vault::private::open_private;

/// What was under way when a process died has ended by then, one way or the other (seconds).
const ECHO: i64 = 60;

pub(crate) struct Sender {
    /// What it claims rows by.
    pub owner: String,
    /// `None`: nothing proves that it lives.
    held: Option<(PathBuf, File)>,
}

impl Index {
    /// `id`: nobody else's.
    pub(crate) fn sender(&self, id: &str) -> Sender {
        let path = self.suspect.with_extension(format!("sends-{id}"));
        let alone = || Sender { owner: format!("{id}-"), held: None };
        let Ok(file) = open_private(&path, true) else { return alone() };
        if file.try_lock().is_err() {
            let _ = fs::remove_file(&path);
            return alone();
        }
        Sender { owner: id.to_owned(), held: Some((path, file)) }
    }

    /// Shortens the leases of those who died.
    pub(crate) fn bury(&self, myself: &Sender) -> Result<(), IndexError> {
        let Some(beside) = self.suspect.parent() else { return Ok(()) };
        let stem = self.suspect.with_extension("sends-");
        let stem = stem.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for entry in fs::read_dir(beside).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(owner) = name.strip_prefix(&stem).filter(|owner| **owner != myself.owner) else {
                continue;
            };
            let Ok(file) = open_private(&entry.path(), false) else { continue };
            if file.try_lock().is_err() {
                continue;
            }
            self.db
                .prepare(
                    "UPDATE outbox SET claimed_until = min(claimed_until, last_try + ?2)
                     WHERE state IN ('queued', 'sending') AND claimed_by = ?1",
                )?
                .execute(params![owner, ECHO])?;
            let _ = fs::remove_file(entry.path());
        }
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some((path, file)) = self.held.take() {
            let _ = fs::remove_file(path);
            drop(file);
        }
    }
}

//! Opening the index: migrations forward only, a damaged file is moved aside and what can be read of it carried over.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::copies::{OWNED, Restored, copy_damaged, doubt, restore};
use super::presence::Presence;
use super::schema::MIGRATIONS;
use super::{DAMAGED, Index, IndexError, WAIT};
use crate::clock;
use crate::vault::private::{open_private, private_dir};

/// What is carried over from a damaged index, row by row.
const TABLES: &[&str] = &["time_entry", "outbox", "connection", "run", "calendar", "tombstone", "target"];

/// What became of an index that was damaged or lost.
#[derive(Debug, Default)]
pub(crate) struct Salvage {
    pub aside: Option<PathBuf>,
    /// Tables of which something could not be read.
    pub incomplete: Vec<&'static str>,
    /// What came from a copy instead.
    pub restored: Option<Restored>,
}

impl Index {
    pub(crate) fn open(path: &Path) -> Result<(Index, Option<Salvage>), IndexError> {
        let dir = path.parent().unwrap_or(Path::new("."));
        // It may be a link to where there is room: what it leads to is as private as we would have made it.
        let real = dir.canonicalize();
        private_dir(real.as_deref().unwrap_or(dir)).map_err(|error| failed(path, error))?;
        match Index::open_sound(path, None, Presence::shared(path, WAIT)?) {
            Err(IndexError::Broken { .. }) => Index::renew(path),
            other => other,
        }
    }

    /// Moves a damaged index aside, and begins another with what can be read of it. One process at a time, and with nobody
    /// else there: the second would move the first one's new index aside, and others would commit to what nobody reads.
    pub(crate) fn renew(path: &Path) -> Result<(Index, Option<Salvage>), IndexError> {
        let alone = Presence::alone(path, WAIT)?;
        match Index::open_sound(path, None, Presence::nobody()) {
            Ok((index, salvage)) => {
                if index.examine().is_ok() {
                    return Ok((index.among(alone.share(WAIT)?), salvage));
                }
            }
            Err(IndexError::Broken { .. }) => {}
            Err(other) => return Err(other),
        }
        // Closed before it is moved: SQLite tidies up by name.
        let aside = set_aside(path)?;
        let (index, salvage) = Index::open_sound(path, Some(&aside), Presence::nobody())?;
        Ok((index.among(alone.share(WAIT)?), salvage))
    }

    fn among(mut self, presence: Presence) -> Index {
        self._presence = presence;
        self
    }

    /// Looks through all of it, the mirror included.
    pub(crate) fn examine(&self) -> Result<(), IndexError> {
        let verdict: String = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(IndexError::Failed(verdict)) }
    }

    /// A new index begins with what can be read of the damaged one, and with the last copy of what exists nowhere else.
    fn open_sound(
        path: &Path,
        damaged: Option<&Path>,
        presence: Presence,
    ) -> Result<(Index, Option<Salvage>), IndexError> {
        let broken = |why: String| IndexError::Broken { path: path.display().to_string(), why };
        // SQLite refuses links anywhere in the path; a home that is reached by one is a home all the same.
        let real = path
            .parent()
            .and_then(|dir| dir.canonicalize().ok())
            .map(|dir| dir.join(path.file_name().unwrap_or_default()));
        let path = real.as_deref().unwrap_or(path);
        // Created by us, so that SQLite's own files inherit the mode; a link or a pipe in its place is refused.
        open_private(path, true).map_err(|cause| failed(path, cause))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let sort = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => broken(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => IndexError::Busy,
            _ => failed(path, error),
        };
        let mut db = Connection::open_with_flags(path, flags).map_err(sort)?;
        // Until it has read, closing it tidies nothing up: a connection that could not map the shared memory has been seen to
        // take the log for empty, and to delete what others had committed.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(sort)?;
        db.busy_timeout(WAIT).map_err(sort)?;
        db.pragma_update(None, "journal_mode", "wal").map_err(sort)?;
        db.pragma_update(None, "synchronous", "full").map_err(sort)?;
        db.pragma_update(None, "foreign_keys", "on").map_err(sort)?;
        let found = version(&db).map_err(sort)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(sort)?;
        let salvage = migrate(&mut db, found, path, damaged, sort)?;
        let suspect = path.with_extension("suspect");
        for check in checks(path, suspect.exists()) {
            let sound: String = db.query_row(&check, [], |row| row.get(0)).map_err(sort)?;
            if sound != "ok" {
                return Err(broken(sound));
            }
        }
        let _ = fs::remove_file(&suspect);
        let (staged, seen, is_relaxed) = (Cell::default(), Cell::default(), Cell::default());
        Ok((Index { db, _presence: presence, suspect, is_relaxed, staged, seen }, salvage))
    }
}

fn failed(path: &Path, why: impl std::fmt::Display) -> IndexError {
    IndexError::Failed(format!("{}: {why}", path.display()))
}

/// A larger file is not read as a whole by each command: the mirrored events, which are most of it, are not looked at
/// until somebody wants them, nor are the tasks, most of which are done.
const LARGE: u64 = 4 << 20;

fn checks(path: &Path, is_suspect: bool) -> Vec<String> {
    if is_suspect || fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGE) {
        return vec!["PRAGMA quick_check(1)".to_owned()];
    }
    let looked_at = TABLES.iter().filter(|table| **table != "outbox");
    looked_at.map(|table| format!("PRAGMA quick_check({table})")).collect()
}

/// Damage that was met makes the next command read all of it.
impl Drop for Index {
    fn drop(&mut self) {
        if DAMAGED.load(Ordering::Relaxed) {
            let _ = open_private(&self.suspect, true);
        }
        self.leave_small_log();
    }
}

fn version(db: &Connection) -> rusqlite::Result<i64> {
    db.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn migrate(
    db: &mut Connection,
    found: i64,
    path: &Path,
    damaged: Option<&Path>,
    sort: impl Fn(rusqlite::Error) -> IndexError + Copy,
) -> Result<Option<Salvage>, IndexError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(IndexError::TooNew { path: path.display().to_string(), found, known });
    }
    if found == known {
        return Ok(None);
    }
    if found > 0 {
        copy_whole(db, path, known, sort)?;
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sort)?;
    // Another process may have migrated while we waited.
    let found = version(&transaction).map_err(sort)?;
    for script in MIGRATIONS.iter().skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(script).map_err(sort)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(sort)?;
    let salvage = if found == 0 { fill(&transaction, path, damaged).map_err(sort)? } else { None };
    transaction.commit().map_err(sort)?;
    Ok(salvage)
}

/// Everything as it was before a migration. Written beside and renamed: several processes may come to it at once.
fn copy_whole(
    db: &Connection,
    path: &Path,
    known: i64,
    sort: impl Fn(rusqlite::Error) -> IndexError + Copy,
) -> Result<(), IndexError> {
    let failed = |cause: std::io::Error| failed(path, cause);
    let draft = path.with_extension(format!("before-{}", std::process::id()));
    let _ = fs::remove_file(&draft);
    open_private(&draft, true).map_err(failed)?;
    let written = db.execute("VACUUM INTO ?1", [draft.display().to_string()]);
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written.map_err(sort)?;
    if version(db).map_err(sort)? == known {
        // Another process was first: its copy is the right one.
        return fs::remove_file(&draft).map_err(failed);
    }
    fs::rename(&draft, path.with_extension(format!("before-{known}.db"))).map_err(failed)
}

/// In the transaction that makes the index: nobody ever sees one without its own.
fn fill(db: &Connection, path: &Path, damaged: Option<&Path>) -> rusqlite::Result<Option<Salvage>> {
    let incomplete = damaged.map_or(Vec::new(), |aside| salvage(db, aside));
    let is_whole = damaged.is_some() && !incomplete.iter().any(|table| OWNED.contains(table));
    let restored = if is_whole { None } else { restore(db, path) };
    if !is_whole {
        doubt(db)?;
    }
    Ok((damaged.is_some() || restored.is_some()).then(|| Salvage {
        aside: damaged.map(Path::to_owned),
        incomplete,
        restored,
    }))
}

fn set_aside(path: &Path) -> Result<PathBuf, IndexError> {
    let aside = path.with_extension(format!("corrupt-{}", clock::now()));
    fs::rename(path, &aside).map_err(|cause| IndexError::Failed(cause.to_string()))?;
    for side in ["-wal", "-shm"] {
        let with = |base: &Path| PathBuf::from(format!("{}{side}", base.display()));
        let _ = fs::rename(with(path), with(&aside));
    }
    Ok(aside)
}

/// Copies every row that can still be read.
fn salvage(db: &Connection, aside: &Path) -> Vec<&'static str> {
    let Ok(old) = Connection::open_with_flags(aside, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return TABLES.to_vec();
    };
    let incomplete = TABLES.iter().copied().filter(|table| copy_damaged(&old, db, table).is_err()).collect();
    let reset = "UPDATE calendar SET cursor = NULL, window_start = NULL, window_end = NULL, events = 0";
    db.execute(reset, []).map_or(TABLES.to_vec(), |_| incomplete)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Run;

    #[test]
    fn a_damaged_index_is_moved_aside_and_a_newer_one_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("data/index.db");
        let (index, salvage) = Index::open(&path).unwrap();
        assert!(salvage.is_none());
        index.record(&Run { command: "test".into(), ..Run::default() }).unwrap();
        drop(index);
        fs::write(&path, b"this is not a database, it is a sentence of some length").unwrap();
        let (index, salvage) = Index::open(&path).unwrap();
        assert!(salvage.unwrap().aside.unwrap().exists());
        index.db.pragma_update(None, "user_version", 99).unwrap();
        drop(index);
        let before = fs::read(&path).unwrap();
        assert!(matches!(Index::open(&path), Err(IndexError::TooNew { found: 99, .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

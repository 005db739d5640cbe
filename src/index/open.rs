//! Opening the index: migrations forward only, a damaged file is moved aside and what can be read of it carried over.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::{DAMAGED, Index, IndexError};
use crate::clock;
use crate::vault::file::{open_private, private_dir};

/// One script per version of the schema, with its number; never changed once released.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("schema/001.sql")),
    (2, include_str!("schema/002.sql")),
    (3, include_str!("schema/003.sql")),
    (5, include_str!("schema/005.sql")),
];

/// What is carried over from a damaged index, row by row.
const TABLES: &[&str] = &["connection", "run", "calendar", "tombstone", "outbox", "target"];

/// What became of a damaged index.
pub(crate) struct Salvage {
    pub aside: PathBuf,
    /// Tables of which something could not be read.
    pub incomplete: Vec<&'static str>,
}

impl Index {
    pub(crate) fn open(path: &Path) -> Result<(Index, Option<Salvage>), IndexError> {
        match Index::open_sound(path) {
            Err(IndexError::Broken { .. }) => {
                let (index, salvage) = Index::renew(path)?;
                Ok((index, Some(salvage)))
            }
            other => other,
        }
    }

    /// Moves a damaged index aside, and begins another with what can be read of it.
    pub(crate) fn renew(path: &Path) -> Result<(Index, Salvage), IndexError> {
        let aside = set_aside(path)?;
        let (index, _) = Index::open_sound(path)?;
        let incomplete = salvage(&index.db, &aside);
        Ok((index, Salvage { aside, incomplete }))
    }

    /// Looks through all of it, the mirror included.
    pub(crate) fn examine(&self) -> Result<(), IndexError> {
        let verdict: String = self.db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
        if verdict == "ok" { Ok(()) } else { Err(IndexError::Failed(verdict)) }
    }

    fn open_sound(path: &Path) -> Result<(Index, Option<Salvage>), IndexError> {
        let broken = |why: String| IndexError::Broken { path: path.display().to_string(), why };
        let failed = |why: String| IndexError::Failed(format!("{}: {why}", path.display()));
        private_dir(path.parent().unwrap_or(Path::new("."))).map_err(|error| failed(error.to_string()))?;
        // SQLite refuses links anywhere in the path; a home that is reached by one is a home all the same.
        let real = path
            .parent()
            .and_then(|dir| dir.canonicalize().ok())
            .map(|dir| dir.join(path.file_name().unwrap_or_default()));
        let path = real.as_deref().unwrap_or(path);
        // Created by us, so that SQLite's own files inherit the mode; a link or a pipe in its place is refused.
        open_private(path, true).map_err(|cause| failed(cause.to_string()))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX
            | OpenFlags::SQLITE_OPEN_NOFOLLOW;
        let sort = |error: rusqlite::Error| match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => broken(error.to_string()),
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => IndexError::Busy,
            _ => failed(error.to_string()),
        };
        let mut db = Connection::open_with_flags(path, flags).map_err(sort)?;
        db.busy_timeout(Duration::from_secs(5)).map_err(sort)?;
        db.pragma_update(None, "journal_mode", "wal").map_err(sort)?;
        db.pragma_update(None, "synchronous", "full").map_err(sort)?;
        db.pragma_update(None, "foreign_keys", "on").map_err(sort)?;
        migrate(&mut db, path, sort)?;
        let suspect = path.with_extension("suspect");
        for check in checks(path, suspect.exists()) {
            let sound: String = db.query_row(&check, [], |row| row.get(0)).map_err(sort)?;
            if sound != "ok" {
                return Err(broken(sound));
            }
        }
        let _ = fs::remove_file(&suspect);
        Ok((Index { db, suspect, staged: Cell::default(), seen: Cell::default() }, None))
    }
}

/// A larger file is not read as a whole by each command: the mirrored events, which are most of it, are not looked at
/// until somebody wants them.
const LARGE: u64 = 4 << 20;

fn checks(path: &Path, is_suspect: bool) -> Vec<String> {
    if is_suspect || fs::metadata(path).is_ok_and(|meta| meta.len() <= LARGE) {
        return vec!["PRAGMA quick_check(1)".to_owned()];
    }
    TABLES.iter().map(|table| format!("PRAGMA quick_check({table})")).collect()
}

/// Damage that is met later makes the next command read all of it.
impl Drop for Index {
    fn drop(&mut self) {
        if DAMAGED.load(Ordering::Relaxed) {
            let _ = open_private(&self.suspect, true);
        }
    }
}

fn migrate(
    db: &mut Connection,
    path: &Path,
    sort: impl Fn(rusqlite::Error) -> IndexError + Copy,
) -> Result<(), IndexError> {
    let version = |db: &Connection| db.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
    let known = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    let found = version(db).map_err(sort)?;
    if found > known {
        return Err(IndexError::TooNew { path: path.display().to_string(), found, known });
    }
    if found == known {
        return Ok(());
    }
    if found > 0 {
        let copy = path.with_extension(format!("before-{known}.db"));
        let _ = fs::remove_file(&copy);
        // An empty file is filled as it is, so that its mode is ours.
        open_private(&copy, true)
            .map_err(|cause| IndexError::Failed(format!("{}: {cause}", copy.display())))?;
        db.execute("VACUUM INTO ?1", [copy.display().to_string()]).map_err(sort)?;
    }
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate).map_err(sort)?;
    // Another process may have migrated while we waited.
    let found = version(&transaction).map_err(sort)?;
    for (_, script) in MIGRATIONS.iter().filter(|(number, _)| *number > found) {
        transaction.execute_batch(script).map_err(sort)?;
    }
    transaction.pragma_update(None, "user_version", known).map_err(sort)?;
    transaction.commit().map_err(sort)
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

/// Copies every row that can still be read. Columns are matched by name.
fn salvage(db: &Connection, aside: &Path) -> Vec<&'static str> {
    let Ok(old) = Connection::open_with_flags(aside, OpenFlags::SQLITE_OPEN_READ_ONLY) else {
        return TABLES.to_vec();
    };
    let incomplete = TABLES.iter().copied().filter(|table| copy_table(&old, db, table).is_err()).collect();
    let reset = "UPDATE calendar SET cursor = NULL, window_start = NULL, window_end = NULL, events = 0";
    db.execute(reset, []).map_or(TABLES.to_vec(), |_| incomplete)
}

fn copy_table(old: &Connection, new: &Connection, table: &str) -> rusqlite::Result<()> {
    let mut select = old.prepare(&format!("SELECT * FROM {table}"))?;
    let columns = select.column_names().collect::<Vec<_>>().join(", ");
    let width = select.column_count();
    let marks = vec!["?"; width].join(", ");
    let mut insert = new.prepare(&format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values: Vec<rusqlite::types::Value> = (0..width).map(|i| row.get(i)).collect::<Result<_, _>>()?;
        insert.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(())
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
        assert!(salvage.unwrap().aside.exists());
        index.db.pragma_update(None, "user_version", 99).unwrap();
        drop(index);
        let before = fs::read(&path).unwrap();
        assert!(matches!(Index::open(&path), Err(IndexError::TooNew { found: 99, .. })));
        assert_eq!(fs::read(&path).unwrap(), before);
    }
}

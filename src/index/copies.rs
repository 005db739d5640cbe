//! Owned data exists nowhere else: once a day it is copied beside the index, and a new index begins with it.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::schema::MIGRATIONS;
use super::{Index, IndexError};
use crate::clock;
use crate::vault::private::open_private;
use crate::vault::stale::sweep;

/// Tables whose rows exist nowhere else. What is mirrored can be fetched again and would make the copies large.
pub(super) const OWNED: [&str; 2] = ["time_entry", "outbox"];

/// So many copies stay.
const KEPT: usize = 5;

/// What a new index got from a copy.
#[derive(Clone, Debug)]
pub(crate) struct Restored {
    pub copy: PathBuf,
    pub entries: usize,
    pub tasks: usize,
}

impl Index {
    /// Today's copy, unless there is one or nothing to copy.
    pub(crate) fn copy_owned(&self) -> Result<(), IndexError> {
        let Some(path) = self.db.path().map(PathBuf::from) else { return Ok(()) };
        let day = clock::rfc3339(clock::now());
        let day = day.split('T').next().unwrap_or_default();
        let copy = path.with_extension(format!("copy-{day}.db"));
        if copy.exists() || !self.owns_something()? {
            return Ok(());
        }
        let failed = |cause: std::io::Error| IndexError::Failed(format!("{}: {cause}", copy.display()));
        // Written beside and renamed: a copy is whole or not there, whoever else makes it.
        sweep_drafts(&path);
        let draft = path.with_extension(format!("draft-{}", std::process::id()));
        let _ = fs::remove_file(&draft);
        open_private(&draft, true).map_err(failed)?;
        let written = self.write_copy(&draft);
        let written = written.and_then(|()| fs::rename(&draft, &copy).map_err(failed));
        if written.is_err() {
            let _ = fs::remove_file(&draft);
        }
        written?;
        for old in copies(&path).into_iter().skip(KEPT) {
            let _ = fs::remove_file(old);
        }
        Ok(())
    }

    fn owns_something(&self) -> Result<bool, IndexError> {
        for table in OWNED {
            let some = format!("SELECT EXISTS (SELECT 1 FROM {table})");
            if self.db.query_row(&some, [], |row| row.get(0))? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn write_copy(&self, draft: &Path) -> Result<(), IndexError> {
        let mut copy = Connection::open_with_flags(draft, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let transaction = copy.transaction()?;
        for script in MIGRATIONS {
            transaction.execute_batch(script)?;
        }
        let version = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
        transaction.pragma_update(None, "user_version", version)?;
        for table in OWNED {
            copy_table(&self.db, &transaction, table)?;
        }
        Ok(transaction.commit()?)
    }
}

/// Drafts of this copy and of the one before a migration, whose writers were killed.
fn sweep_drafts(index: &Path) {
    let (Some(dir), Some(stem)) = (index.parent(), index.file_stem().and_then(OsStr::to_str)) else { return };
    sweep(dir, |name| {
        let of_a_process =
            |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit()) && !rest.ends_with(".db");
        let rest = name.strip_prefix(stem).and_then(|rest| rest.strip_prefix('.'));
        let rest = rest.and_then(|rest| rest.strip_prefix("draft-").or_else(|| rest.strip_prefix("before-")));
        rest.is_some_and(of_a_process)
    });
}

/// The copies beside an index, the newest first.
fn copies(index: &Path) -> Vec<PathBuf> {
    let stem = index.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let is_copy = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.strip_prefix(&stem).is_some_and(|rest| rest.starts_with(".copy-") && rest.ends_with(".db"))
    };
    let entries = index.parent().and_then(|dir| fs::read_dir(dir).ok()).into_iter().flatten();
    let mut found: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(is_copy).collect();
    found.sort();
    found.reverse();
    found
}

/// Fills what is missing from the newest copy that has something. Nothing that is there is touched.
pub(super) fn restore(db: &Connection, index: &Path) -> Option<Restored> {
    copies(index).into_iter().find_map(|copy| {
        let old = Connection::open_with_flags(&copy, OpenFlags::SQLITE_OPEN_READ_ONLY).ok()?;
        let [entries, tasks] = OWNED.map(|table| copy_table(&old, db, table).unwrap_or(0));
        (entries + tasks > 0).then_some(Restored { copy, entries, tasks })
    })
}

/// What is not known to be sent may have been since it was written down: each is looked for before it is sent.
pub(super) fn doubt(db: &Connection) -> rusqlite::Result<usize> {
    db.execute(
        "UPDATE outbox SET first_try = coalesce(first_try, created_at), last_try = coalesce(last_try, created_at)
         WHERE state <> 'done'",
        [],
    )
}

/// Copies every row that is not there yet. Columns are matched by name: the old table may lack the newest ones.
pub(super) fn copy_table(old: &Connection, new: &Connection, table: &str) -> rusqlite::Result<usize> {
    copy_rows(old, new, table, "")
}

/// As [`copy_table`], for a damaged file: what lies behind the damage is reached from the other end.
pub(super) fn copy_damaged(old: &Connection, new: &Connection, table: &str) -> rusqlite::Result<usize> {
    let known = "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = ?1)";
    // It may be older than the table.
    if !old.query_row(known, [table], |row| row.get(0))? {
        return Ok(0);
    }
    let forward = copy_rows(old, new, table, "");
    if forward.is_err() && OWNED.contains(&table) {
        let _ = copy_rows(old, new, table, "ORDER BY rowid DESC");
    }
    forward
}

fn copy_rows(old: &Connection, new: &Connection, table: &str, order: &str) -> rusqlite::Result<usize> {
    let mut select = old.prepare(&format!("SELECT * FROM {table} {order}"))?;
    let columns = select.column_names().collect::<Vec<_>>().join(", ");
    let width = select.column_count();
    let marks = vec!["?"; width].join(", ");
    let mut insert = new.prepare(&format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"))?;
    let mut rows = select.query([])?;
    let mut copied = 0;
    while let Some(row) = rows.next()? {
        let values: Vec<rusqlite::types::Value> = (0..width).map(|i| row.get(i)).collect::<Result<_, _>>()?;
        copied += insert.execute(rusqlite::params_from_iter(values))?;
    }
    Ok(copied)
}

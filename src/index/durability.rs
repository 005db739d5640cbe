//! What waits for the disk, and what need not: the mirror can be asked for again, tasks and times cannot.

use std::fs;

use rusqlite::config::DbConfig;

use super::{Index, IndexError};

/// Bytes of a log that may stay when a command ends. Whoever writes next adds to it; whoever waits for the disk moves it
/// into the index.
const SMALL_LOG: u64 = 256 << 10;

impl Index {
    /// From now on a commit does not wait for the disk. After a power cut the mirror may be that of an earlier pass, whole and
    /// with its cursor: all that is lost can be asked for again.
    pub(crate) fn relax(&self) -> Result<(), IndexError> {
        self.is_relaxed.set(true);
        Ok(self.db.pragma_update(None, "synchronous", "normal")?)
    }

    /// From now on what is committed outlives a power cut.
    pub(super) fn insist(&self) -> Result<(), IndexError> {
        if self.is_relaxed.replace(false) {
            self.db.pragma_update(None, "synchronous", "full")?;
        }
        Ok(())
    }

    /// Moving a few rows from the log into the index waits four times for the disk: a timer's pass that found nothing new
    /// leaves that to others.
    pub(super) fn leave_small_log(&self) {
        let log = self.suspect.with_extension("db-wal");
        if self.is_relaxed.get() && fs::metadata(log).is_ok_and(|log| log.len() <= SMALL_LOG) {
            let _ = self.db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Run, Which};

    fn synchronous(index: &Index) -> i64 {
        index.db.pragma_query_value(None, "synchronous", |row| row.get(0)).unwrap()
    }

    #[test]
    fn a_relaxed_index_does_not_wait_for_the_disk_and_a_claim_does_all_the_same() {
        let home = tempfile::tempdir().unwrap();
        let index = Index::open(&home.path().join("index.db")).unwrap().0;
        assert_eq!(synchronous(&index), 2);
        index.relax().unwrap();
        assert_eq!(synchronous(&index), 1);
        assert!(index.claim("acme", Which::After(0), "me", 1).unwrap().is_none());
        assert_eq!(synchronous(&index), 2, "who sends a task and forgets it sends it twice");
    }

    #[test]
    fn a_small_log_stays_behind_a_relaxed_pass_and_is_moved_by_the_next_that_is_not() {
        let home = tempfile::tempdir().unwrap();
        let (path, log) = (home.path().join("index.db"), home.path().join("index.db-wal"));
        let note = |is_relaxed: bool, length: usize| {
            let index = Index::open(&path).unwrap().0;
            if is_relaxed {
                index.relax().unwrap();
            }
            index.record(&Run { command: "x".repeat(length), ..Run::default() }).unwrap();
        };
        note(false, 1);
        assert!(!log.exists());
        note(true, 1);
        let small = log.metadata().unwrap().len();
        note(true, 1);
        assert!(log.metadata().unwrap().len() > small, "it is added to");
        note(false, 1);
        assert!(!log.exists());
        note(true, 300 << 10);
        assert!(!log.exists(), "a large one is moved");
        let runs: i64 = Index::open(&path)
            .unwrap()
            .0
            .db
            .query_row("SELECT count(*) FROM run", [], |row| row.get(0))
            .unwrap();
        assert_eq!(runs, 5);
    }
}

//! The mirror of a calendar: what a pass did to it, where the next one begins, and what dead ones left.

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};

use super::stage::BATCH;
use super::{Calendar, Index, IndexError, Span};
use crate::clock;

/// What a pass did to the mirror.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub added: u64,
    pub changed: u64,
    /// The provider has it no more.
    pub removed: u64,
    /// It lies outside what was asked for.
    pub left: u64,
    pub unchanged: u64,
}

impl Tally {
    /// What was there before.
    pub(crate) fn before(&self) -> u64 {
        self.changed + self.removed + self.left + self.unchanged
    }

    pub(super) fn after(&self) -> i64 {
        i64::try_from(self.added + self.changed + self.unchanged).unwrap_or(i64::MAX)
    }
}

/// Where the next pass begins.
pub(crate) struct Mark<'a> {
    pub cursor: Option<&'a str>,
    /// Of a full pass.
    pub window: Span,
}

impl Index {
    /// Takes away what passes left behind that did not come to their end, or were followed by another.
    pub(crate) fn sweep(&self, calendar: &Calendar) -> Result<(), IndexError> {
        self.flush()?;
        let mut any = self.db.prepare(
            "SELECT EXISTS (SELECT 1 FROM event WHERE calendar = ?1 AND pass < ?2)
                 OR EXISTS (SELECT 1 FROM event WHERE calendar = ?1 AND pass > ?2)",
        )?;
        // Asking first: without anything to do there is no lock to wait for.
        while any.query_row(params![calendar.id, calendar.pass], |row| row.get(0))? {
            self.db.execute(
                "DELETE FROM event WHERE rowid IN (
                     SELECT rowid FROM (SELECT rowid FROM event WHERE calendar = ?1 AND pass < ?2 LIMIT ?3)
                     UNION ALL
                     SELECT rowid FROM (SELECT rowid FROM event WHERE calendar = ?1 AND pass > ?2 LIMIT ?3))",
                params![calendar.id, calendar.pass, BATCH],
            )?;
        }
        Ok(())
    }

    /// The version of an event that is seen.
    pub(crate) fn version_of(&self, calendar: &Calendar, remote: &str) -> Result<Option<String>, IndexError> {
        let mut select =
            self.db.prepare("SELECT version FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3")?;
        Ok(select.query_row(params![calendar.id, remote, calendar.pass], |row| row.get(0)).optional()?)
    }

    /// The write lock at once: a transaction that only finds out later that it cannot write has to be done again.
    pub(super) fn begin(&self) -> Result<Transaction<'_>, IndexError> {
        self.flush()?;
        Ok(Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?)
    }
}

pub(super) fn finish(
    db: &Transaction<'_>,
    calendar: i64,
    mark: &Mark<'_>,
    events: i64,
) -> Result<(), IndexError> {
    db.prepare(
        "UPDATE calendar SET cursor = ?2, window_start = ?3, window_end = ?4, events = ?5, synced_at = ?6,
             error_kind = NULL, error_message = NULL, error_help = NULL, error_at = NULL, retry_at = NULL
         WHERE id = ?1",
    )?
    .execute(params![calendar, mark.cursor, mark.window.from, mark.window.to, events, clock::now()])?;
    Ok(())
}

#[cfg(test)]
pub(super) mod model;
#[cfg(test)]
pub(super) mod tests;

//! Which tasks there are.

use rusqlite::{OptionalExtension, ToSql};

use super::State;
use super::entry::{Entry, read};
use super::state::listed;
use crate::index::{Index, IndexError};

impl Index {
    pub(crate) fn entry(&self, id: i64) -> Result<Option<Entry>, IndexError> {
        Ok(self.db.prepare("SELECT * FROM outbox WHERE id = ?1")?.query_row([id], read).optional()?)
    }

    /// By a key, at any connection or at this one.
    pub(crate) fn entries_of_key(
        &self,
        key: &str,
        connection: Option<&str>,
    ) -> Result<Vec<Entry>, IndexError> {
        self.select(
            "key = ?1 AND (?2 IS NULL OR connection = ?2) ORDER BY id",
            &[&key as &dyn ToSql, &connection],
        )
    }

    /// The newest first. `state`: only those.
    pub(crate) fn entries(&self, states: &[State], most: usize) -> Result<Vec<Entry>, IndexError> {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(&format!("state IN ({}) ORDER BY id DESC LIMIT ?1", listed(states)), &[&most])
    }

    fn select(&self, condition: &str, values: &[&dyn ToSql]) -> Result<Vec<Entry>, IndexError> {
        let mut select = self.db.prepare(&format!("SELECT * FROM outbox WHERE {condition}"))?;
        let rows = select.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The connections for which something waits, and how much.
    pub(crate) fn waiting(&self) -> Result<Vec<(String, i64)>, IndexError> {
        let mut select = self.db.prepare(
            "SELECT connection, count(*) FROM outbox WHERE state IN ('queued', 'sending') GROUP BY connection",
        )?;
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

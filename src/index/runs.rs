//! The history: each run of a command but the hot path.

use rusqlite::params;

use super::{Index, IndexError};
use crate::clock;

#[derive(Debug, Default)]
pub(crate) struct Run {
    pub command: String,
    pub connection: Option<String>,
    /// `ok`, or the kind of the error.
    pub outcome: String,
    pub requests: i64,
    pub milliseconds: i64,
}

impl Index {
    pub(crate) fn record(&self, run: &Run) -> Result<(), IndexError> {
        self.db.execute(
            "INSERT INTO run (at, command, connection, outcome, requests, milliseconds) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![clock::now(), run.command, run.connection, run.outcome, run.requests, run.milliseconds],
        )?;
        Ok(())
    }

    /// Forgets what is older than `seconds`.
    pub(crate) fn prune(&self, seconds: i64) -> Result<(), IndexError> {
        self.db.execute("DELETE FROM run WHERE at < ?1", [clock::now() - seconds])?;
        Ok(())
    }
}

//! The history: each run of a command but the hot path.

use rusqlite::{OptionalExtension, Row, params};

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

/// How a run ended that is over.
pub(crate) struct PastRun {
    pub at: i64,
    pub outcome: String,
    pub milliseconds: i64,
}

impl Index {
    /// The last run of a command.
    pub(crate) fn last_run(&self, command: &str) -> Result<Option<PastRun>, IndexError> {
        let read = |row: &Row<'_>| {
            Ok(PastRun {
                at: row.get("at")?,
                outcome: row.get("outcome")?,
                milliseconds: row.get("milliseconds")?,
            })
        };
        let query = "SELECT at, outcome, milliseconds FROM run WHERE command = ?1 ORDER BY id DESC LIMIT 1";
        Ok(self.db.query_row(query, [command], read).optional()?)
    }

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

//! Who sends a task, and what became of that.

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, named_params, params};

use super::State;
use super::entry::{Entry, read};
use crate::clock;
use crate::index::{Index, IndexError, LastError};
use crate::new_task::Created;

/// What a process that claimed a row is believed to need at most (seconds): afterwards another one looks what became of
/// it. Of one that is known to be dead, sooner (`index/senders.rs`).
pub(super) const LEASE: i64 = 600;

/// Which rows to claim.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which {
    One(i64),
    /// The oldest after this id whose time has come.
    After(i64),
}

/// What became of a claimed row, other than that it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub state: State,
    /// Whether this try may have created it.
    pub maybe: bool,
    pub retry_at: Option<i64>,
    pub error: LastError,
}

impl Index {
    /// Takes a row for this process, if it waits and its time has come, or if the process that had it is gone. What comes
    /// back still says what was known before this try.
    pub(crate) fn claim(
        &self,
        connection: &str,
        which: Which,
        owner: &str,
        now: i64,
    ) -> Result<Option<Entry>, IndexError> {
        self.insist()?;
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let found = {
            let due = "(state = 'queued' OR state = 'sending' AND claimed_until <= :now)";
            let (condition, id) = match which {
                Which::One(id) => (format!("id = :id AND {due}"), id),
                Which::After(id) => (
                    format!(
                        "id > :id AND state IN ('queued', 'sending') AND {due}
                             AND (retry_at IS NULL OR retry_at <= :now)"
                    ),
                    id,
                ),
            };
            let row = transaction
                .prepare(&format!(
                    "SELECT * FROM outbox WHERE connection = :connection AND {condition} ORDER BY id LIMIT 1"
                ))?
                .query_row(named_params! {":connection": connection, ":id": id, ":now": now}, read)
                .optional()?;
            if let Some(row) = &row {
                transaction
                    .prepare(
                        "UPDATE outbox SET state = 'sending', claimed_by = ?2, claimed_until = ?3,
                             first_try = coalesce(first_try, ?4), last_try = ?4 WHERE id = ?1",
                    )?
                    .execute(params![row.id, owner, now + LEASE, now])?;
            }
            row
        };
        transaction.commit()?;
        Ok(found)
    }

    /// It is there. This holds whoever has the row by now.
    pub(crate) fn sent(&self, id: i64, created: &Created) -> Result<(), IndexError> {
        self.db
            .prepare(
                "UPDATE outbox SET state = 'done', remote = ?2, url = ?3, sent_at = ?4, claimed_by = NULL,
                     claimed_until = NULL, retry_at = NULL, error_kind = NULL, error_message = NULL, error_help = NULL
                 WHERE id = ?1 AND state <> 'done'",
            )?
            .execute(params![id, created.id, created.url, clock::now()])?;
        Ok(())
    }

    /// It is not there yet, or nobody knows. Only the process that has the row may say so.
    pub(crate) fn not_sent(&self, before: &Entry, owner: &str, outcome: &Outcome) -> Result<(), IndexError> {
        let first_try =
            if outcome.maybe { before.first_try.or(Some(clock::now())) } else { before.first_try };
        self.db
            .prepare(
                "UPDATE outbox SET state = ?3, first_try = ?4, retry_at = ?5, error_kind = ?6, error_message = ?7,
                     error_help = ?8, claimed_by = NULL, claimed_until = NULL
                 WHERE id = ?1 AND claimed_by = ?2",
            )?
            .execute(params![
                before.id,
                owner,
                outcome.state.word(),
                first_try,
                outcome.retry_at,
                outcome.error.kind,
                outcome.error.message,
                outcome.error.help
            ])?;
        Ok(())
    }

    /// A signal came in the middle: whoever comes next looks what became of what this process had.
    pub(crate) fn let_go(&self, owner: &str) -> Result<(), IndexError> {
        self.db.execute(
            "UPDATE outbox SET state = 'queued', claimed_by = NULL, claimed_until = NULL
             WHERE state IN ('queued', 'sending') AND claimed_by = ?1",
            [owner],
        )?;
        Ok(())
    }
}

//! Tasks on their way. A row is claimed by one process at a time, and what may have reached a provider is written before
//! anything is sent. Here: what people do with rows.

mod claim;
mod entry;
mod find;
#[cfg(test)]
mod model;
mod state;
#[cfg(test)]
mod tests;

use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, named_params, params};

use super::{Index, IndexError};
use crate::clock;

pub(crate) use claim::{Outcome, Which};
use entry::read;
pub(crate) use entry::{Draft, Entry};
pub(crate) use state::State;
use state::listed;

impl Index {
    /// Writes rows down, all or none; one whose key is there already is not written. The rows as they are then, and whether
    /// each is new. A row that was refused or cancelled begins anew with what is asked now.
    pub(crate) fn enqueue(&self, drafts: &[Draft]) -> Result<Vec<(Entry, bool)>, IndexError> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut rows = Vec::with_capacity(drafts.len());
        {
            let mut insert = transaction.prepare(
                "INSERT INTO outbox (key, mark, connection, account, list, place, title, task, state, created_at, first_try)
                 VALUES (:key, :mark, :connection, :account, :list, :place, :title, :task, 'queued', :now, :maybe)
                 ON CONFLICT (connection, key) DO UPDATE SET state = 'queued', list = :list, place = :place,
                     account = coalesce(:account, account), title = :title, task = :task, retry_at = NULL,
                     first_try = coalesce(first_try, :maybe),
                     error_kind = NULL, error_message = NULL, error_help = NULL
                 WHERE state IN ('parked', 'cancelled')
                 RETURNING *",
            )?;
            let mut find = transaction.prepare("SELECT * FROM outbox WHERE connection = ?1 AND key = ?2")?;
            for draft in drafts {
                let new = insert
                    .query_row(
                        named_params! {
                            ":key": draft.key, ":mark": draft.mark, ":connection": draft.connection,
                            ":account": draft.account, ":list": draft.list, ":place": draft.place,
                            ":title": draft.task.title, ":now": clock::now(), ":maybe": draft.maybe_since,
                            ":task": serde_json::to_string(&draft.task).unwrap_or_default(),
                        },
                        read,
                    )
                    .optional()?;
                rows.push(match new {
                    Some(row) => (row, true),
                    None => (find.query_row([&draft.connection, &draft.key], read)?, false),
                });
            }
        }
        transaction.commit()?;
        Ok(rows)
    }

    /// Where it goes is known now, and to whom.
    pub(crate) fn placed(
        &self,
        id: i64,
        account: Option<&str>,
        place: Option<&str>,
    ) -> Result<(), IndexError> {
        self.db
            .prepare("UPDATE outbox SET account = coalesce(account, ?2), place = ?3 WHERE id = ?1")?
            .execute(params![id, account, place])?;
        Ok(())
    }

    /// From one of these states to another; `false`: it was in none of them.
    pub(crate) fn turn(&self, id: i64, from: &[State], to: State) -> Result<bool, IndexError> {
        let changed = self.db.execute(
            &format!(
                "UPDATE outbox SET state = ?2, retry_at = NULL WHERE id = ?1 AND state IN ({})",
                listed(from)
            ),
            params![id, to.word()],
        )?;
        Ok(changed == 1)
    }

    /// A person says that what may have been created was not.
    pub(crate) fn certainly_absent(&self, id: i64) -> Result<(), IndexError> {
        self.db.execute("UPDATE outbox SET first_try = NULL WHERE id = ?1", [id])?;
        Ok(())
    }
}

//! Tasks on their way. A row is claimed by one process at a time, and what may have reached a provider is written before
//! anything is sent.

use rusqlite::{OptionalExtension, Row, ToSql, Transaction, TransactionBehavior, named_params, params};

use super::{Index, IndexError, LastError};
use crate::clock;
use crate::new_task::{Created, NewTask};

/// What a process that claimed a row is believed to need at most (seconds): afterwards another one looks what became of
/// it. Of one that is known to be dead, sooner (`senders.rs`).
const LEASE: i64 = 600;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Sending,
    Done,
    /// Refused for good: nothing happens to it by itself.
    Parked,
    /// It may have been created, and nothing can tell.
    Unknown,
    Cancelled,
}

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub id: i64,
    pub key: String,
    pub mark: String,
    pub connection: String,
    pub account: Option<String>,
    pub list: Option<String>,
    pub place: Option<String>,
    pub task: NewTask,
    pub state: State,
    /// Since then it may be there.
    pub first_try: Option<i64>,
    pub last_try: Option<i64>,
    pub retry_at: Option<i64>,
    pub error: Option<LastError>,
    pub remote: Option<String>,
    pub url: Option<String>,
    pub created_at: i64,
    pub sent_at: Option<i64>,
}

/// A row to be.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub key: String,
    pub mark: String,
    pub connection: String,
    pub account: Option<String>,
    pub list: Option<String>,
    pub place: Option<String>,
    pub task: NewTask,
    /// Another machine may have created it since then.
    pub maybe_since: Option<i64>,
}

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

impl State {
    pub(crate) const ALL: [State; 6] =
        [State::Queued, State::Sending, State::Done, State::Parked, State::Unknown, State::Cancelled];

    pub(crate) fn word(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Done => "done",
            State::Parked => "parked",
            State::Unknown => "unknown",
            State::Cancelled => "cancelled",
        }
    }

    fn of(word: &str) -> State {
        State::ALL.into_iter().find(|state| state.word() == word).unwrap_or(State::Parked)
    }
}

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

    /// Takes a row for this process, if it waits and its time has come, or if the process that had it is gone. What comes
    /// back still says what was known before this try.
    pub(crate) fn claim(
        &self,
        connection: &str,
        which: Which,
        owner: &str,
        now: i64,
    ) -> Result<Option<Entry>, IndexError> {
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
        let words: Vec<String> = states.iter().map(|state| format!("'{}'", state.word())).collect();
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        self.select(&format!("state IN ({}) ORDER BY id DESC LIMIT ?1", words.join(", ")), &[&most])
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

    /// From one of these states to another; `false`: it was in none of them.
    pub(crate) fn turn(&self, id: i64, from: &[State], to: State) -> Result<bool, IndexError> {
        let words: Vec<String> = from.iter().map(|state| format!("'{}'", state.word())).collect();
        let changed = self.db.execute(
            &format!(
                "UPDATE outbox SET state = ?2, retry_at = NULL WHERE id = ?1 AND state IN ({})",
                words.join(", ")
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

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let kind: Option<String> = row.get("error_kind")?;
    let last_try: Option<i64> = row.get("last_try")?;
    let error = match kind {
        Some(kind) => Some(LastError {
            kind,
            message: row.get("error_message")?,
            help: row.get("error_help")?,
            reason: None,
            at: last_try.unwrap_or_default(),
        }),
        None => None,
    };
    let task: String = row.get("task")?;
    let title: String = row.get("title")?;
    Ok(Entry {
        id: row.get("id")?,
        key: row.get("key")?,
        mark: row.get("mark")?,
        connection: row.get("connection")?,
        account: row.get("account")?,
        list: row.get("list")?,
        place: row.get("place")?,
        task: serde_json::from_str(&task).unwrap_or(NewTask { title, ..NewTask::default() }),
        state: State::of(&row.get::<_, String>("state")?),
        first_try: row.get("first_try")?,
        last_try,
        retry_at: row.get("retry_at")?,
        error,
        remote: row.get("remote")?,
        url: row.get("url")?,
        created_at: row.get("created_at")?,
        sent_at: row.get("sent_at")?,
    })
}

#[cfg(test)]
mod model;

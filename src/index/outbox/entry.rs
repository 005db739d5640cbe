//! A task as a row.

use rusqlite::Row;

use super::State;
use crate::index::LastError;
use crate::new_task::NewTask;

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

pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
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

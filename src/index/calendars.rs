//! The calendars that connections have, and which of them are mirrored.

use rusqlite::Row;

use super::{Index, IndexError, LastError};

#[derive(Clone, Debug)]
pub(crate) struct Calendar {
    pub id: i64,
    pub connection: String,
    /// The provider's id of it.
    pub remote: String,
    pub name: String,
    /// `#rrggbb`
    pub color: Option<String>,
    /// As the provider says it.
    pub zone: Option<String>,
    /// `owner`, `writer`, `reader`, `freebusy`
    pub access: Option<String>,
    pub is_primary: bool,
    /// It is mirrored.
    pub enabled: bool,
    /// The provider no longer lists it.
    pub gone: bool,
    /// Where the last pass ended, in the provider's words; absent: the next one is a full pass.
    pub cursor: Option<String>,
    /// What the cursor's full pass asked for (unix seconds).
    pub window: Option<(i64, i64)>,
    /// The events of this pass are the mirror.
    pub pass: i64,
    /// The last pass that came to its end (unix seconds).
    pub synced_at: Option<i64>,
    pub error: Option<LastError>,
    pub retry_at: Option<i64>,
}

impl Index {
    /// By connection, the primary one first.
    pub(crate) fn calendars(&self) -> Result<Vec<Calendar>, IndexError> {
        let mut select =
            self.db.prepare("SELECT * FROM calendar ORDER BY connection, is_primary DESC, name, id")?;
        let rows = select.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Calendar> {
    let window = (row.get::<_, Option<i64>>("window_start")?, row.get::<_, Option<i64>>("window_end")?);
    let kind: Option<String> = row.get("error_kind")?;
    let error = match kind {
        Some(kind) => Some(LastError {
            kind,
            message: row.get("error_message")?,
            help: row.get("error_help")?,
            reason: None,
            at: row.get("error_at")?,
        }),
        None => None,
    };
    Ok(Calendar {
        id: row.get("id")?,
        connection: row.get("connection")?,
        remote: row.get("remote")?,
        name: row.get("name")?,
        color: row.get("color")?,
        zone: row.get("zone")?,
        access: row.get("access")?,
        is_primary: row.get("is_primary")?,
        enabled: row.get("enabled")?,
        gone: row.get("gone")?,
        cursor: row.get("cursor")?,
        window: window.0.zip(window.1),
        pass: row.get("pass")?,
        synced_at: row.get("synced_at")?,
        error,
        retry_at: row.get("retry_at")?,
    })
}

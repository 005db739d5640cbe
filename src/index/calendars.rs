//! The calendars that connections have, and which of them are mirrored.

use rusqlite::{Row, Transaction, params};

use super::{Index, IndexError, LastError};
use crate::clock;
use crate::event::Listed;
use crate::name::Name;

#[derive(Clone, Debug, Default)]
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
    /// How many events the mirror has.
    pub events: i64,
    /// The provider's list was last read (unix seconds), with this account.
    pub listed_at: Option<i64>,
    pub account: Option<String>,
}

impl Index {
    /// By connection, the primary one first.
    pub(crate) fn calendars(&self) -> Result<Vec<Calendar>, IndexError> {
        let mut select =
            self.db.prepare("SELECT * FROM calendar ORDER BY connection, is_primary DESC, name, id")?;
        let rows = select.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn calendars_of(&self, connection: &Name) -> Result<Vec<Calendar>, IndexError> {
        let mut select = self
            .db
            .prepare("SELECT * FROM calendar WHERE connection = ?1 ORDER BY is_primary DESC, name, id")?;
        let rows = select.query_map([connection.as_str()], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What the provider lists. Of a connection that nothing was known of, the primary calendar is mirrored from now on.
    /// What was mirrored of another account goes: another person has taken the connection's name.
    pub(crate) fn take_list(
        &self,
        connection: &Name,
        account: Option<&str>,
        listed: &[Listed],
    ) -> Result<(), IndexError> {
        let (connection, now) = (connection.as_str(), clock::now());
        let transaction = self.begin()?;
        let other = "DELETE FROM calendar WHERE connection = ?1 AND account <> ?2";
        transaction.execute(other, params![connection, account])?;
        let is_new: bool = transaction.query_row(
            "SELECT NOT EXISTS (SELECT 1 FROM calendar WHERE connection = ?1)",
            [connection],
            |row| row.get(0),
        )?;
        follow_primary(&transaction, connection, listed)?;
        transaction.execute("UPDATE calendar SET gone = 1 WHERE connection = ?1", [connection])?;
        for one in listed {
            transaction.execute(
                "INSERT INTO calendar (connection, remote, name, color, zone, access, is_primary, enabled, listed_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                 ON CONFLICT (connection, remote) DO UPDATE SET
                     name = ?3, color = ?4, zone = ?5, access = ?6, is_primary = ?7, gone = 0",
                params![
                    connection,
                    one.remote,
                    one.name,
                    one.color,
                    one.zone,
                    one.access,
                    one.is_primary,
                    is_new && one.is_primary,
                    now
                ],
            )?;
        }
        transaction.execute(
            "UPDATE calendar SET listed_at = ?2, account = ?3 WHERE connection = ?1",
            params![connection, now, account],
        )?;
        Ok(transaction.commit()?)
    }

    /// Noted beside the calendar; what it mirrors stays as it was.
    pub(crate) fn calendar_failed(
        &self,
        calendar: i64,
        error: &LastError,
        retry_at: Option<i64>,
    ) -> Result<(), IndexError> {
        self.flush()?;
        self.db.execute(
            "UPDATE calendar SET error_kind = ?2, error_message = ?3, error_help = ?4, error_at = ?5, retry_at = ?6
             WHERE id = ?1",
            params![calendar, error.kind, error.message, error.help, error.at, retry_at],
        )?;
        Ok(())
    }

    /// Its calendars no longer ask for a sign-in; whether they can be read, the next sync will tell.
    pub(super) fn signed_in(&self, connection: &Name) -> Result<(), IndexError> {
        self.db.execute(
            "UPDATE calendar SET error_kind = NULL, error_message = NULL, error_help = NULL, error_at = NULL
             WHERE connection = ?1 AND error_kind = 'needs_reauth'",
            [connection.as_str()],
        )?;
        Ok(())
    }
}

/// An account that has another address now may have its primary calendar under another id: it is mirrored, or not, as it was
/// before, and the entries of time stay with it. The mirror is read again in full: a cursor belongs to an id.
fn follow_primary(db: &Transaction<'_>, connection: &str, listed: &[Listed]) -> Result<(), IndexError> {
    let Some(primary) = listed.iter().find(|one| one.is_primary) else { return Ok(()) };
    let mut all = db.prepare("SELECT remote, is_primary FROM calendar WHERE connection = ?1")?;
    let known: Vec<(String, bool)> =
        all.query_map([connection], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    if known.iter().any(|(remote, _)| *remote == primary.remote) {
        return Ok(());
    }
    let is_listed = |remote: &str| listed.iter().any(|one| one.remote == remote);
    let Some((before, _)) = known.iter().find(|(remote, was_primary)| *was_primary && !is_listed(remote))
    else {
        return Ok(());
    };
    let given = params![connection, before, primary.remote];
    db.execute(
        "UPDATE calendar SET remote = ?3, cursor = NULL WHERE connection = ?1 AND remote = ?2",
        given,
    )?;
    db.execute(
        "UPDATE OR IGNORE time_entry SET calendar = ?3 WHERE connection = ?1 AND calendar = ?2",
        given,
    )?;
    Ok(())
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
        events: row.get("events")?,
        listed_at: row.get("listed_at")?,
        account: row.get("account")?,
    })
}

//! What was learnt about each connection: its last check, its last error, when it may be asked again.

use rusqlite::{OptionalExtension, Row, params};

use super::{Index, IndexError};
use crate::name::Name;

#[derive(Clone, Debug, Default)]
pub(crate) struct Health {
    pub checked_at: Option<i64>,
    pub check_ok: Option<bool>,
    pub error: Option<LastError>,
    pub retry_at: Option<i64>,
    /// Before this its token endpoint is not asked.
    pub renewal_at: Option<i64>,
    pub told: Option<String>,
}

/// No token endpoint is left alone for longer (seconds), whatever it asked for: a nonsense number locks nobody out for
/// a year, and one request an hour is too much for nobody.
const LONGEST_REST: i64 = 3_600;

#[derive(Clone, Debug)]
pub(crate) struct LastError {
    pub kind: String,
    pub message: String,
    pub help: Option<String>,
    pub reason: Option<String>,
    pub at: i64,
}

/// What was being done when something was learnt of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    Renewal,
    Check,
    Use,
}

impl Health {
    /// When it may be asked again, if that is still to come. What a clock noted that was ahead of today's is no promise.
    pub(crate) fn waits_until(&self, now: i64) -> Option<i64> {
        let from_the_future = self.error.as_ref().is_some_and(|error| error.at > now.saturating_add(60));
        self.retry_at.filter(|at| *at > now && !from_the_future)
    }

    /// Whether its token endpoint is left alone for now.
    pub(crate) fn rests(&self, now: i64) -> bool {
        self.renewal_at.is_some_and(|at| at > now && at <= now.saturating_add(LONGEST_REST))
    }
}

impl Index {
    pub(crate) fn health(&self, name: &Name) -> Result<Health, IndexError> {
        let read = |row: &Row<'_>| {
            let kind: Option<String> = row.get("error_kind")?;
            Ok(Health {
                checked_at: row.get("checked_at")?,
                check_ok: row.get("check_ok")?,
                error: match kind {
                    Some(kind) => Some(LastError {
                        kind,
                        message: row.get("error_message")?,
                        help: row.get("error_help")?,
                        reason: row.get("error_reason")?,
                        at: row.get("error_at")?,
                    }),
                    None => None,
                },
                retry_at: row.get("retry_at")?,
                renewal_at: row.get("renewal_at")?,
                told: row.get("told")?,
            })
        };
        let found = self
            .db
            .query_row("SELECT * FROM connection WHERE name = ?1", [name.as_str()], read)
            .optional()?;
        Ok(found.unwrap_or_default())
    }

    /// Something worked: the last error is history, and so is a sign-in that had ended for its calendars.
    pub(crate) fn succeeded(
        &self,
        name: &Name,
        provider: &str,
        checked_at: Option<i64>,
    ) -> Result<(), IndexError> {
        self.signed_in(name)?;
        self.db.execute(
            "INSERT INTO connection (name, provider, checked_at, check_ok) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (name) DO UPDATE SET provider = ?2, checked_at = coalesce(?3, checked_at),
                 check_ok = iif(?3 IS NULL, check_ok, 1), error_kind = NULL, error_message = NULL, error_help = NULL,
                 error_at = NULL, error_reason = NULL, retry_at = NULL, renewal_at = NULL",
            params![name.as_str(), provider, checked_at],
        )?;
        Ok(())
    }

    pub(crate) fn failed(
        &self,
        name: &Name,
        provider: &str,
        error: &LastError,
        retry_at: Option<i64>,
        at: Occasion,
    ) -> Result<(), IndexError> {
        let checked_at = (at == Occasion::Check).then_some(error.at);
        let rest = retry_at.filter(|_| at == Occasion::Renewal);
        let renewal_at = rest.map(|until| until.min(error.at.saturating_add(LONGEST_REST)));
        self.db.execute(
            "INSERT INTO connection (name, provider, checked_at, check_ok, error_kind, error_message, error_help,
                                     error_at, retry_at, error_reason, renewal_at)
             VALUES (?1, ?2, ?3, iif(?3 IS NULL, NULL, 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (name) DO UPDATE SET provider = ?2, checked_at = coalesce(?3, checked_at),
                 check_ok = iif(?3 IS NULL, check_ok, 0), error_kind = ?4, error_message = ?5, error_help = ?6,
                 error_at = ?7, retry_at = ?8, error_reason = ?9, renewal_at = coalesce(?10, renewal_at)",
            params![
                name.as_str(),
                provider,
                checked_at,
                error.kind,
                error.message,
                error.help,
                error.at,
                retry_at,
                error.reason,
                renewal_at
            ],
        )?;
        Ok(())
    }

    pub(crate) fn mark_told(&self, name: &Name, provider: &str, state: &str) -> Result<(), IndexError> {
        self.db.execute(
            "INSERT INTO connection (name, provider, told) VALUES (?1, ?2, ?3)
             ON CONFLICT (name) DO UPDATE SET told = ?3",
            params![name.as_str(), provider, state],
        )?;
        Ok(())
    }

    pub(crate) fn forget(&self, name: &Name) -> Result<(), IndexError> {
        let transaction = self.begin()?;
        transaction.execute("DELETE FROM connection WHERE name = ?1", [name.as_str()])?;
        transaction.execute("DELETE FROM calendar WHERE connection = ?1", [name.as_str()])?;
        Ok(transaction.commit()?)
    }

    pub(crate) fn rename(&self, old: &Name, new: &Name) -> Result<(), IndexError> {
        let transaction = self.begin()?;
        for rename in [
            "UPDATE OR REPLACE connection SET name = ?2 WHERE name = ?1",
            "UPDATE OR REPLACE calendar SET connection = ?2 WHERE connection = ?1",
            // A key that both names have stays where it is: no task is lost for another one's name.
            "UPDATE OR IGNORE outbox SET connection = ?2 WHERE connection = ?1",
            "UPDATE OR IGNORE time_entry SET connection = ?2 WHERE connection = ?1",
            "UPDATE OR IGNORE target SET connection = ?2 WHERE connection = ?1",
        ] {
            transaction.execute(rename, [old.as_str(), new.as_str()])?;
        }
        Ok(transaction.commit()?)
    }
}

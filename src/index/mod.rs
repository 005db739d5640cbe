//! WHAT WE KNOW, WITHOUT SECRETS: one SQLite file per profile. Losing it loses no connection.

mod calendars;
mod chosen;
mod connections;
mod copies;
mod direct;
mod durability;
mod events;
mod mirror;
mod open;
mod outbox;
mod presence;
mod publish;
mod row;
mod runs;
mod schema;
mod senders;
mod stage;
mod targets;
mod time_entries;
mod time_entry;

use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::{Connection, ErrorCode};

pub(crate) use calendars::Calendar;
pub(crate) use connections::{Health, LastError, Occasion};
pub(crate) use events::{Detail, Span};
pub(crate) use mirror::{Mark, Tally};
pub(crate) use open::Salvage;
pub(crate) use outbox::{Draft, Entry, Outcome, State, Which};
pub(crate) use row::seconds;
pub(crate) use runs::{PastRun, Run};
pub(crate) use senders::Sender;
pub(crate) use stage::Taker;
pub(crate) use targets::StoredTarget;
pub(crate) use time_entry::{Change, EventNow, EventThere, Source, TimeEntry, TimeStatus, Work};

pub(crate) struct Index {
    db: Connection,
    _presence: presence::Presence,
    /// Its existence asks for a thorough look at the next opening.
    suspect: std::path::PathBuf,
    /// Commits do not wait for the disk.
    is_relaxed: std::cell::Cell<bool>,
    /// Rows that are staged and not written yet, and those of the whole run.
    staged: std::cell::Cell<i64>,
    seen: std::cell::Cell<i64>,
}

/// For others, at most. Twenty processes of a busy machine have been seen to keep one out for more than five seconds.
const WAIT: std::time::Duration = std::time::Duration::from_secs(20);

/// This process met damage in the index.
static DAMAGED: AtomicBool = AtomicBool::new(false);

#[derive(Debug, thiserror::Error)]
pub(crate) enum IndexError {
    #[error("the index is in use by another process")]
    Busy,
    #[error("the index {path} was written by a newer integ (schema {found}, this one knows {known})")]
    TooNew { path: String, found: i64, known: i64 },
    #[error("the index {path} cannot be used: {why}")]
    Broken { path: String, why: String },
    #[error("the index is damaged; the next command moves it aside and carries over what can be read")]
    Damaged,
    #[error("the index cannot be written: {0}")]
    Failed(String),
}

impl From<rusqlite::Error> for IndexError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => IndexError::Busy,
            Some(ErrorCode::DatabaseCorrupt) => {
                DAMAGED.store(true, Ordering::Relaxed);
                IndexError::Damaged
            }
            _ => IndexError::Failed(error.to_string()),
        }
    }
}

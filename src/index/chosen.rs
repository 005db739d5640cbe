//! Which calendars a person wants mirrored.

use rusqlite::params;

use super::{Index, IndexError};

impl Index {
    pub(crate) fn set_mirrored(&self, calendar: i64, is_on: bool) -> Result<(), IndexError> {
        self.db.execute("UPDATE calendar SET enabled = ?2 WHERE id = ?1", params![calendar, is_on])?;
        Ok(())
    }

    /// The next pass is a full one, if there is one.
    pub(crate) fn forget_mirror(&self, calendar: i64) -> Result<(), IndexError> {
        let transaction = self.db.unchecked_transaction()?;
        transaction.execute("DELETE FROM event WHERE calendar = ?1", [calendar])?;
        transaction.execute("DELETE FROM tombstone WHERE calendar = ?1", [calendar])?;
        transaction.execute(
            "UPDATE calendar SET enabled = 0, cursor = NULL, window_start = NULL, window_end = NULL, events = 0, synced_at = NULL,
                 error_kind = NULL, error_message = NULL, error_help = NULL, error_at = NULL, retry_at = NULL
             WHERE id = ?1",
            [calendar],
        )?;
        Ok(transaction.commit()?)
    }
}

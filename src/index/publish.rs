//! What a pass staged becomes what is seen, in one transaction.

use std::collections::HashSet;

use rusqlite::{Row, Transaction, params};

use super::mirror::{Mark, Tally, finish};
use super::{Calendar, Index, IndexError};
use crate::clock;

impl Index {
    /// What a full pass would do.
    pub(crate) fn weigh_full(&self, calendar: &Calendar) -> Result<Tally, IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let count = |pass: i64| -> Result<u64, IndexError> {
            let mut count =
                self.db.prepare("SELECT count(*) FROM event WHERE calendar = ?1 AND pass = ?2")?;
            Ok(count.query_row(params![id, pass], |row| number(row, 0))?)
        };
        let (seen, staged) = (count(pass)?, count(pass + 1)?);
        let (mut both, mut changed) = (0, 0);
        if seen > 0 {
            let mut compare = self.db.prepare(
                "SELECT count(*), coalesce(sum(old.version <> new.version), 0) FROM event AS new
                 JOIN event AS old ON old.calendar = new.calendar AND old.remote = new.remote AND old.pass = ?2
                 WHERE new.calendar = ?1 AND new.pass = ?2 + 1",
            )?;
            (both, changed) =
                compare.query_row(params![id, pass], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
        }
        Ok(Tally {
            added: staged.saturating_sub(both),
            changed,
            removed: seen.saturating_sub(both),
            unchanged: both.saturating_sub(changed),
        })
    }

    /// A full pass becomes what is seen. What is not in it and would be was deleted; the rest left the window.
    pub(crate) fn publish_full(
        &self,
        calendar: &Calendar,
        tally: &Tally,
        mark: &Mark<'_>,
    ) -> Result<(), IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let transaction = self.begin()?;
        if tally.removed > 0 {
            transaction.execute(
                "INSERT OR REPLACE INTO tombstone (calendar, remote, at)
                 SELECT calendar, remote, ?3 FROM event AS old
                 WHERE calendar = ?1 AND pass = ?2 AND start < ?5 AND (end > ?4 OR start >= ?4) AND NOT EXISTS (
                     SELECT 1 FROM event AS new
                     WHERE new.calendar = old.calendar AND new.remote = old.remote AND new.pass = ?2 + 1)",
                params![id, pass, clock::now(), mark.window.from, mark.window.to],
            )?;
        }
        raise(&transaction, id, pass + 1)?;
        transaction.execute("UPDATE calendar SET pass = ?2 WHERE id = ?1", params![id, pass + 1])?;
        finish(&transaction, id, mark, tally.after())?;
        Ok(transaction.commit()?)
    }

    /// What an incremental pass would do.
    pub(crate) fn weigh_changes(
        &self,
        calendar: &Calendar,
        gone: &HashSet<String>,
    ) -> Result<Tally, IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let before = u64::try_from(calendar.events).unwrap_or(0);
        let mut compare = self.db.prepare(
            "SELECT count(*), count(old.remote), coalesce(sum(old.version <> new.version), 0) FROM event AS new
             LEFT JOIN event AS old ON old.calendar = new.calendar AND old.remote = new.remote AND old.pass = ?2
             WHERE new.calendar = ?1 AND new.pass = ?2 + 1",
        )?;
        let (staged, both, changed) = compare
            .query_row(params![id, pass], |row| Ok((number(row, 0)?, number(row, 1)?, number(row, 2)?)))?;
        let mut removed = 0;
        for remote in gone {
            removed += u64::from(self.version_of(calendar, remote)?.is_some());
        }
        Ok(Tally {
            added: staged.saturating_sub(both),
            changed,
            removed,
            unchanged: before.saturating_sub(changed + removed),
        })
    }

    /// The changes of an incremental pass become visible.
    pub(crate) fn publish_changes(
        &self,
        calendar: &Calendar,
        gone: &HashSet<String>,
        left: &HashSet<String>,
        tally: &Tally,
        mark: &Mark<'_>,
    ) -> Result<(), IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let transaction = self.begin()?;
        if *tally != (Tally { unchanged: tally.unchanged, ..Tally::default() }) {
            let mut delete =
                transaction.prepare("DELETE FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3")?;
            let mut bury = transaction
                .prepare("INSERT OR REPLACE INTO tombstone (calendar, remote, at) VALUES (?1, ?2, ?3)")?;
            for remote in gone {
                if delete.execute(params![id, remote, pass])? > 0 && !left.contains(remote) {
                    bury.execute(params![id, remote, clock::now()])?;
                }
            }
        }
        raise(&transaction, id, pass + 1)?;
        transaction.execute(
            "DELETE FROM event WHERE calendar = ?1 AND pass = ?2
                 AND remote IN (SELECT remote FROM event WHERE calendar = ?1 AND pass = ?2 + 1)",
            params![id, pass],
        )?;
        transaction
            .execute("UPDATE event SET pass = ?2 WHERE calendar = ?1 AND pass = ?2 + 1", params![id, pass])?;
        finish(&transaction, id, mark, tally.after())?;
        Ok(transaction.commit()?)
    }
}

fn number(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// What came back is not dead.
fn raise(db: &Transaction<'_>, calendar: i64, staged: i64) -> Result<(), IndexError> {
    db.prepare(
        "DELETE FROM tombstone WHERE calendar = ?1 AND EXISTS (
             SELECT 1 FROM event
             WHERE event.calendar = ?1 AND event.remote = tombstone.remote AND event.pass = ?2)",
    )?
    .execute(params![calendar, staged])?;
    Ok(())
}

//! What a pass staged becomes what is seen, in one transaction.

use std::collections::HashSet;

use rusqlite::{Row, Transaction, params};

use super::mirror::{Mark, Tally, finish};
use super::{Calendar, Index, IndexError, Span};
use crate::clock;

/// What is seen in the window `?3` to `?4` and was not staged.
const MISSING: &str = "event AS old
     WHERE calendar = ?1 AND pass = ?2 AND start < ?4 AND (end > ?3 OR start >= ?3) AND NOT EXISTS (
         SELECT 1 FROM event AS new
         WHERE new.calendar = old.calendar AND new.remote = old.remote AND new.pass = ?2 + 1)";

impl Index {
    /// What a full pass would do; `left`: of what it misses, so much is outside the window by now.
    pub(crate) fn weigh_full(
        &self,
        calendar: &Calendar,
        window: Span,
        left: &HashSet<String>,
    ) -> Result<Tally, IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let count = |pass: i64| -> Result<u64, IndexError> {
            let mut count =
                self.db.prepare("SELECT count(*) FROM event WHERE calendar = ?1 AND pass = ?2")?;
            Ok(count.query_row(params![id, pass], |row| number(row, 0))?)
        };
        let (seen, staged) = (count(pass)?, count(pass + 1)?);
        let (mut both, mut changed) = (0, 0);
        if seen != 0 {
            let mut compare = self.db.prepare(
                "SELECT count(*), coalesce(sum(old.version <> new.version), 0) FROM event AS new
                 JOIN event AS old ON old.calendar = new.calendar AND old.remote = new.remote AND old.pass = ?2
                 WHERE new.calendar = ?1 AND new.pass = ?2 + 1",
            )?;
            (both, changed) =
                compare.query_row(params![id, pass], |row| Ok((number(row, 0)?, number(row, 1)?)))?;
        }
        let missing = seen.saturating_sub(both);
        let mut removed = 0;
        if missing != 0 {
            let mut rows = self.db.prepare(&format!("SELECT remote FROM {MISSING}"))?;
            let mut rows = rows.query(params![id, pass, window.from, window.to])?;
            while let Some(row) = rows.next()? {
                removed += u64::from(!left.contains(row.get_ref(0)?.as_str().unwrap_or_default()));
            }
        }
        Ok(Tally {
            added: staged.saturating_sub(both),
            changed,
            removed,
            left: missing.saturating_sub(removed),
            unchanged: both.saturating_sub(changed),
        })
    }

    /// What a full pass did not bring although it was asked for; first what time was entered for.
    pub(crate) fn missing(
        &self,
        calendar: &Calendar,
        window: Span,
        most: usize,
    ) -> Result<Vec<String>, IndexError> {
        let mut select = self.db.prepare(&format!(
            "SELECT remote FROM {MISSING} ORDER BY EXISTS (
                 SELECT 1 FROM time_entry AS entry
                 WHERE entry.connection = ?5 AND entry.calendar = ?6 AND entry.event = old.remote) DESC LIMIT ?7",
        ))?;
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let (id, pass, span) = (calendar.id, calendar.pass, window);
        let given = params![id, pass, span.from, span.to, calendar.connection, calendar.remote, most];
        let rows = select.query_map(given, |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many of those that are seen in the window are meant.
    pub(crate) fn count_in(
        &self,
        calendar: &Calendar,
        window: Span,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<u64, IndexError> {
        let mut select = self.db.prepare(
            "SELECT remote FROM event
             WHERE calendar = ?1 AND pass = ?2 AND start < ?4 AND (end > ?3 OR start >= ?3)",
        )?;
        let mut rows = select.query(params![calendar.id, calendar.pass, window.from, window.to])?;
        let mut count = 0;
        while let Some(row) = rows.next()? {
            count += u64::from(is_meant(row.get_ref(0)?.as_str().unwrap_or_default()));
        }
        Ok(count)
    }

    /// A full pass becomes what is seen. What is not in it and would be was deleted, unless it has `left`.
    pub(crate) fn publish_full(
        &self,
        calendar: &Calendar,
        left: &HashSet<String>,
        tally: &Tally,
        mark: &Mark<'_>,
    ) -> Result<(), IndexError> {
        let (id, pass) = (calendar.id, calendar.pass);
        let transaction = self.begin()?;
        if tally.removed != 0 {
            transaction.execute(
                &format!(
                    "INSERT OR REPLACE INTO tombstone (calendar, remote, at) SELECT calendar, remote, ?5 FROM {MISSING}"
                ),
                params![id, pass, mark.window.from, mark.window.to, clock::now()],
            )?;
            for remote in left {
                let spare = "DELETE FROM tombstone WHERE calendar = ?1 AND remote = ?2";
                transaction.execute(spare, params![id, remote])?;
            }
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
        left: &HashSet<String>,
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
        let (mut removed, mut out) = (0, 0);
        for remote in gone {
            let was_there = u64::from(self.version_of(calendar, remote)?.is_some());
            *(if left.contains(remote) { &mut out } else { &mut removed }) += was_there;
        }
        Ok(Tally {
            added: staged.saturating_sub(both),
            changed,
            removed,
            left: out,
            unchanged: before.saturating_sub(changed + removed + out),
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
        if !gone.is_empty() {
            let mut delete =
                transaction.prepare("DELETE FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3")?;
            let mut bury = transaction
                .prepare("INSERT OR REPLACE INTO tombstone (calendar, remote, at) VALUES (?1, ?2, ?3)")?;
            for remote in gone {
                if delete.execute(params![id, remote, pass])? == 1 && !left.contains(remote) {
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

#[cfg(test)]
mod tests;

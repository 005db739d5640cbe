//! Writing the mirror: a pass stages its events beside what is seen, and becomes what is seen at once.

use std::borrow::Cow;
use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, Statement, Transaction, TransactionBehavior, params};

use super::events::midnight;
use super::{Calendar, Index, IndexError, Span};
use crate::clock;
use crate::event::{Event, When};

/// Longer texts are cut (bytes).
const LONGEST: usize = 64 * 1024;
const CUT: &str = " […]";

/// Rows that one transaction writes or takes away: nobody is locked out for long.
const BATCH: i64 = 10_000;

/// Rows of one run from which on SQLite is given more memory (negative: KiB).
const MANY: i64 = 20_000;
const CACHE: i64 = -12_000;

/// What a pass did to the mirror.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) struct Tally {
    pub added: u64,
    pub changed: u64,
    pub removed: u64,
    pub unchanged: u64,
}

impl Tally {
    /// What was there before.
    pub(crate) fn before(&self) -> u64 {
        self.changed + self.removed + self.unchanged
    }

    fn after(&self) -> i64 {
        i64::try_from(self.added + self.changed + self.unchanged).unwrap_or(i64::MAX)
    }
}

/// Where the next pass begins.
pub(crate) struct Mark<'a> {
    pub cursor: Option<&'a str>,
    /// Of a full pass.
    pub window: Span,
}

/// Events of one page on their way in.
pub(crate) struct Stage<'a> {
    index: &'a Index,
    writing: Option<Writing<'a>>,
    calendar: i64,
    pass: i64,
    rows: i64,
}

struct Writing<'a> {
    put: Statement<'a>,
    take: Statement<'a>,
}

impl Index {
    /// Takes away what passes left behind that did not come to their end, or were followed by another.
    pub(crate) fn sweep(&self, calendar: &Calendar) -> Result<(), IndexError> {
        self.flush()?;
        let mut dead = self.db.prepare(
            "DELETE FROM event WHERE rowid IN (
                 SELECT rowid FROM (SELECT rowid FROM event WHERE calendar = ?1 AND pass < ?2 LIMIT ?3)
                 UNION ALL
                 SELECT rowid FROM (SELECT rowid FROM event WHERE calendar = ?1 AND pass > ?2 LIMIT ?3))",
        )?;
        let mut any = self.db.prepare(
            "SELECT EXISTS (SELECT 1 FROM event WHERE calendar = ?1 AND pass < ?2)
                 OR EXISTS (SELECT 1 FROM event WHERE calendar = ?1 AND pass > ?2)",
        )?;
        // Asking first: without anything to do there is no lock to wait for.
        while any.query_row(params![calendar.id, calendar.pass], |row| row.get(0))? {
            dead.execute(params![calendar.id, calendar.pass, BATCH])?;
        }
        Ok(())
    }

    /// From now on a commit does not wait for the disk. After a power cut the mirror may be that of an earlier pass, whole and
    /// with its cursor: all that is lost can be asked for again.
    pub(crate) fn relax(&self) -> Result<(), IndexError> {
        Ok(self.db.pragma_update(None, "synchronous", "normal")?)
    }

    /// One page's events. Nobody sees them yet, so that they need not come in whole or page by page: several pages are
    /// written at once, which spares the indexes most of their work. Until [`Index::flush`] others cannot write.
    pub(crate) fn stage<T, E: From<IndexError>>(
        &self,
        calendar: &Calendar,
        fill: impl FnOnce(&mut Stage<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut stage =
            Stage { index: self, writing: None, calendar: calendar.id, pass: calendar.pass + 1, rows: 0 };
        let made = fill(&mut stage);
        let rows = stage.rows;
        drop(stage);
        self.staged.set(self.staged.get() + rows);
        if self.staged.get() >= BATCH {
            self.flush()?;
        }
        made
    }

    /// What was staged is written, and the way is free for others.
    pub(crate) fn flush(&self) -> Result<(), IndexError> {
        let seen = self.seen.get() + self.staged.replace(0);
        // The indexes of a large mirror are looked into everywhere at once.
        if self.seen.replace(seen) < MANY && seen >= MANY {
            self.db.pragma_update(None, "cache_size", CACHE)?;
        }
        if !self.db.is_autocommit() {
            self.db.execute_batch("COMMIT")?;
        }
        Ok(())
    }

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

    /// Nothing changed since the last pass.
    pub(crate) fn publish_nothing(&self, calendar: &Calendar, mark: &Mark<'_>) -> Result<(), IndexError> {
        let transaction = self.begin()?;
        finish(&transaction, calendar.id, mark, calendar.events)?;
        Ok(transaction.commit()?)
    }

    /// The version of an event that is seen.
    pub(crate) fn version_of(&self, calendar: &Calendar, remote: &str) -> Result<Option<String>, IndexError> {
        let mut select =
            self.db.prepare("SELECT version FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3")?;
        Ok(select.query_row(params![calendar.id, remote, calendar.pass], |row| row.get(0)).optional()?)
    }

    /// The write lock at once: a transaction that only finds out later that it cannot write has to be done again.
    pub(super) fn begin(&self) -> Result<Transaction<'_>, IndexError> {
        self.flush()?;
        Ok(Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?)
    }
}

const PUT: &str = "INSERT OR REPLACE INTO event (calendar, remote, pass, uid, version, start, end, all_day, zone, title,
     status, response, free, private, location, description, organizer, attendees, url, meeting, series, updated)
     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22)";

const TAKE: &str = "DELETE FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3";

impl<'a> Stage<'a> {
    fn writing(&mut self) -> Result<&mut Writing<'a>, IndexError> {
        let writing = match self.writing.take() {
            Some(writing) => writing,
            None => {
                let db = &self.index.db;
                if db.is_autocommit() {
                    db.execute_batch("BEGIN IMMEDIATE")?;
                }
                Writing { put: db.prepare(PUT)?, take: db.prepare(TAKE)? }
            }
        };
        Ok(self.writing.insert(writing))
    }

    /// The last word on an event counts.
    pub(crate) fn put(&mut self, event: &Event<'_>) -> Result<(), IndexError> {
        let (start, end) = seconds(&event.when);
        let (all_day, zone) = match &event.when {
            When::Days { .. } => (true, None),
            When::Time { zone, .. } => (false, zone.as_deref()),
        };
        let attendees = match event.attendees.as_slice() {
            [] => None,
            [one] => Some(Cow::Borrowed(&**one)),
            all => Some(Cow::Owned(all.join("\n"))),
        };
        self.rows += 1;
        let (calendar, pass) = (self.calendar, self.pass);
        self.writing()?.put.execute(params![
            calendar,
            event.remote,
            pass,
            event.uid,
            event.version,
            start,
            end,
            all_day,
            zone,
            capped(&event.title),
            event.status.word(),
            event.response.map(|response| response.word()),
            event.free,
            event.private,
            event.location.as_deref().map(capped),
            event.description.as_deref().map(capped),
            event.organizer,
            attendees.as_deref().map(capped),
            event.url.as_deref().map(capped),
            event.meeting.as_deref().map(capped),
            event.series,
            event.updated,
        ])?;
        Ok(())
    }

    pub(crate) fn take(&mut self, remote: &str) -> Result<(), IndexError> {
        let (calendar, pass) = (self.calendar, self.pass);
        self.writing()?.take.execute(params![calendar, remote, pass])?;
        Ok(())
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

fn finish(db: &Transaction<'_>, calendar: i64, mark: &Mark<'_>, events: i64) -> Result<(), IndexError> {
    db.prepare(
        "UPDATE calendar SET cursor = ?2, window_start = ?3, window_end = ?4, events = ?5, synced_at = ?6,
             error_kind = NULL, error_message = NULL, error_help = NULL, error_at = NULL, retry_at = NULL
         WHERE id = ?1",
    )?
    .execute(params![calendar, mark.cursor, mark.window.from, mark.window.to, events, clock::now()])?;
    Ok(())
}

/// From, and up to but not including (unix seconds); whole days as in UTC.
pub(crate) fn seconds(when: &When<'_>) -> (i64, i64) {
    match when {
        When::Days { first, end } => (midnight(*first), midnight(*end)),
        When::Time { start, end, .. } => (start.as_second(), end.as_second()),
    }
}

fn capped(text: &str) -> Cow<'_, str> {
    if text.len() <= LONGEST {
        return Cow::Borrowed(text);
    }
    let kept = (0..=LONGEST - CUT.len()).rev().find_map(|end| text.get(..end)).unwrap_or_default();
    Cow::Owned(format!("{kept}{CUT}"))
}

#[cfg(test)]
mod model;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_letters() {
        assert_eq!(capped("short"), "short");
        let long = "é".repeat(LONGEST);
        let cut = capped(&long);
        assert!(cut.len() <= LONGEST && cut.ends_with("é […]"), "{}", cut.len());
    }
}

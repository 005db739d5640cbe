//! A pass of several pages writes beside what is seen, page by page.

use rusqlite::{Statement, params};

use super::row;
use super::{Calendar, Index, IndexError};
use crate::event::Event;

/// Rows that one transaction writes or takes away: nobody is locked out for long.
pub(super) const BATCH: i64 = 10_000;

/// Rows of one run from which on SQLite is given more memory (negative: KiB).
const MANY: i64 = 20_000;
const CACHE: i64 = -12_000;

/// Where the events of a page go.
pub(crate) trait Taker {
    /// The last word on an event counts.
    fn put(&mut self, event: &Event<'_>) -> Result<(), IndexError>;

    /// It is gone.
    fn take(&mut self, remote: &str) -> Result<(), IndexError>;

    /// It stays as it was.
    fn keep(&mut self, remote: &str) -> Result<(), IndexError>;
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
}

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
                Writing { put: db.prepare(row::PUT)?, take: db.prepare(TAKE)? }
            }
        };
        Ok(self.writing.insert(writing))
    }
}

impl Taker for Stage<'_> {
    fn put(&mut self, event: &Event<'_>) -> Result<(), IndexError> {
        self.rows += 1;
        let (calendar, pass) = (self.calendar, self.pass);
        let writing = self.writing()?;
        if !row::write(&mut writing.put, calendar, pass, event)? {
            writing.take.execute(params![calendar, event.remote, pass])?;
            row::write(&mut writing.put, calendar, pass, event)?;
        }
        Ok(())
    }

    fn take(&mut self, remote: &str) -> Result<(), IndexError> {
        let (calendar, pass) = (self.calendar, self.pass);
        self.writing()?.take.execute(params![calendar, remote, pass])?;
        Ok(())
    }

    fn keep(&mut self, remote: &str) -> Result<(), IndexError> {
        self.rows += 1;
        let (calendar, pass) = (self.calendar, self.pass);
        self.writing()?;
        self.index.db.execute(row::KEEP, params![calendar, remote, pass - 1])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::mirror::model::event;
    use crate::index::mirror::tests::mirror;

    fn cache(index: &Index) -> i64 {
        index.db.pragma_query_value(None, "cache_size", |row| row.get(0)).unwrap()
    }

    fn put(index: &Index, calendar: &Calendar, remotes: &[&str]) {
        let staged: Result<(), IndexError> = index
            .stage(calendar, |stage| remotes.iter().try_for_each(|remote| stage.put(&event(remote, 1, 5))));
        staged.unwrap();
    }

    #[test]
    fn pages_are_written_together_until_they_are_many() {
        let (_home, index, calendar) = mirror();
        put(&index, &calendar, &[]);
        assert!(index.db.is_autocommit(), "a page without events keeps nobody out");
        put(&index, &calendar, &["a", "b"]);
        put(&index, &calendar, &["c"]);
        assert!(!index.db.is_autocommit() && index.staged.get() == 3);
        index.staged.set(BATCH - 2);
        put(&index, &calendar, &["d"]);
        assert!(!index.db.is_autocommit());
        put(&index, &calendar, &["e"]);
        assert!(index.db.is_autocommit() && index.staged.get() == 0);
        assert_eq!(index.seen.get(), BATCH);
        let staged = "SELECT count(*) FROM event WHERE pass = 1";
        let rows: i64 = index.db.query_row(staged, [], |row| row.get(0)).unwrap();
        assert_eq!((rows, calendar.pass), (5, 0), "beside what is seen");
        index.flush().unwrap();
    }

    #[test]
    fn a_page_that_fails_is_told_and_what_came_before_it_stays() {
        let (_home, index, calendar) = mirror();
        put(&index, &calendar, &["a"]);
        let failed: Result<(), IndexError> = index.stage(&calendar, |_| Err(IndexError::Busy));
        assert!(matches!(failed, Err(IndexError::Busy)));
        let kept: Result<i64, IndexError> = index.stage(&calendar, |stage| {
            stage.put(&event("b", 1, 5))?;
            stage.put(&event("b", 2, 5))?;
            stage.take("a")?;
            Ok(stage.rows)
        });
        assert_eq!(kept.unwrap(), 2);
        index.flush().unwrap();
        let staged = "SELECT group_concat(remote || version) FROM event";
        let rows: String = index.db.query_row(staged, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, "b2", "the last word counts");
    }

    #[test]
    fn what_is_kept_is_written_once_more() {
        let (_home, index, calendar) = mirror();
        put(&index, &calendar, &["a", "b"]);
        index.flush().unwrap();
        let later = Calendar { pass: 1, ..calendar };
        let kept: Result<i64, IndexError> = index.stage(&later, |stage| {
            stage.put(&event("b", 2, 5))?;
            ["a", "b", "stranger"].into_iter().try_for_each(|remote| stage.keep(remote))?;
            Ok(stage.rows)
        });
        assert_eq!(kept.unwrap(), 4, "what is asked for counts: it costs as much");
        index.flush().unwrap();
        let staged = "SELECT group_concat(remote || version) FROM (SELECT * FROM event WHERE pass = 2 ORDER BY remote)";
        let rows: String = index.db.query_row(staged, [], |row| row.get(0)).unwrap();
        assert_eq!(rows, "a1,b2", "a word on it counts more");
    }

    #[test]
    fn a_run_of_many_rows_is_given_memory_once() {
        let (_home, index, _) = mirror();
        let usual = cache(&index);
        assert_ne!(usual, CACHE, "not for a few");
        for (staged, wanted) in [(MANY - 1, usual), (1, CACHE)] {
            index.staged.set(staged);
            index.flush().unwrap();
            assert_eq!(cache(&index), wanted, "{staged}");
        }
        assert_eq!(cache(&index), -12_000, "KiB, not pages");
        index.db.pragma_update(None, "cache_size", usual).unwrap();
        for staged in [0, 1, MANY] {
            index.staged.set(staged);
            index.flush().unwrap();
            assert_eq!(cache(&index), usual, "{staged}");
        }
    }
}

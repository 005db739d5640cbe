//! A pass that came whole on one page goes straight into what is seen, in one transaction: what has not changed is not
//! written, and what has is written once.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, Statement, Transaction, params};

use super::mirror::{Mark, Tally, finish};
use super::stage::Taker;
use super::{Calendar, Index, IndexError, Span, row};
use crate::clock;
use crate::event::Event;

pub(crate) struct Direct<'a> {
    index: &'a Index,
    calendar: &'a Calendar,
    /// Without [`Direct::publish`] nothing has happened.
    transaction: Transaction<'a>,
    statements: Option<Statements<'a>>,
    touched: HashMap<String, Fate>,
}

struct Statements<'a> {
    find: Statement<'a>,
    put: Statement<'a>,
    change: Statement<'a>,
    shift: Statement<'a>,
    take: Statement<'a>,
    raise: Statement<'a>,
    bury: Statement<'a>,
}

/// The versions of an event before the pass and after it.
#[derive(Default)]
struct Fate {
    before: Option<String>,
    after: Option<String>,
}

struct Found {
    row: i64,
    version: String,
    times: (i64, i64),
}

impl Index {
    /// Until it is published or dropped, others cannot write.
    pub(crate) fn direct<'a>(&'a self, calendar: &'a Calendar) -> Result<Direct<'a>, IndexError> {
        let transaction = self.begin()?;
        Ok(Direct { index: self, calendar, transaction, statements: None, touched: HashMap::new() })
    }
}

impl<'a> Direct<'a> {
    fn statements(&mut self) -> Result<&mut Statements<'a>, IndexError> {
        let statements = match self.statements.take() {
            Some(statements) => statements,
            None => Statements::of(self.index)?,
        };
        Ok(self.statements.insert(statements))
    }

    /// Whether it was there and the pass takes it away.
    pub(crate) fn takes(&self, remote: &str) -> bool {
        self.touched.get(remote).is_some_and(|fate| fate.before.is_some() && fate.after.is_none())
    }

    /// What a full pass did not bring, and whether it was in what was asked for.
    pub(crate) fn the_rest(&self, window: Span) -> Result<Vec<(String, bool)>, IndexError> {
        let (id, pass) = (self.calendar.id, self.calendar.pass);
        let mut all = self.index.db.prepare(
            "SELECT remote, start < ?4 AND (end > ?3 OR start >= ?3) FROM event WHERE calendar = ?1 AND pass = ?2",
        )?;
        let rows = all.query_map(params![id, pass, window.from, window.to], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
        })?;
        Ok(rows
            .filter(|row| !row.as_ref().is_ok_and(|(remote, _)| self.touched.contains_key(remote)))
            .collect::<Result<_, _>>()?)
    }

    /// An event that is gone, and not out of the window.
    pub(crate) fn bury(&mut self, remote: &str) -> Result<(), IndexError> {
        if self.takes(remote) {
            let id = self.calendar.id;
            self.statements()?.bury.execute(params![id, remote, clock::now()])?;
        }
        Ok(())
    }

    /// What the pass does, if it is published.
    pub(crate) fn weigh(&self, full: bool, left: &HashSet<String>) -> Tally {
        let mut tally = Tally::default();
        let mut same = 0;
        for (remote, fate) in &self.touched {
            match (&fate.before, &fate.after) {
                (None, Some(_)) => tally.added += 1,
                (Some(_), None) if left.contains(remote) => tally.left += 1,
                (Some(_), None) => tally.removed += 1,
                (Some(before), Some(after)) if before != after => tally.changed += 1,
                (Some(_), Some(_)) => same += 1,
                (None, None) => {}
            }
        }
        // A full pass has met all there was.
        let before = u64::try_from(self.calendar.events).unwrap_or(0);
        let touched = tally.changed + tally.removed + tally.left;
        tally.unchanged = if full { same } else { before.saturating_sub(touched) };
        tally
    }

    pub(crate) fn publish(mut self, tally: &Tally, mark: &Mark<'_>) -> Result<(), IndexError> {
        if let Some(mut statements) = self.statements.take() {
            // What came back is not dead; what came and went again is as dead as before.
            let came = self.touched.iter().filter(|(_, fate)| fate.before.is_none() && fate.after.is_some());
            for (remote, _) in came {
                statements.raise.execute(params![self.calendar.id, remote])?;
            }
        }
        finish(&self.transaction, self.calendar.id, mark, tally.after())?;
        Ok(self.transaction.commit()?)
    }
}

impl Taker for Direct<'_> {
    fn put(&mut self, event: &Event<'_>) -> Result<(), IndexError> {
        let (id, pass) = (self.calendar.id, self.calendar.pass);
        let statements = self.statements()?;
        let found = statements.find(id, pass, &event.remote)?;
        match &found {
            None => {
                row::write(&mut statements.put, id, pass, event)?;
            }
            Some(found) => {
                let (start, end) = row::seconds(&event.when);
                // The index by time is left alone where the time is the same.
                if found.times != (start, end) {
                    statements.shift.execute(params![start, end, found.row])?;
                }
                row::write(&mut statements.change, id, found.row, event)?;
            }
        }
        self.note(&event.remote, found, Some(event.version.to_string()));
        Ok(())
    }

    fn take(&mut self, remote: &str) -> Result<(), IndexError> {
        let (id, pass) = (self.calendar.id, self.calendar.pass);
        let statements = self.statements()?;
        let found = statements.find(id, pass, remote)?;
        if let Some(found) = &found {
            statements.take.execute([found.row])?;
        }
        self.note(remote, found, None);
        Ok(())
    }

    fn keep(&mut self, remote: &str) -> Result<(), IndexError> {
        let (id, pass) = (self.calendar.id, self.calendar.pass);
        if let Some(found) = self.statements()?.find(id, pass, remote)? {
            let version = found.version.clone();
            self.note(remote, Some(found), Some(version));
        }
        Ok(())
    }
}

impl Direct<'_> {
    /// The first look at an event says what was there before.
    fn note(&mut self, remote: &str, found: Option<Found>, after: Option<String>) {
        match self.touched.entry(remote.to_owned()) {
            Entry::Occupied(mut fate) => fate.get_mut().after = after,
            Entry::Vacant(free) => {
                free.insert(Fate { before: found.map(|found| found.version), after });
            }
        }
    }
}

impl<'a> Statements<'a> {
    fn of(index: &'a Index) -> Result<Statements<'a>, IndexError> {
        let prepare = |sql: &str| index.db.prepare(sql);
        Ok(Statements {
            find: prepare(
                "SELECT rowid, version, start, end FROM event WHERE calendar = ?1 AND remote = ?2 AND pass = ?3",
            )?,
            put: prepare(row::PUT)?,
            change: prepare(row::CHANGE)?,
            shift: prepare("UPDATE event SET start = ?1, end = ?2 WHERE rowid = ?3")?,
            take: prepare("DELETE FROM event WHERE rowid = ?1")?,
            raise: prepare("DELETE FROM tombstone WHERE calendar = ?1 AND remote = ?2")?,
            bury: prepare("INSERT OR REPLACE INTO tombstone (calendar, remote, at) VALUES (?1, ?2, ?3)")?,
        })
    }

    fn find(&mut self, calendar: i64, pass: i64, remote: &str) -> Result<Option<Found>, IndexError> {
        let read = |row: &rusqlite::Row<'_>| {
            Ok(Found { row: row.get(0)?, version: row.get(1)?, times: (row.get(2)?, row.get(3)?) })
        };
        Ok(self.find.query_row(params![calendar, remote, pass], read).optional()?)
    }
}

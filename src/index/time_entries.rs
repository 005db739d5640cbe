//! Keeps time entries, and reads them beside their events.

use std::collections::HashMap;

use rusqlite::{OptionalExtension, Row, Statement, Transaction, TransactionBehavior, params};

use super::time_entry::{Change, EventNow, EventThere, Source, TimeEntry, TimeStatus, Work};
use super::{Index, IndexError};
use crate::clock;

/// An entry beside its event as the mirror has it.
const SELECT: &str = "
    SELECT entry.*, event.version AS now_version, event.start AS now_start, event.end AS now_end,
           event.all_day AS now_all_day, event.title AS now_title, event.response AS now_response,
           event.series AS now_series, tombstone.at AS cancelled_at
    FROM time_entry AS entry
    LEFT JOIN calendar ON calendar.connection = entry.connection AND calendar.remote = entry.calendar
    LEFT JOIN event
        ON event.calendar = calendar.id AND event.remote = entry.event AND event.pass = calendar.pass
    LEFT JOIN tombstone ON tombstone.calendar = calendar.id AND tombstone.remote = entry.event";

impl Index {
    /// All of them, by time.
    pub(crate) fn time_entries(&self) -> Result<Vec<TimeEntry>, IndexError> {
        let mut select = self.db.prepare(&format!("{SELECT} ORDER BY entry.start, entry.id"))?;
        let mut entries: Vec<TimeEntry> = select.query_map([], read)?.collect::<Result<_, _>>()?;
        self.find_moved(&mut entries)?;
        Ok(entries)
    }

    /// The ids of what was new, in order: an event has one entry at most, whoever else is at it.
    pub(crate) fn add_time_entries(&self, works: &[Work]) -> Result<Vec<Option<i64>>, IndexError> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        let mut ids = Vec::with_capacity(works.len());
        let mut statement = transaction.prepare(INSERT)?;
        for work in works {
            ids.push(insert(&mut statement, work)?.then(|| transaction.last_insert_rowid()));
        }
        drop(statement);
        transaction.commit()?;
        Ok(ids)
    }

    /// Reads and writes in one transaction: all of them change, or none. An id that nobody has comes as `None`.
    pub(crate) fn change_time_entries<E: From<IndexError>>(
        &self,
        ids: &[i64],
        mut change: impl FnMut(i64, Option<TimeEntry>) -> Result<Change, E>,
    ) -> Result<(), E> {
        let failed = |error: rusqlite::Error| E::from(IndexError::from(error));
        let transaction =
            Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate).map_err(failed)?;
        for id in ids {
            let mut found: Vec<TimeEntry> = Vec::from_iter(
                transaction
                    .query_row(&format!("{SELECT} WHERE entry.id = ?1"), [id], read)
                    .optional()
                    .map_err(failed)?,
            );
            self.find_moved(&mut found)?;
            match change(*id, found.pop())? {
                Change::Keep => {}
                Change::Write(entry) => update(&transaction, &entry).map_err(failed)?,
                Change::Delete => {
                    transaction.execute("DELETE FROM time_entry WHERE id = ?1", [id]).map_err(failed)?;
                }
            }
        }
        transaction.commit().map_err(failed)
    }

    /// What was deleted in one calendar and is in another was moved, not cancelled.
    fn find_moved(&self, entries: &mut [TimeEntry]) -> Result<(), IndexError> {
        let uids: Vec<&str> = entries
            .iter()
            .filter(|entry| matches!(entry.now, EventNow::Cancelled))
            .filter_map(|entry| Some(entry.work.source.as_ref()?.uid.as_str()).filter(|uid| !uid.is_empty()))
            .collect();
        if uids.is_empty() {
            return Ok(());
        }
        let mut select = self.db.prepare(
            "SELECT event.uid, event.remote, event.version AS now_version, event.start AS now_start,
                    event.end AS now_end, event.all_day AS now_all_day, event.title AS now_title,
                    event.response AS now_response, event.series AS now_series
             FROM event JOIN calendar ON calendar.id = event.calendar AND calendar.pass = event.pass
             WHERE event.uid IN (SELECT value FROM json_each(?1))",
        )?;
        let mut elsewhere: HashMap<String, Vec<(String, EventThere)>> = HashMap::new();
        let mut rows = select.query([serde_json::json!(uids).to_string()])?;
        while let Some(row) = rows.next()? {
            elsewhere.entry(row.get(0)?).or_default().push((row.get(1)?, there(row)?));
        }
        for entry in entries.iter_mut().filter(|entry| matches!(entry.now, EventNow::Cancelled)) {
            let Some(source) = &entry.work.source else { continue };
            let found = elsewhere.get(&source.uid).into_iter().flatten().find(|(remote, event)| {
                *remote == source.event || !event.series || event.start == source.start
            });
            if let Some((_, event)) = found {
                entry.now = EventNow::There(event.clone());
            }
        }
        Ok(())
    }
}

const INSERT: &str = "
    INSERT INTO time_entry (start, end, timed, seconds, rounding, title, note, project, client, status, connection,
        calendar, event, uid, occurrence, version, seen_start, seen_end, seen_title, created_at, changed_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?20)
    ON CONFLICT DO NOTHING";

fn insert(statement: &mut Statement<'_>, work: &Work) -> rusqlite::Result<bool> {
    let source = work.source.as_ref();
    let rows = statement.execute(params![
        work.start,
        work.end,
        work.timed,
        work.seconds,
        work.rounding,
        work.title,
        work.note,
        work.project,
        work.client,
        TimeStatus::Pending.word(),
        source.map(|source| &source.connection),
        source.map(|source| &source.calendar),
        source.map(|source| &source.event),
        source.map(|source| &source.uid),
        source.and_then(|source| source.occurrence.as_ref()),
        source.map(|source| &source.version),
        source.map(|source| source.start),
        source.map(|source| source.end),
        source.map(|source| &source.title),
        clock::now(),
    ])?;
    Ok(rows > 0)
}

fn update(db: &Transaction<'_>, entry: &TimeEntry) -> rusqlite::Result<()> {
    let work = &entry.work;
    let source = work.source.as_ref();
    db.execute(
        "UPDATE OR IGNORE time_entry SET occurrence = ?2 WHERE id = ?1",
        params![entry.id, source.and_then(|source| source.occurrence.as_ref())],
    )?;
    db.execute(
        "UPDATE time_entry SET start = ?2, end = ?3, timed = ?4, seconds = ?5, rounding = ?6, title = ?7, note = ?8,
             project = ?9, client = ?10, status = ?11, version = ?12, seen_start = ?13, seen_end = ?14,
             seen_title = ?15, changed_at = ?16
         WHERE id = ?1",
        params![
            entry.id,
            work.start,
            work.end,
            work.timed,
            work.seconds,
            work.rounding,
            work.title,
            work.note,
            work.project,
            work.client,
            entry.status.word(),
            source.map(|source| &source.version),
            source.map(|source| source.start),
            source.map(|source| source.end),
            source.map(|source| &source.title),
            clock::now(),
        ],
    )?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<TimeEntry> {
    let source = match row.get::<_, Option<String>>("event")? {
        None => None,
        Some(event) => Some(Source {
            connection: row.get::<_, Option<_>>("connection")?.unwrap_or_default(),
            calendar: row.get::<_, Option<_>>("calendar")?.unwrap_or_default(),
            event,
            uid: row.get::<_, Option<_>>("uid")?.unwrap_or_default(),
            occurrence: row.get("occurrence")?,
            version: row.get::<_, Option<_>>("version")?.unwrap_or_default(),
            start: row.get::<_, Option<_>>("seen_start")?.unwrap_or_default(),
            end: row.get::<_, Option<_>>("seen_end")?.unwrap_or_default(),
            title: row.get::<_, Option<_>>("seen_title")?.unwrap_or_default(),
        }),
    };
    let now = match (row.get::<_, Option<String>>("now_version")?, row.get::<_, Option<i64>>("cancelled_at")?)
    {
        (Some(_), _) => EventNow::There(there(row)?),
        (None, Some(_)) => EventNow::Cancelled,
        (None, None) => EventNow::Unknown,
    };
    let status: String = row.get("status")?;
    Ok(TimeEntry {
        id: row.get("id")?,
        work: Work {
            start: row.get("start")?,
            end: row.get("end")?,
            timed: row.get("timed")?,
            seconds: row.get("seconds")?,
            rounding: row.get("rounding")?,
            title: row.get("title")?,
            note: row.get("note")?,
            project: row.get("project")?,
            client: row.get("client")?,
            source,
        },
        status: TimeStatus::of(&status).unwrap_or(TimeStatus::Pending),
        now,
        created_at: row.get("created_at")?,
        changed_at: row.get("changed_at")?,
    })
}

fn there(row: &Row<'_>) -> rusqlite::Result<EventThere> {
    Ok(EventThere {
        version: row.get("now_version")?,
        start: row.get("now_start")?,
        end: row.get("now_end")?,
        all_day: row.get("now_all_day")?,
        title: row.get("now_title")?,
        declined: row.get::<_, Option<String>>("now_response")?.as_deref() == Some("declined"),
        series: row.get::<_, Option<String>>("now_series")?.is_some(),
    })
}

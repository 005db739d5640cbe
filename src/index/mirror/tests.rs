//! What a mirror counts, and what is left of passes that died.

use super::super::Taker;
use super::model::event;
use super::*;
use crate::event::Listed;
use crate::name::Name;

/// An index that mirrors the first of two calendars.
pub(in crate::index) fn mirror() -> (tempfile::TempDir, Index, Calendar) {
    let home = tempfile::tempdir().unwrap();
    let index = Index::open(&home.path().join("index.db")).unwrap().0;
    index.relax().unwrap();
    let evil: Name = "evil".parse().unwrap();
    let listed = ["primary", "other"].map(|remote| Listed {
        remote: remote.into(),
        name: remote.into(),
        is_primary: remote == "primary",
        ..Listed::default()
    });
    index.take_list(&evil, Some("ada"), &listed).unwrap();
    let calendar = index.calendars_of(&evil).unwrap().remove(0);
    (home, index, calendar)
}

fn rows(index: &Index) -> Vec<(i64, i64, String)> {
    let mut select = index.db.prepare("SELECT calendar, pass, remote FROM event ORDER BY 1, 2, 3").unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.map(Result::unwrap).collect()
}

/// Written beside what is seen of this pass.
fn stage(index: &Index, calendar: &Calendar, pass: i64, remote: &str) {
    let calendar = Calendar { pass: pass - 1, ..calendar.clone() };
    let staged: Result<(), IndexError> =
        index.stage(&calendar, |stage| stage.put(&event(remote, usize::try_from(pass).unwrap(), 5)));
    staged.unwrap();
}

#[test]
fn what_was_there_and_what_is() {
    let tally = Tally { added: 2, changed: 30, removed: 400, left: 60_000, unchanged: 5_000 };
    assert_eq!((tally.before(), tally.after()), (65_430, 5_032));
    assert_eq!((Tally::default().before(), Tally::default().after()), (0, 0));
    assert_eq!(Tally { added: u64::MAX, ..Tally::default() }.after(), i64::MAX);
}

#[test]
fn other_passes_are_swept_and_other_calendars_are_not() {
    let (_home, index, calendar) = mirror();
    let other = Calendar { id: calendar.id + 1, ..calendar.clone() };
    for pass in [1, 2, 3] {
        stage(&index, &calendar, pass, "a");
        stage(&index, &other, pass, "b");
    }
    let seen = Calendar { pass: 2, ..calendar.clone() };
    index.sweep(&seen).unwrap();
    let b = |pass| (other.id, pass, "b".to_owned());
    assert_eq!(rows(&index), [(calendar.id, 2, "a".to_owned()), b(1), b(2), b(3)]);
    assert_eq!(index.version_of(&seen, "a").unwrap().as_deref(), Some("2"));
    assert_eq!(index.version_of(&calendar, "a").unwrap(), None, "of the pass that is seen");
    assert_eq!(index.version_of(&seen, "b").unwrap(), None);
}

/// Nothing to do is no reason to wait for who is writing.
#[test]
fn a_sweep_without_work_takes_no_lock() {
    let (home, index, calendar) = mirror();
    let writer = Index::open(&home.path().join("index.db")).unwrap().0;
    let writing = writer.begin().unwrap();
    index.db.busy_timeout(std::time::Duration::ZERO).unwrap();
    index.sweep(&calendar).unwrap();
    assert!(matches!(index.begin(), Err(IndexError::Busy)), "the lock is taken at once");
    drop(writing);
    index.begin().unwrap().commit().unwrap();
}

#[test]
fn what_finishes_a_pass_forgets_its_trouble() {
    let (_home, index, calendar) = mirror();
    let error = crate::index::LastError {
        kind: "network".into(),
        message: "m".into(),
        help: Some("h".into()),
        reason: None,
        at: 5,
    };
    index.calendar_failed(calendar.id, &error, Some(9)).unwrap();
    let evil: Name = "evil".parse().unwrap();
    let noted = |place: usize| index.calendars_of(&evil).unwrap().remove(place);
    assert!(noted(0).error.is_some() && noted(0).retry_at == Some(9));
    let transaction = index.begin().unwrap();
    let mark = Mark { cursor: Some("c"), window: Span { from: 3, to: 4 } };
    finish(&transaction, calendar.id, &mark, 7).unwrap();
    transaction.commit().unwrap();
    let now = noted(0);
    assert!(now.error.is_none() && now.retry_at.is_none() && now.synced_at.is_some());
    assert_eq!((now.cursor.as_deref(), now.window, now.events), (Some("c"), Some((3, 4)), 7));
    assert!(noted(1).synced_at.is_none(), "another calendar");
}

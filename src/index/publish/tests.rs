//! What a pass does to what is seen, and to nothing else.

use jiff::Timestamp;

use super::*;
use crate::event::{Event, When};
use crate::index::Taker;
use crate::index::mirror::model::event;
use crate::index::mirror::tests::mirror;

const WINDOW: Span = Span { from: 1_000, to: 2_000 };
const MARK: Mark<'static> = Mark { cursor: Some("c"), window: WINDOW };

/// Id, first and last moment, and whether it is seen in the window.
const PLACES: [(&str, i64, i64, bool); 7] = [
    ("ends before", 900, 1_000, false),
    ("ends in it", 900, 1_001, true),
    ("moment at its start", 1_000, 1_000, true),
    ("in it", 1_500, 1_600, true),
    ("begins in it", 1_999, 2_100, true),
    ("moment at its end", 2_000, 2_000, false),
    ("begins after", 2_000, 2_100, false),
];

struct Mirrors {
    _home: tempfile::TempDir,
    index: Index,
}

impl Mirrors {
    /// Two calendars that see the same events, in version 1.
    fn new() -> Mirrors {
        let (home, index, _) = mirror();
        let mirrors = Mirrors { _home: home, index };
        for place in [0, 1] {
            let calendar = mirrors.calendar(place);
            mirrors.stage(&calendar, &PLACES.map(|(id, from, to, _)| between(id, 1, from, to)));
            let tally = mirrors.index.weigh_full(&calendar, WINDOW, &HashSet::new()).unwrap();
            assert_eq!(tally, Tally { added: 7, ..Tally::default() });
            mirrors.index.publish_full(&calendar, &HashSet::new(), &tally, &MARK).unwrap();
        }
        mirrors
    }

    fn calendar(&self, place: usize) -> Calendar {
        self.index.calendars_of(&"evil".parse().unwrap()).unwrap().remove(place)
    }

    fn stage(&self, calendar: &Calendar, events: &[Event<'_>]) {
        let staged: Result<(), IndexError> =
            self.index.stage(calendar, |stage| events.iter().try_for_each(|event| stage.put(event)));
        staged.unwrap();
    }

    /// Of both calendars: what is seen, with its version.
    fn seen(&self) -> [Vec<String>; 2] {
        [0, 1].map(|place| {
            self.list(
                "SELECT remote || ' ' || version FROM event WHERE calendar = ?1 AND pass = ?2 ORDER BY remote",
                place,
            )
        })
    }

    fn buried(&self) -> [Vec<String>; 2] {
        let query = "SELECT remote FROM tombstone WHERE calendar = ?1 AND ?2 = ?2 ORDER BY remote";
        [0, 1].map(|place| self.list(query, place))
    }

    fn list(&self, query: &str, place: usize) -> Vec<String> {
        let calendar = self.calendar(place);
        let mut select = self.index.db.prepare(query).unwrap();
        let rows = select.query_map([calendar.id, calendar.pass], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    }
}

fn between(id: &str, version: usize, from: i64, to: i64) -> Event<'static> {
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    Event { when: When::Time { start: at(from), end: at(to), zone: None }, ..event(id, version, 0) }
}

fn ids<const N: usize>(ids: [&str; N]) -> HashSet<String> {
    ids.map(str::to_owned).into()
}

fn names(is_seen: bool) -> Vec<String> {
    let of = PLACES.iter().filter(|place| place.3 == is_seen);
    let mut names: Vec<String> = of.map(|place| place.0.to_owned()).collect();
    names.sort();
    names
}

#[test]
fn what_a_full_pass_misses_was_deleted_if_it_lies_in_the_window() {
    let mirrors = Mirrors::new();
    let (calendar, other) = (mirrors.calendar(0), mirrors.calendar(1));
    mirrors.stage(&calendar, &[between("new", 1, 1_500, 1_600)]);
    // A pass of another calendar is under way.
    mirrors.stage(&other, &PLACES.map(|(id, from, to, _)| between(id, 2, from, to)));
    let index = &mirrors.index;
    let mut missing = index.missing(&calendar, WINDOW, 99).unwrap();
    missing.sort();
    assert_eq!(missing, names(true));
    assert_eq!(index.missing(&calendar, WINDOW, 3).unwrap().len(), 3);
    assert_eq!(index.count_in(&calendar, WINDOW, |_| true).unwrap(), 4);
    assert_eq!(index.count_in(&calendar, WINDOW, |id| id == "in it" || id == "new").unwrap(), 1);

    let theirs = "INSERT INTO tombstone (calendar, remote, at) VALUES (?1, 'in it', 0)";
    index.db.execute(theirs, [other.id]).unwrap();
    let left = ids(["in it"]);
    let tally = index.weigh_full(&calendar, WINDOW, &left).unwrap();
    assert_eq!(tally, Tally { added: 1, removed: 3, left: 4, ..Tally::default() });
    index.publish_full(&calendar, &left, &tally, &MARK).unwrap();
    let mut deleted = names(true);
    deleted.retain(|id| id != "in it");
    assert_eq!(mirrors.buried(), [deleted, vec!["in it".to_owned()]]);
    let [seen, untouched] = mirrors.seen();
    assert_eq!((seen, untouched.len()), (vec!["new 1".to_owned()], 7));
    assert_eq!((mirrors.calendar(0).events, mirrors.calendar(1).pass), (1, 1));
}

#[test]
fn what_time_was_entered_for_is_asked_for_first() {
    let mirrors = Mirrors::new();
    let calendar = mirrors.calendar(0);
    let enter = |connection: &str, calendar: &str, event: &str| {
        mirrors.index.db.execute(
            "INSERT INTO time_entry (start, end, timed, seconds, title, status, connection, calendar, event,
                 created_at, changed_at)
             VALUES (0, 1, 1, 1, 't', 'pending', ?1, ?2, ?3, 0, 0)",
            [connection, calendar, event],
        )
    };
    enter("evil", &calendar.remote, "moment at its start").unwrap();
    for (connection, calendar, event) in [
        ("other", &*calendar.remote, "in it"),
        ("evil", "other", "ends in it"),
        ("evil", &calendar.remote, "x"),
    ] {
        enter(connection, calendar, event).unwrap();
    }
    assert_eq!(mirrors.index.missing(&calendar, WINDOW, 1).unwrap(), ["moment at its start"]);
}

#[test]
fn a_full_pass_counts_what_it_meets() {
    let mirrors = Mirrors::new();
    let (calendar, other) = (mirrors.calendar(0), mirrors.calendar(1));
    let again = [
        between("in it", 2, 1_500, 1_600),
        between("ends in it", 1, 900, 1_001),
        between("begins after", 1, 2_000, 2_100),
        between("new", 1, 1_500, 1_600),
    ];
    mirrors.stage(&calendar, &again);
    mirrors.stage(&other, &[between("begins in it", 9, 1_999, 2_100)]);
    let tally = mirrors.index.weigh_full(&calendar, WINDOW, &HashSet::new()).unwrap();
    assert_eq!(tally, Tally { added: 1, changed: 1, removed: 2, left: 2, unchanged: 2 });
}

#[test]
fn changes_touch_what_they_name_in_their_own_calendar() {
    let mirrors = Mirrors::new();
    let (calendar, other) = (mirrors.calendar(0), mirrors.calendar(1));
    let index = &mirrors.index;
    mirrors.stage(&calendar, &[between("in it", 2, 1_500, 1_600), between("new", 1, 1_500, 1_600)]);
    mirrors.stage(&other, &[between("ends in it", 9, 900, 1_001), between("strange", 9, 900, 1_001)]);
    let gone = ids(["begins in it", "begins after", "nobody"]);
    let left = ids(["begins after", "elsewhere"]);
    let tally = index.weigh_changes(&calendar, &gone, &left).unwrap();
    assert_eq!(tally, Tally { added: 1, changed: 1, removed: 1, left: 1, unchanged: 4 });
    index.publish_changes(&calendar, &gone, &left, &tally, &MARK).unwrap();
    let [seen, untouched] = mirrors.seen();
    let wanted =
        ["ends before 1", "ends in it 1", "in it 2", "moment at its end 1", "moment at its start 1", "new 1"];
    assert_eq!(seen, wanted);
    assert!(untouched.len() == 7 && untouched.iter().all(|one| one.ends_with(" 1")));
    assert_eq!(mirrors.buried(), [vec!["begins in it".to_owned()], vec![]]);
    assert_eq!((mirrors.calendar(0).pass, mirrors.calendar(0).events), (1, 6), "rows move to what is seen");

    // The same happens to the other calendar; what comes back to the first one is not dead there.
    index.sweep(&other).unwrap();
    let tally = index.weigh_changes(&other, &gone, &left).unwrap();
    index.publish_changes(&other, &gone, &left, &tally, &MARK).unwrap();
    let back = [between("begins in it", 3, 1_999, 2_100)];
    mirrors.stage(&mirrors.calendar(0), &back);
    let calendar = mirrors.calendar(0);
    let tally = index.weigh_changes(&calendar, &HashSet::new(), &HashSet::new()).unwrap();
    assert_eq!(tally, Tally { added: 1, unchanged: 6, ..Tally::default() });
    index.publish_changes(&calendar, &HashSet::new(), &HashSet::new(), &tally, &MARK).unwrap();
    assert_eq!(mirrors.buried(), [vec![], vec!["begins in it".to_owned()]]);
    assert!(mirrors.seen()[0].contains(&"begins in it 3".to_owned()));
}

/// The same by a full pass.
#[test]
fn what_a_full_pass_brings_back_is_not_dead() {
    let mirrors = Mirrors::new();
    let index = &mirrors.index;
    for place in [0, 1] {
        let calendar = mirrors.calendar(place);
        let tally = index.weigh_full(&calendar, WINDOW, &HashSet::new()).unwrap();
        index.publish_full(&calendar, &HashSet::new(), &tally, &MARK).unwrap();
    }
    assert_eq!(mirrors.buried(), [names(true), names(true)]);
    let calendar = mirrors.calendar(0);
    mirrors.stage(&calendar, &[between("in it", 3, 1_500, 1_600)]);
    let tally = index.weigh_full(&calendar, WINDOW, &HashSet::new()).unwrap();
    assert_eq!(tally, Tally { added: 1, ..Tally::default() });
    index.publish_full(&calendar, &HashSet::new(), &tally, &MARK).unwrap();
    let mut dead = names(true);
    dead.retain(|id| id != "in it");
    assert_eq!(mirrors.buried(), [dead, names(true)]);
}

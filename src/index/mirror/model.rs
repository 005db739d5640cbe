//! Passes, full and partial, finished and given up, against a map: what is seen changes only where a pass is published, and
//! then to exactly that.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;

use super::super::Taker;
use super::*;
use crate::event::{Event, Listed, Status, When};
use crate::fuzz::damage::Random;
use crate::name::Name;

const WINDOW: Span = Span { from: 0, to: 1_000_000 };

type Seen = BTreeMap<String, (String, i64)>;

pub(in crate::index) fn event(remote: &str, version: usize, start: i64) -> Event<'static> {
    let at = |seconds| Timestamp::from_second(seconds).unwrap();
    Event {
        remote: remote.to_owned().into(),
        uid: "u".into(),
        version: version.to_string().into(),
        when: When::Time { start: at(start), end: at(start + 60), zone: None },
        title: "t".into(),
        status: Status::Confirmed,
        response: None,
        free: false,
        away: false,
        private: false,
        location: None,
        description: None,
        organizer: None,
        attendees: Vec::new(),
        url: None,
        meeting: None,
        series: None,
        updated: None,
    }
}

fn is_inside(start: i64) -> bool {
    start < WINDOW.to && start + 60 > WINDOW.from
}

/// The last word on each event.
#[derive(Default)]
struct Said {
    put: Seen,
    taken: BTreeSet<String>,
}

#[derive(Debug)]
enum Word {
    Put(Box<Event<'static>>),
    Take,
    /// What was said of it is not understood.
    Keep,
}

impl Said {
    fn hear(
        &mut self,
        seen: &Seen,
        taker: &mut impl Taker,
        words: &[(String, Word)],
    ) -> Result<(), IndexError> {
        for (remote, word) in words {
            match word {
                Word::Put(event) => {
                    taker.put(event)?;
                    let start = crate::index::seconds(&event.when).0;
                    self.taken.remove(remote);
                    self.put.insert(remote.clone(), (event.version.to_string(), start));
                }
                Word::Take => {
                    taker.take(remote)?;
                    self.put.remove(remote);
                    self.taken.insert(remote.clone());
                }
                Word::Keep => {
                    taker.keep(remote)?;
                    self.taken.remove(remote);
                    if let (false, Some(one)) = (self.put.contains_key(remote), seen.get(remote)) {
                        self.put.insert(remote.clone(), one.clone());
                    }
                }
            }
        }
        Ok(())
    }
}

struct Play {
    _home: tempfile::TempDir,
    index: Index,
    random: Random,
    seen: Seen,
    /// What is known to have been deleted.
    dead: BTreeSet<String>,
    passes: usize,
}

impl Play {
    fn new(seed: u64) -> Play {
        let home = tempfile::tempdir().unwrap();
        let index = Index::open(&home.path().join("index.db")).unwrap().0;
        index.relax().unwrap();
        let listed = ["primary", "other"].map(|remote| Listed {
            remote: remote.into(),
            name: remote.into(),
            is_primary: remote == "primary",
            ..Listed::default()
        });
        index.take_list(&"evil".parse::<Name>().unwrap(), Some("ada"), &listed).unwrap();
        Play { _home: home, index, random: Random(seed), seen: Seen::new(), dead: BTreeSet::new(), passes: 0 }
    }

    fn calendar(&self) -> Calendar {
        let all = self.index.calendars_of(&"evil".parse().unwrap()).unwrap();
        assert_eq!(
            all.iter().map(|one| (one.remote.as_str(), one.enabled)).collect::<Vec<_>>(),
            [("primary", true), ("other", false)]
        );
        all.into_iter().next().unwrap()
    }

    /// What one page says: an event in some version, that it is gone, or nonsense.
    fn words(&mut self) -> Vec<(String, Word)> {
        (0..self.random.below(8))
            .map(|_| {
                let remote = format!("e{}", self.random.below(12));
                let start = self.random.below(1_200_000) as i64 - 100_000;
                let event = event(&remote, self.random.below(3), start);
                let word = match self.random.below(8) {
                    0 | 1 => Word::Take,
                    2 => Word::Keep,
                    _ => Word::Put(Box::new(event)),
                };
                (remote, word)
            })
            .collect()
    }

    /// Some pages, written beside what is seen; the last word on each event.
    fn pages(&mut self, calendar: &Calendar) -> (Seen, BTreeSet<String>) {
        let mut said = Said::default();
        for _ in 0..self.random.below(4) {
            let words = self.words();
            let staged: Result<(), IndexError> =
                self.index.stage(calendar, |stage| said.hear(&self.seen, stage, &words));
            staged.unwrap();
        }
        (said.put, said.taken)
    }

    /// One page, and the whole pass is one transaction.
    fn at_once(&mut self, calendar: &Calendar, mark: &Mark<'_>) -> bool {
        let (mut words, full) = (self.words(), self.random.below(2) == 0);
        let is_given_up = self.random.below(4) == 0;
        // A row that was taken away is not there to be kept.
        let mut taken = HashSet::new();
        words.retain(|(remote, word)| {
            if matches!(word, Word::Take) {
                taken.insert(remote.clone());
            }
            !matches!(word, Word::Keep) || !taken.contains(remote)
        });
        let mut said = Said::default();
        let mut direct = self.index.direct(calendar).unwrap();
        said.hear(&self.seen, &mut direct, &words).unwrap();
        let mut after = if full { Seen::new() } else { self.seen.clone() };
        after.retain(|id, _| !said.taken.contains(id));
        after.extend(said.put);
        for id in &said.taken {
            assert_eq!(direct.takes(id), self.seen.contains_key(id), "{id}");
        }
        let mut left = HashSet::new();
        if full {
            for (id, was_inside) in direct.the_rest(WINDOW).unwrap() {
                direct.take(&id).unwrap();
                assert_eq!(was_inside, is_inside(self.seen[&id].1), "{id}");
                match was_inside {
                    true => direct.bury(&id).unwrap(),
                    false => assert!(left.insert(id)),
                }
            }
        }
        for id in &said.taken {
            direct.bury(id).unwrap();
        }
        let tally = direct.weigh(full, &left);
        assert_eq!(tally, self.expected(&after, &left), "{words:?}");
        if is_given_up {
            return false;
        }
        direct.publish(&tally, mark).unwrap();
        let is_dead = |(id, one): &(&String, &(String, i64))| {
            !after.contains_key(*id) && (said.taken.contains(*id) || full && is_inside(one.1))
        };
        self.dead.extend(self.seen.iter().filter(is_dead).map(|(id, _)| id.clone()));
        self.seen = after;
        true
    }

    fn step(&mut self) {
        self.passes += 1;
        let calendar = self.calendar();
        self.index.sweep(&calendar).unwrap();
        let cursor = format!("c{}", self.passes);
        let mark = Mark { cursor: Some(&cursor), window: WINDOW };
        if self.random.below(2) == 0 {
            if !self.at_once(&calendar, &mark) {
                return;
            }
            return assert_eq!(self.calendar().cursor.as_deref(), mark.cursor);
        }
        let (put, taken) = self.pages(&calendar);
        match self.random.below(4) {
            // Given up: killed, or the provider has failed.
            0 => return self.index.flush().unwrap(),
            1 => self.full(&calendar, put, &mark),
            _ => self.changes(&calendar, put, taken, &mark),
        }
        assert_eq!(self.calendar().cursor.as_deref(), Some(cursor.as_str()));
    }

    fn expected(&self, after: &Seen, left: &HashSet<String>) -> Tally {
        let count =
            |of: &dyn Fn(&String) -> bool, seen: &Seen| seen.keys().filter(|id| of(id)).count() as u64;
        let is_same = |id: &String| self.seen.get(id).map(|one| &one.0) == after.get(id).map(|one| &one.0);
        Tally {
            added: count(&|id| !self.seen.contains_key(id), after),
            changed: count(&|id| self.seen.contains_key(id) && !is_same(id), after),
            removed: count(&|id| !after.contains_key(id) && !left.contains(id), &self.seen),
            left: count(&|id| !after.contains_key(id) && left.contains(id), &self.seen),
            unchanged: count(&|id| self.seen.contains_key(id) && is_same(id), after),
        }
    }

    fn full(&mut self, calendar: &Calendar, put: Seen, mark: &Mark<'_>) {
        let gone = |inside: bool| {
            let gone = self.seen.iter().filter(|(id, _)| !put.contains_key(*id));
            gone.filter(move |(_, one)| is_inside(one.1) == inside).map(|(id, _)| id.clone())
        };
        let (mut missing, out): (BTreeSet<String>, HashSet<String>) =
            (gone(true).collect(), gone(false).collect());
        let told = self.index.missing(calendar, WINDOW, 100).unwrap();
        assert_eq!(told.into_iter().collect::<BTreeSet<_>>(), missing);
        // Some of them are still there, elsewhere.
        let left: HashSet<String> = missing.iter().filter(|_| self.random.below(3) == 0).cloned().collect();
        let tally = self.index.weigh_full(calendar, WINDOW, &left).unwrap();
        assert_eq!(tally, self.expected(&put, &left.union(&out).cloned().collect()));
        assert_eq!(tally.before(), self.seen.len() as u64);
        self.index.publish_full(calendar, &left, &tally, mark).unwrap();
        missing.retain(|id| !left.contains(id));
        self.dead.extend(missing);
        self.seen = put;
    }

    fn changes(&mut self, calendar: &Calendar, put: Seen, taken: BTreeSet<String>, mark: &Mark<'_>) {
        let gone: HashSet<String> = taken.iter().cloned().collect();
        let left: HashSet<String> = taken.iter().filter(|_| self.random.below(3) == 0).cloned().collect();
        let mut after = self.seen.clone();
        after.retain(|id, _| !taken.contains(id));
        after.extend(put);
        let tally = self.index.weigh_changes(calendar, &gone, &left).unwrap();
        assert_eq!(tally, self.expected(&after, &left));
        for id in &taken {
            let version = self.index.version_of(calendar, id).unwrap();
            assert_eq!(version.as_ref(), self.seen.get(id).map(|one| &one.0));
        }
        self.index.publish_changes(calendar, &gone, &left, &tally, mark).unwrap();
        // What only left the window is not dead.
        self.dead
            .extend(taken.iter().filter(|id| self.seen.contains_key(*id) && !left.contains(*id)).cloned());
        self.seen = after;
    }

    fn is_as_expected(&mut self) {
        let calendar = self.calendar();
        let mut select = self
            .index
            .db
            .prepare("SELECT remote, version, start FROM event WHERE calendar = ?1 AND pass = ?2")
            .unwrap();
        let rows = select
            .query_map([calendar.id, calendar.pass], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))));
        let seen: Seen = rows.unwrap().map(Result::unwrap).collect();
        assert_eq!(seen, self.seen);
        self.dead.retain(|id| !self.seen.contains_key(id));
        let mut select = self.index.db.prepare("SELECT remote FROM tombstone WHERE calendar = ?1").unwrap();
        let dead = select.query_map([calendar.id], |row| row.get(0)).unwrap();
        let dead: BTreeSet<String> = dead.map(Result::unwrap).collect();
        assert_eq!(dead, self.dead);
        if calendar.synced_at.is_some() {
            assert_eq!(calendar.events, self.seen.len() as i64);
            assert_eq!(calendar.window, Some((WINDOW.from, WINDOW.to)));
        }
    }
}

#[test]
fn what_is_seen_is_what_the_last_finished_pass_brought() {
    for seed in 1..=25 {
        let mut play = Play::new(seed * 0x51_7cc1);
        for _ in 0..60 {
            play.step();
            play.is_as_expected();
        }
        play.index.sweep(&play.calendar()).unwrap();
        let left: i64 = play.index.db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
        assert_eq!(left, play.seen.len() as i64, "rows of other passes, seed {seed}");
    }
}

/// A crash leaves rows of a pass beside what is seen; the next opening sees the old mirror, and the next pass sweeps.
#[test]
fn a_pass_that_died_is_not_seen_and_is_swept() {
    let mut play = Play::new(7);
    while play.seen.len() < 3 {
        play.step();
        play.is_as_expected();
    }
    let calendar = play.calendar();
    let staged: Result<(), IndexError> = play.index.stage(&calendar, |stage| stage.put(&event("new", 1, 5)));
    staged.unwrap();
    play.index.flush().unwrap();
    play.is_as_expected();
    play.index.sweep(&calendar).unwrap();
    let left: i64 = play.index.db.query_row("SELECT count(*) FROM event", [], |row| row.get(0)).unwrap();
    assert_eq!(left, play.seen.len() as i64);
}

//! Several claimants, a provider that may or may not have heard them, people who cancel and try again, and a clock: after
//! every step the outbox is what a few lines say it must be, and no task is ever created twice.

use std::collections::BTreeMap;

use super::claim::LEASE;
use super::tests::{HERE, draft};
use super::*;
use crate::fuzz::damage::Random;
use crate::index::LastError;
use crate::new_task::Created;

const OWNERS: [&str; 3] = ["one", "two", "three"];

#[derive(Clone, Debug, PartialEq)]
struct Expected {
    state: State,
    owner: Option<&'static str>,
    until: i64,
    first_try: Option<i64>,
    retry_at: Option<i64>,
    remote: Option<String>,
}

/// A claim that one of them works on.
#[derive(Debug)]
struct Work {
    owner: &'static str,
    entry: Entry,
    /// What the provider did with it; known only to the provider where the answer was lost.
    answer: Answer,
}

#[derive(Debug)]
enum Answer {
    Created(String),
    Refused,
    Later,
    Lost,
}

struct Play {
    _home: tempfile::TempDir,
    claimants: Vec<Index>,
    expected: BTreeMap<i64, Expected>,
    /// By key: what the provider has, once each.
    provider: BTreeMap<String, String>,
    working: Vec<Work>,
    random: Random,
    now: i64,
}

impl Play {
    fn new(seed: u64) -> Play {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("index.db");
        let open = |_| {
            let (index, salvage) = Index::open(&path).unwrap();
            assert!(salvage.is_none());
            // A power cut is not what is played here.
            index.db.pragma_update(None, "synchronous", "off").unwrap();
            index
        };
        Play {
            claimants: OWNERS.iter().map(open).collect(),
            _home: home,
            expected: BTreeMap::new(),
            provider: BTreeMap::new(),
            working: Vec::new(),
            random: Random(seed),
            now: clock::now(),
        }
    }

    fn any(&mut self) -> &Index {
        let place = self.random.below(OWNERS.len());
        &self.claimants[place]
    }

    fn row(&mut self) -> i64 {
        1 + self.random.below(self.expected.len() + 1) as i64
    }

    fn enqueue(&mut self) {
        let key = format!("k{}", self.random.below(8));
        let (row, is_new) = self.any().enqueue(&[draft(key.clone())]).unwrap().remove(0);
        assert_eq!((row.key.as_str(), row.mark), (key.as_str(), format!("m{key}")));
        match self.expected.get_mut(&row.id) {
            None => {
                assert!(is_new);
                let fresh = Expected {
                    state: State::Queued,
                    owner: None,
                    until: 0,
                    first_try: None,
                    retry_at: None,
                    remote: None,
                };
                self.expected.insert(row.id, fresh);
            }
            Some(known) => {
                assert_eq!(is_new, matches!(known.state, State::Parked | State::Cancelled));
                if is_new {
                    (known.state, known.retry_at) = (State::Queued, None);
                }
            }
        }
    }

    fn claim_any(&mut self) {
        let which = match self.random.below(2) {
            0 => Which::One(self.row()),
            _ => Which::After(self.row() - 1),
        };
        self.claim(which);
    }

    fn claim(&mut self, which: Which) {
        let place = self.random.below(OWNERS.len());
        let (owner, now) = (OWNERS[place], self.now);
        let is_due =
            |row: &Expected| row.state == State::Queued || row.state == State::Sending && row.until <= now;
        let wanted = self
            .expected
            .iter()
            .find(|(id, row)| match which {
                Which::One(one) => **id == one && is_due(row),
                Which::After(after) => **id > after && is_due(row) && row.retry_at.is_none_or(|at| at <= now),
            })
            .map(|(id, _)| *id);
        assert_eq!(self.claimants[place].claim("other", which, owner, now).unwrap().map(|row| row.id), None);
        let claimed = self.claimants[place].claim(HERE, which, owner, now).unwrap();
        assert_eq!(claimed.as_ref().map(|row| row.id), wanted, "{which:?}");
        let Some(entry) = claimed else { return };
        let row = self.expected.get_mut(&entry.id).unwrap();
        let known = (entry.state, entry.first_try.is_some());
        assert_eq!(known, (row.state, row.first_try.is_some()), "what was known before this try");
        assert_ne!(entry.state, State::Done, "what is there is sent again");
        row.first_try = row.first_try.or(Some(now));
        (row.state, row.owner, row.until) = (State::Sending, Some(owner), now + LEASE);

        // It looks first where a try may have created it, and then sends; the provider takes whatever it is sent.
        let known = self.provider.get(&entry.key).filter(|_| entry.first_try.is_some()).cloned();
        let answer = match (known, self.random.below(6)) {
            (Some(remote), _) => Answer::Created(remote),
            (None, 0) => Answer::Refused,
            (None, 1) => Answer::Later,
            (None, fate) => {
                let remote = format!("r{}", self.provider.len());
                let twice = self.provider.insert(entry.key.clone(), remote.clone());
                assert_eq!(twice, None, "{} was created twice", entry.key);
                if fate == 2 { Answer::Lost } else { Answer::Created(remote) }
            }
        };
        // One process does one thing with a row.
        self.working.retain(|work| (work.owner, work.entry.id) != (owner, entry.id));
        self.working.push(Work { owner, entry, answer });
    }

    /// In time, or long after another one has taken over; or never, as if it was killed.
    fn finish(&mut self) {
        if self.working.is_empty() {
            return;
        }
        let at = self.random.below(self.working.len());
        let Work { owner, entry, answer } = self.working.swap_remove(at);
        let is_killed = self.random.below(6) == 0;
        let retry_at = (self.random.below(2) == 0).then_some(self.now + 30);
        if is_killed {
            return;
        }
        let row = self.expected.get_mut(&entry.id).unwrap();
        let index = &self.claimants[self.random.below(OWNERS.len())];
        if let Answer::Created(remote) = answer {
            index.sent(entry.id, &Created { id: remote.clone(), url: None }).unwrap();
            if row.state != State::Done {
                *row = Expected {
                    state: State::Done,
                    owner: None,
                    retry_at: None,
                    remote: Some(remote),
                    ..row.clone()
                };
            }
            return;
        }
        let (state, maybe) = match answer {
            Answer::Refused => (State::Parked, false),
            Answer::Later => (State::Queued, false),
            _ => (State::Queued, true),
        };
        let error =
            LastError { kind: "x".into(), message: "y".into(), help: None, reason: None, at: self.now };
        index.not_sent(&entry, owner, &Outcome { state, maybe, retry_at, error }).unwrap();
        if row.owner == Some(owner) {
            let first_try = if maybe { entry.first_try.or(row.first_try) } else { entry.first_try };
            *row = Expected { state, owner: None, first_try, retry_at, ..row.clone() };
        }
    }

    /// A person: cancels what waits, or wants what was refused or cancelled tried again.
    fn turn(&mut self) {
        let (id, is_cancel) = (self.row(), self.random.below(2) == 0);
        let (from, to): (&[State], State) = match is_cancel {
            true => (&[State::Queued, State::Parked], State::Cancelled),
            false => (&[State::Parked, State::Cancelled], State::Queued),
        };
        let turned = self.any().turn(id, from, to).unwrap();
        let row = self.expected.get_mut(&id).filter(|row| from.contains(&row.state));
        assert_eq!(turned, row.is_some());
        if let Some(row) = row {
            (row.state, row.retry_at) = (to, None);
        }
    }

    fn let_go(&mut self) {
        let owner = OWNERS[self.random.below(OWNERS.len())];
        self.any().let_go(owner).unwrap();
        // It says no more of what it had.
        self.working.retain(|work| work.owner != owner);
        for row in
            self.expected.values_mut().filter(|row| row.owner == Some(owner) && row.state == State::Sending)
        {
            (row.state, row.owner) = (State::Queued, None);
        }
    }

    fn is_as_expected(&mut self) {
        for (id, row) in self.expected.clone() {
            let entry = self.any().entry(id).unwrap().unwrap();
            assert_eq!(
                (entry.state, entry.retry_at, &entry.remote),
                (row.state, row.retry_at, &row.remote),
                "row {id}"
            );
            // A lost answer is noted with the clock of that moment.
            assert_eq!(entry.first_try.is_some(), row.first_try.is_some(), "row {id}: {row:?}");
            assert!(!(entry.error.is_some() && entry.state == State::Done));
        }
        let waiting: i64 = self.any().waiting().unwrap().into_iter().map(|(_, count)| count).sum();
        let due = |row: &&Expected| matches!(row.state, State::Queued | State::Sending);
        assert_eq!(waiting, self.expected.values().filter(due).count() as i64);
        let done = self.any().entries(&[State::Done], 100).unwrap();
        assert!(done.windows(2).all(|two| two[0].id > two[1].id), "the newest first");
        for entry in done {
            assert_eq!(entry.remote.as_ref(), self.provider.get(&entry.key), "done is what the provider has");
        }
    }

    fn step(&mut self) {
        match self.random.below(20) {
            0..=4 => self.enqueue(),
            5..=10 => self.claim_any(),
            11..=15 => self.finish(),
            16 => self.turn(),
            17 => self.let_go(),
            _ => self.now += [1, 29, 30, LEASE - 1, LEASE][self.random.below(5)],
        }
        self.is_as_expected();
    }

    /// Everybody comes back often enough: whatever was not refused or cancelled gets there, once.
    fn settle(&mut self) {
        self.working.clear();
        for _ in 0..10 {
            self.now += LEASE;
            self.claim(Which::After(0));
            let remote = self.working.pop();
            if let Some(Work { owner, entry, .. }) = remote {
                let remote = self.provider.entry(entry.key.clone()).or_insert_with(|| "late".into()).clone();
                self.claimants[0].sent(entry.id, &Created { id: remote.clone(), url: None }).unwrap();
                let row = self.expected.get_mut(&entry.id).unwrap();
                assert_eq!(row.owner, Some(owner));
                *row = Expected {
                    state: State::Done,
                    owner: None,
                    retry_at: None,
                    remote: Some(remote),
                    ..row.clone()
                };
            }
            self.is_as_expected();
        }
        let open = self.expected.values().filter(|row| matches!(row.state, State::Queued | State::Sending));
        assert_eq!(open.count(), 0, "something is stuck");
    }
}

#[test]
fn nothing_is_created_twice_and_nothing_is_stuck() {
    let first: u64 = std::env::var("INTEG_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    for seed in first..first + 20 {
        let mut play = Play::new(seed * 0x9e37_79b9);
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            (0..150).for_each(|_| play.step());
            play.settle();
        }));
        assert!(played.is_ok(), "INTEG_TEST_SEED={seed}");
    }
}

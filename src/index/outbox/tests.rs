//! What each step does to a row.

use super::claim::LEASE;
use super::*;
use crate::index::LastError;
use crate::new_task::{Created, NewTask};

pub(super) const HERE: &str = "evil";
const NOW: i64 = 1_000_000;

pub(super) fn draft(key: String) -> Draft {
    Draft {
        mark: format!("m{key}"),
        key,
        connection: HERE.into(),
        account: None,
        list: None,
        place: None,
        task: NewTask { title: "t".into(), ..NewTask::default() },
        maybe_since: None,
    }
}

#[test]
fn the_word_of_each_state_is_its_own() {
    for state in State::ALL {
        assert_eq!(State::of(state.word()), state);
    }
    assert_eq!(State::of("nonsense"), State::Parked, "nothing happens to it by itself");
}

struct Outbox {
    _home: tempfile::TempDir,
    index: Index,
}

impl std::ops::Deref for Outbox {
    type Target = Index;

    fn deref(&self) -> &Index {
        &self.index
    }
}

fn outbox() -> Outbox {
    let home = tempfile::tempdir().unwrap();
    let index = Index::open(&home.path().join("index.db")).unwrap().0;
    Outbox { _home: home, index }
}

impl Outbox {
    fn add(&self, key: &str) -> i64 {
        self.enqueue(&[draft(key.into())]).unwrap()[0].0.id
    }

    fn row(&self, id: i64) -> Entry {
        self.entry(id).unwrap().unwrap()
    }

    fn claimed(&self, which: Which, now: i64) -> Option<i64> {
        self.claim(HERE, which, "me", now).unwrap().map(|row| row.id)
    }

    fn keys(&self, states: &[State], most: usize) -> Vec<String> {
        self.entries(states, most).unwrap().into_iter().map(|row| row.key).collect()
    }
}

fn refusal(state: State, maybe: bool, retry_at: Option<i64>) -> Outcome {
    let error = LastError {
        kind: "provider_error".into(),
        message: "no".into(),
        help: Some("ask them".into()),
        reason: None,
        at: NOW,
    };
    Outcome { state, maybe, retry_at, error }
}

#[test]
fn the_same_key_is_the_same_task_until_it_was_refused_or_cancelled() {
    let outbox = outbox();
    let first = outbox.enqueue(&[draft("a".into()), draft("b".into()), draft("a".into())]).unwrap();
    let said: Vec<_> = first.iter().map(|(row, is_new)| (row.key.as_str(), row.id, *is_new)).collect();
    let (a, b) = (first[0].0.id, first[1].0.id);
    assert_ne!(a, b);
    assert_eq!(said, [("a", a, true), ("b", b, true), ("a", a, false)]);
    let other = Draft { mark: "m2".into(), connection: "other".into(), ..draft("a".into()) };
    let theirs = |other: &Draft| outbox.enqueue(std::slice::from_ref(other)).unwrap().remove(0);
    let (row, is_new) = theirs(&other);
    assert!(is_new && row.id != a, "another connection's key is another key");
    assert_eq!((theirs(&other).0.id, theirs(&other).1), (row.id, false));

    let again = Draft {
        account: Some("ada".into()),
        list: Some("Home".into()),
        task: NewTask { title: "now".into(), notes: Some("n".into()), ..NewTask::default() },
        ..draft("a".into())
    };
    for (state, is_new) in
        [(State::Queued, false), (State::Done, false), (State::Unknown, false), (State::Cancelled, true)]
    {
        assert!(outbox.turn(a, &State::ALL, state).unwrap());
        let (row, new) = outbox.enqueue(std::slice::from_ref(&again)).unwrap().remove(0);
        assert_eq!((row.id, new), (a, is_new), "{state:?}");
        let (title, state) = if is_new { ("now", State::Queued) } else { ("t", state) };
        assert_eq!((row.task.title.as_str(), row.state), (title, state));
    }
    let row = outbox.row(a);
    assert_eq!((row.task, row.list.as_deref()), (again.task, Some("Home")));
    assert_eq!(row.account.as_deref(), Some("ada"));
    // Whom it goes to stays known where nobody says it again.
    outbox.turn(a, &State::ALL, State::Parked).unwrap();
    outbox.enqueue(&[draft("a".into())]).unwrap();
    assert_eq!(outbox.row(a).account.as_deref(), Some("ada"));
}

#[test]
fn a_row_is_claimed_when_its_time_has_come_and_by_one() {
    let outbox = outbox();
    let (a, b) = (outbox.add("a"), outbox.add("b"));
    assert_eq!(outbox.claim("other", Which::One(a), "me", NOW).unwrap().map(|row| row.id), None);
    // What comes back is what was known before.
    let claimed = outbox.claim(HERE, Which::After(0), "me", NOW).unwrap().unwrap();
    assert_eq!((claimed.id, claimed.state, claimed.first_try), (a, State::Queued, None));
    let row = outbox.row(a);
    assert_eq!((row.state, row.first_try, row.last_try), (State::Sending, Some(NOW), Some(NOW)));
    // Nobody else has it until its time is over.
    assert_eq!(outbox.claimed(Which::One(a), NOW + LEASE - 1), None);
    assert_eq!(outbox.claimed(Which::After(0), NOW + LEASE - 1), Some(b));
    assert_eq!(outbox.claimed(Which::After(0), NOW + LEASE - 1), None);
    let claimed = outbox.claim(HERE, Which::One(a), "she", NOW + LEASE).unwrap().unwrap();
    assert_eq!((claimed.state, claimed.first_try), (State::Sending, Some(NOW)));
    assert_eq!(outbox.row(a).first_try, Some(NOW), "it may be there since then");

    // Not before its time; who asks for this one does not wait.
    outbox.not_sent(&claimed, "she", &refusal(State::Queued, false, Some(NOW + 5_000))).unwrap();
    assert_eq!(outbox.claimed(Which::After(0), NOW + 4_999), Some(b));
    assert_eq!(outbox.claimed(Which::After(0), NOW + 4_999), None);
    assert_eq!(outbox.claimed(Which::After(a - 1), NOW + 5_000), Some(a));
    assert!(outbox.turn(a, &[State::Sending], State::Queued).unwrap());
    assert_eq!(outbox.claimed(Which::One(a), NOW), Some(a));
}

#[test]
fn only_who_has_a_row_may_say_that_it_was_not_sent() {
    let outbox = outbox();
    let a = outbox.add("a");
    let mine = outbox.claim(HERE, Which::One(a), "me", NOW).unwrap().unwrap();
    let taken = outbox.claim(HERE, Which::One(a), "she", NOW + LEASE).unwrap().unwrap();
    outbox.not_sent(&mine, "me", &refusal(State::Parked, false, None)).unwrap();
    assert!(outbox.row(a).state == State::Sending && outbox.row(a).error.is_none());

    outbox.not_sent(&taken, "she", &refusal(State::Parked, false, Some(7))).unwrap();
    let row = outbox.row(a);
    assert_eq!((row.state, row.retry_at), (State::Parked, Some(7)));
    assert_eq!(row.first_try, Some(NOW), "the one before may have created it");
    let error = row.error.unwrap();
    assert_eq!((error.kind.as_str(), error.message.as_str()), ("provider_error", "no"));
    assert_eq!((error.help.as_deref(), error.at), (Some("ask them"), NOW + LEASE));

    // Said once, it has the row no more.
    outbox.not_sent(&taken, "she", &refusal(State::Queued, false, None)).unwrap();
    assert_eq!(outbox.row(a).state, State::Parked);

    // Tried anew it has no error, nor anything to wait for.
    assert!(outbox.enqueue(&[draft("a".into())]).unwrap()[0].1);
    assert!(outbox.row(a).error.is_none() && outbox.row(a).retry_at.is_none());
}

#[test]
fn a_lost_answer_is_remembered_and_a_plain_refusal_is_not() {
    let outbox = outbox();
    for (maybe, is_doubtful) in [(false, false), (true, true), (false, true)] {
        let a = outbox.add("a");
        let mine = outbox.claim(HERE, Which::One(a), "me", NOW).unwrap().unwrap();
        outbox.not_sent(&mine, "me", &refusal(State::Queued, maybe, None)).unwrap();
        assert_eq!(outbox.row(a).first_try.is_some(), is_doubtful, "{maybe}");
        assert_eq!(outbox.row(a).last_try, Some(NOW));
    }
    let a = outbox.add("a");
    outbox.certainly_absent(a).unwrap();
    assert_eq!(outbox.row(a).first_try, None);
}

#[test]
fn what_is_there_is_done_whoever_had_it() {
    let outbox = outbox();
    let a = outbox.add("a");
    let mine = outbox.claim(HERE, Which::One(a), "me", NOW).unwrap().unwrap();
    outbox.not_sent(&mine, "me", &refusal(State::Queued, true, Some(NOW + 9))).unwrap();
    outbox.claim(HERE, Which::One(a), "she", NOW).unwrap().unwrap();
    outbox.sent(a, &Created { id: "r1".into(), url: Some("https://x.example/1".into()) }).unwrap();
    outbox.sent(a, &Created { id: "r2".into(), url: None }).unwrap();
    outbox.not_sent(&mine, "she", &refusal(State::Parked, false, None)).unwrap();
    outbox.let_go("she").unwrap();
    let row = outbox.row(a);
    assert_eq!((row.state, row.remote.as_deref()), (State::Done, Some("r1")));
    assert_eq!((row.url.as_deref(), row.retry_at), (Some("https://x.example/1"), None));
    assert!(row.error.is_none());
    assert!(row.sent_at.is_some() && row.created_at > 0);
    assert_eq!(outbox.claimed(Which::One(a), i64::MAX - LEASE), None);
}

#[test]
fn who_is_told_to_end_lets_go_of_what_it_has_and_of_nothing_else() {
    let outbox = outbox();
    let (a, b) = (outbox.add("a"), outbox.add("b"));
    outbox.claim(HERE, Which::One(a), "me", NOW).unwrap().unwrap();
    outbox.claim(HERE, Which::One(b), "she", NOW).unwrap().unwrap();
    outbox.let_go("me").unwrap();
    assert_eq!((outbox.row(a).state, outbox.row(b).state), (State::Queued, State::Sending));
    assert_eq!(outbox.row(a).first_try, Some(NOW), "it may be there");
    let mine = outbox.row(a);
    outbox.not_sent(&mine, "me", &refusal(State::Parked, false, None)).unwrap();
    assert_eq!(outbox.row(a).state, State::Queued, "nor says anything more of it");
    assert_eq!(outbox.claimed(Which::After(0), NOW), Some(a));
}

#[test]
fn rows_are_found_by_key_state_and_connection() {
    let outbox = outbox();
    let other = Draft { mark: "m2".into(), connection: "other".into(), ..draft("a".into()) };
    let rows = outbox.enqueue(&[draft("a".into()), draft("b".into()), other, draft("c".into())]).unwrap();
    let ids: Vec<i64> = rows.iter().map(|(row, _)| row.id).collect();
    let of_key = |key: &str, connection| {
        let rows = outbox.entries_of_key(key, connection).unwrap();
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    assert_eq!(of_key("a", None), [ids[0], ids[2]]);
    assert_eq!(of_key("a", Some(HERE)), [ids[0]]);
    assert!(of_key("a", Some("third")).is_empty() && of_key("z", None).is_empty());
    assert!(outbox.entry(ids[3] + 1).unwrap().is_none());

    assert!(outbox.turn(ids[1], &[State::Queued, State::Parked], State::Cancelled).unwrap());
    assert!(!outbox.turn(ids[1], &[State::Queued, State::Parked], State::Cancelled).unwrap());
    assert!(!outbox.turn(ids[3] + 1, &State::ALL, State::Queued).unwrap());
    outbox.claim(HERE, Which::One(ids[0]), "me", NOW).unwrap().unwrap();
    assert_eq!(outbox.keys(&[State::Queued, State::Sending], 9), ["c", "a", "a"], "the newest first");
    assert_eq!(outbox.keys(&[State::Queued, State::Sending], 2), ["c", "a"], "no more than asked for");
    assert_eq!(outbox.keys(&[State::Cancelled], 9), ["b"]);
    assert!(outbox.keys(&[State::Done], 9).is_empty());
    let mut waiting = outbox.waiting().unwrap();
    waiting.sort();
    assert_eq!(waiting, [("evil".to_owned(), 2), ("other".to_owned(), 1)]);
}

#[test]
fn a_row_learns_its_place_and_keeps_its_account() {
    let outbox = outbox();
    let (a, b) = (outbox.add("a"), outbox.add("b"));
    outbox.placed(a, Some("ada"), Some("list")).unwrap();
    outbox.placed(a, Some("eve"), Some("moved")).unwrap();
    let row = outbox.row(a);
    assert_eq!((row.account.as_deref(), row.place.as_deref()), (Some("ada"), Some("moved")));
    assert_eq!((outbox.row(b).account, outbox.row(b).place), (None, None));
}

#[test]
fn what_another_machine_may_have_created_may_be_there_from_the_start() {
    let outbox = outbox();
    let (row, is_new) =
        outbox.enqueue(&[Draft { maybe_since: Some(NOW - 5), ..draft("a".into()) }]).unwrap().remove(0);
    assert!(is_new && row.first_try == Some(NOW - 5));
    let claimed = outbox.claim(HERE, Which::After(0), "me", NOW).unwrap().unwrap();
    assert_eq!((claimed.state, claimed.first_try), (State::Queued, Some(NOW - 5)));

    // Also where this one has refused or cancelled it before the other one was asked.
    let b = outbox.add("b");
    for (maybe_since, first_try) in [(None, None), (Some(NOW - 5), Some(NOW - 5)), (Some(NOW), Some(NOW - 5))]
    {
        outbox.turn(b, &State::ALL, State::Cancelled).unwrap();
        outbox.enqueue(&[Draft { maybe_since, ..draft("b".into()) }]).unwrap();
        assert_eq!(outbox.row(b).first_try, first_try, "{maybe_since:?}");
    }
}

#[test]
fn a_task_that_another_version_wrote_keeps_its_title() {
    let outbox = outbox();
    let a = outbox.add("a");
    outbox.index.db.execute("UPDATE outbox SET task = '{\"beyond\": 1}'", []).unwrap();
    assert_eq!(outbox.row(a).task, NewTask { title: "t".into(), ..NewTask::default() });
}

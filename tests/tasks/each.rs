//! Once, whatever becomes of the answer, at every target.

use serde_json::{Value, json};

use crate::dialects::{GOOGLE_TASKS, LINEAR, TODOIST};
use crate::server::{Dialect, Target, Trap};
use crate::targets::{ALL, create};

/// What every target does on its own is tried at all of them at once: some have to be given time.
pub(crate) fn at_each(work: impl Fn(Dialect, &str) + Sync) {
    at(&ALL, work);
}

/// The rest of them, which other tests try more closely, too.
pub(crate) fn at_every(work: impl Fn(Dialect, &str) + Sync) {
    let rest = [(GOOGLE_TASKS, "google"), (LINEAR, "linear/ENG"), (TODOIST, "todoist")];
    at(&[&ALL[..], &rest].concat(), work);
}

fn at(all: &[(Dialect, &str)], work: impl Fn(Dialect, &str) + Sync) {
    std::thread::scope(|scope| {
        for (dialect, to) in all.iter().copied() {
            let work = &work;
            scope.spawn(move || work(dialect, to));
        }
    });
}

#[test]
fn tk02_a_lost_answer_is_one_task_at_each() {
    at_each(|dialect, to| {
        for trap in [Trap::CommitThen(500), Trap::CommitThen(0)] {
            let target = Target::open(dialect);
            let home = target.home();
            // Another of the same name is no reason to believe anything.
            create(&home, to, &["--key", "other"]).expect(0);
            target.trap(trap.clone());
            create(&home, to, &["--key", "k"]).expect(0);
            assert_eq!((target.tasks().len(), target.creates().len()), (2, 2), "{to} {trap:?}");
            let document = home.run(&["task", "list", "--json"]).expect(0).json();
            let ids: Vec<&Value> =
                document["tasks"].as_array().unwrap().iter().map(|task| &task["remote_id"]).collect();
            assert!(
                ids.len() == 2 && ids[0] != ids[1] && ids.iter().all(|id| id.is_string()),
                "{to}: {document}"
            );
            target.is_content();
        }
    });
}

/// What one machine created another one finds, whose outbox knows nothing of it.
#[test]
fn tk01_one_key_is_one_task_from_one_machine_after_another_at_each() {
    at_every(|dialect, to| {
        let target = Target::open(dialect);
        let mut ids = Vec::new();
        for key in ["k", "other", "k"] {
            let home = target.home();
            let document = create(&home, to, &["--key", key]).expect(0).json();
            ids.push(document["tasks"][0]["remote_id"].clone());
            assert_eq!(document["tasks"][0]["state"], "done", "{to}");
        }
        assert!(ids[0].is_string() && ids[0] == ids[2] && ids[0] != ids[1], "{to}: {ids:?}");
        assert_eq!(target.tasks().len(), 2, "{to}");
    });
}

/// A batch as well, at the price of one look for all of its lines where the provider shows what it has.
#[test]
fn tk01_a_batch_is_the_same_tasks_from_one_machine_after_another_at_each() {
    at_every(|dialect, to| {
        let target = Target::open(dialect);
        let lines: String = (0..8).map(|n| format!("- [ ] task {n}\n")).collect();
        for _ in 0..2 {
            let home = target.home();
            home.run(&["task", "targets", dialect.provider]);
            home.run_with_input(&["task", "create", "--batch", "-", "--to", to], &lines).expect(0);
        }
        assert_eq!(target.tasks().len(), 8, "{to}");
        let home = target.home();
        home.run(&["task", "targets", dialect.provider]);
        let (before, creates) = (target.desk.asked().len(), target.creates().len());
        home.run_with_input(&["task", "create", "--batch", "-", "--to", to], &lines).expect(0);
        assert_eq!(target.tasks().len(), 8, "{to}");
        let asked = target.desk.asked().len() - before;
        if ["google", "github", "trello", "clickup", "asana", "jira", "hubspot"].contains(&dialect.provider) {
            // Some show one task on a page.
            assert!(asked <= 10 && target.creates().len() == creates, "{to}: {asked} requests for 8 lines");
        }
    });
}

#[test]
fn tk02_nothing_committed_is_sent_again_at_each() {
    at_each(|dialect, to| {
        let target = Target::open(dialect);
        let home = target.home();
        target.trap(Trap::Refuse(500, vec![], json!({})));
        target.trap(Trap::Refuse(429, vec![("retry-after", "1".into())], json!({})));
        create(&home, to, &[]).expect(0);
        assert_eq!((target.tasks().len(), target.creates().len()), (1, 3), "{to}");
    });
}

#[test]
fn tk06_each_refusal_parks_one_and_a_limit_or_a_dead_token_keeps_it() {
    at_each(|dialect, to| {
        let target = Target::open(dialect);
        let home = target.home();
        for (status, state) in [
            (400, "parked"),
            (403, "parked"),
            (409, "parked"),
            (413, "parked"),
            (422, "parked"),
            (401, "queued"),
            (429, "queued"),
        ] {
            target.trap(Trap::Refuse(
                status,
                vec![("retry-after", "9999".into())].into_iter().filter(|_| status == 429).collect(),
                json!({}),
            ));
            let ended = create(&home, to, &["--key", &status.to_string()]);
            assert_eq!(ended.json()["tasks"][0]["state"], state, "{to} {status}: {}", ended.stderr);
            assert!(target.tasks().is_empty(), "{to} {status}");
        }
    });
}

//! Group TK: whatever happens between us and the provider, a task that was accepted is there once, or the person is told.

use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};

use crate::clock::at;
use crate::dialects::{GOOGLE_TASKS, HUBSPOT, LINEAR, TODOIST};
use crate::seal::{Ended, Home};
use crate::server::{Dialect, Target, Trap};

const ALL: [Dialect; 3] = [TODOIST, LINEAR, GOOGLE_TASKS];

pub(crate) fn place(dialect: Dialect) -> &'static str {
    match dialect.provider {
        "linear" => "linear/ENG",
        other => other,
    }
}

fn create(home: &Home, dialect: Dialect, key: &str) -> Ended {
    home.run(&["task", "create", key, "--to", place(dialect), "--key", key, "--json"])
}

/// The state of every task, by key.
pub(crate) fn states(home: &Home) -> Vec<(String, String)> {
    let document = home.run(&["task", "list", "--limit", "100000", "--json"]).expect(0).json();
    let text = |task: &Value, field: &str| task[field].as_str().unwrap().to_owned();
    document["tasks"]
        .as_array()
        .unwrap()
        .iter()
        .map(|task| (text(task, "key"), text(task, "state")))
        .collect()
}

pub(crate) fn state(home: &Home, key: &str) -> String {
    states(home).into_iter().find(|(own, _)| own == key).unwrap().1
}

/// The lists are known: what follows needs one request per task.
pub(crate) fn learnt(target: &Target) -> Home {
    let home = target.home();
    home.run(&["task", "targets", target.dialect.provider]).expect(0);
    home
}

#[test]
fn tk02_committed_and_then_an_error_or_silence_is_one_task() {
    for dialect in ALL {
        for trap in [
            Trap::CommitThen(500),
            Trap::CommitThen(503),
            Trap::CommitThen(0),
            Trap::CommitHang(Duration::from_secs(4)),
        ] {
            let target = Target::open(dialect);
            let home = learnt(&target);
            home.run(&["config", "set", "limits.deadline", "2s"]).expect(0);
            target.trap(trap.clone());
            let ended = create(&home, dialect, "k");
            // Told to wait, or found at once: never two, and never lost.
            if ended.code != 0 {
                home.run(&["task", "retry"]).expect(0);
            }
            assert_eq!(target.tasks().len(), 1, "{} {trap:?}: {}", dialect.provider, ended.stderr);
            assert_eq!(state(&home, "k"), "done");
            target.is_content();
        }
    }
}

#[test]
fn tk02_nothing_committed_and_an_error_is_one_task_too() {
    for dialect in ALL {
        let target = Target::open(dialect);
        let home = learnt(&target);
        target.trap(Trap::Refuse(500, vec![], json!({})));
        target.trap(Trap::Refuse(429, vec![("retry-after", "1".into())], json!({})));
        create(&home, dialect, "k").expect(0);
        assert_eq!(target.tasks().len(), 1, "{}", dialect.provider);
    }
}

#[test]
fn tk02_a_look_that_fails_leaves_the_doubt() {
    for dialect in ALL {
        let target = Target::open(dialect);
        let home = learnt(&target);
        target.trap(Trap::CommitAndDie);
        // A line of a batch: nothing but the outbox says that it may be there.
        home.write("k.jsonl", r#"{"title": "k", "key": "k"}"#);
        home.run(&["task", "create", "--batch", "k.jsonl", "--to", place(dialect)]).expect(4);
        assert_eq!((target.tasks().len(), state(&home, "k").as_str()), (1, "queued"));
        target.tell(|play| play.down = None);
        home.run(&["task", "retry"]).expect(0);
        assert_eq!((target.tasks().len(), state(&home, "k").as_str()), (1, "done"), "{}", dialect.provider);
    }
}

#[test]
fn tk03_the_marker_is_looked_up_before_a_second_try() {
    let target = Target::open(GOOGLE_TASKS);
    let home = learnt(&target);
    for key in ["a", "b"] {
        create(&home, GOOGLE_TASKS, key).expect(0);
    }
    target.trap(Trap::CommitThen(500));
    create(&home, GOOGLE_TASKS, "c").expect(0);
    assert_eq!(target.tasks().len(), 3);
    assert_eq!(target.creates().len(), 3, "it was found and not sent again");
}

#[test]
fn tk03_a_look_waits_until_there_is_something_to_see() {
    let target = Target::open(GOOGLE_TASKS);
    let home = learnt(&target);
    target.tell(|play| play.lag = Duration::from_secs(2));
    target.trap(Trap::CommitThen(500));
    create(&home, GOOGLE_TASKS, "k").expect(0);
    assert_eq!((target.tasks().len(), target.creates().len()), (1, 1));
}

#[test]
fn tk08_a_doubt_outlives_the_limit_that_came_after_it() {
    let target = Target::open(TODOIST);
    let home = learnt(&target);
    target.trap(Trap::CommitThen(500));
    target.trap(Trap::Refuse(429, vec![("retry-after", "9999".into())], json!({"http_code": 429})));
    create(&home, TODOIST, "k").expect(4);
    assert_eq!((state(&home, "k").as_str(), target.creates().len()), ("queued", 2));
    // The key is forgotten by then.
    target.tell(|play| play.keys.clear());
    let later = Ended::of(at(&mut home.command(&["task", "retry"]), 25 * 3600).output().unwrap());
    assert_eq!((later.code, state(&home, "k").as_str()), (4, "unknown"), "{}", later.stderr);
    assert_eq!((target.tasks().len(), target.creates().len()), (1, 2));
}

#[test]
fn tk06_a_limit_is_kept_to_by_whoever_comes_next() {
    for dialect in ALL {
        let target = Target::open(dialect);
        let home = learnt(&target);
        let limited = json!({"errors": [{"message": "slow", "extensions": {"code": "RATELIMITED"}}]});
        target.trap(Trap::Refuse(429, vec![("retry-after", "9999".into())], limited));
        create(&home, dialect, "k").expect(4);
        home.run(&["task", "retry"]).expect(0);
        if dialect.provider != "google" {
            home.run(&["sync"]).expect(0);
        }
        assert_eq!(
            (state(&home, "k").as_str(), target.creates().len()),
            ("queued", 1),
            "{}",
            dialect.provider
        );
        let later = Ended::of(at(&mut home.command(&["task", "retry"]), 10_100).output().unwrap());
        assert_eq!((later.code, target.tasks().len()), (0, 1), "{}: {}", dialect.provider, later.stderr);
    }
}

#[test]
fn tk03_tk08_what_nobody_can_know_is_told_and_not_sent_again() {
    let target = Target::open(TODOIST);
    target.tell(|play| play.ignores_keys = true);
    let home = learnt(&target);
    // The last of three tries is lost as well: the provider forgets the key meanwhile.
    (0..3).for_each(|_| target.trap(Trap::Refuse(500, vec![], json!({}))));
    let ended = create(&home, TODOIST, "k").expect(4);
    assert_eq!(ended.json()["tasks"][0]["state"], "queued");
    let later = Ended::of(at(&mut home.command(&["task", "retry"]), 25 * 3600).output().unwrap());
    assert_eq!(later.code, 4, "{}{}", later.stdout, later.stderr);
    assert_eq!(state(&home, "k"), "unknown");
    assert_eq!(target.creates().len(), 3, "not sent again");
    let again = create(&home, TODOIST, "k").expect(4);
    assert!(
        again.stderr.contains("--again") || again.stdout.contains("--again"),
        "{}{}",
        again.stdout,
        again.stderr
    );
    assert_eq!(target.creates().len(), 3);
    // A person looked, and says so.
    let mut command = home.command(&["task", "retry", "k", "--again"]);
    let sent = Ended::of(at(&mut command, 25 * 3600).output().unwrap());
    assert_eq!(sent.code, 0, "{}", sent.stderr);
    assert_eq!((target.tasks().len(), state(&home, "k").as_str()), (1, "done"));
}

#[test]
fn tk06_what_is_refused_for_good_blocks_nothing() {
    for dialect in ALL {
        for status in [400, 403, 404, 409, 413, 422] {
            if dialect.provider == "todoist" && status == 403 {
                continue; // There it means: sign in again.
            }
            let target = Target::open(dialect);
            let home = learnt(&target);
            home.run(&["config", "set", "limits.tries", "1"]).expect(0);
            target.tell(|play| play.down = Some((503, json!({}))));
            create(&home, dialect, "bad").expect(4);
            create(&home, dialect, "good").expect(4);
            target.tell(|play| play.down = None);
            target.trap(Trap::Refuse(status, vec![], json!({"error": "no such luck", "http_code": status})));
            let ended = home.run(&["task", "retry"]);
            assert_eq!(ended.code, 8, "{} {status}: {}{}", dialect.provider, ended.stdout, ended.stderr);
            let mut found = states(&home);
            found.sort();
            let of = |state: &str| found.iter().filter(|(_, own)| own == state).count();
            assert_eq!((of("parked"), of("done")), (1, 1), "{} {status}: {found:?}", dialect.provider);
            assert_eq!(target.tasks().len(), 1);
        }
    }
}

#[test]
fn tk06_a_refused_token_and_a_limit_keep_everything() {
    for (dialect, status, code) in [(TODOIST, 401, 3), (TODOIST, 429, 4), (HUBSPOT, 477, 4)] {
        let target = Target::open(dialect);
        let home = learnt(&target);
        target.trap(Trap::Refuse(status, vec![("retry-after", "9999".into())], json!({"http_code": status})));
        let ended = create(&home, dialect, "k").expect(code);
        assert_eq!(ended.json()["tasks"][0]["state"], "queued");
        assert!(ended.json()["tasks"][0]["error"]["kind"].is_string());
        home.run(&["task", "create", "k", "--to", dialect.provider, "--key", "k", "--queue"]);
        assert!(target.tasks().len() <= 1);
    }
}

#[test]
fn tk09_another_account_gets_nothing() {
    let target = Target::open(TODOIST);
    let home = learnt(&target);
    target.tell(|play| play.down = Some((503, json!({}))));
    create(&home, TODOIST, "k").expect(4);
    target.tell(|play| {
        play.down = None;
        play.account = "mallory".into();
    });
    let ended =
        home.run_with_input(&["connect", "todoist", "--token-stdin", "--replace"], target.dialect.token);
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let ended = home.run(&["task", "retry"]).expect(6);
    assert!(ended.stderr.contains("another account"), "{}", ended.stderr);
    assert!(target.creates().iter().all(|asked| asked.body.contains("\"k\"")));
    assert!(target.tasks().is_empty());
    assert_eq!(state(&home, "k"), "queued");
    // The former account comes back.
    target.tell(|play| play.account = "anna".into());
    home.run_with_input(&["connect", "todoist", "--token-stdin", "--replace"], target.dialect.token);
    home.run(&["task", "retry"]);
    assert_eq!(target.tasks().len(), 1);
}

#[test]
fn tk09_a_connection_that_is_taken_away_leaves_its_rows() {
    let target = Target::open(TODOIST);
    let home = learnt(&target);
    target.tell(|play| play.down = Some((503, json!({}))));
    create(&home, TODOIST, "k").expect(4);
    target.tell(|play| play.down = None);
    home.run(&["disconnect", "todoist", "--yes", "--force"]).expect(0);
    assert_eq!(state(&home, "k"), "queued");
    let before = target.creates().len();
    let ended = home.run(&["task", "retry"]).expect(3);
    assert!(ended.stderr.contains("1 for todoist wait"), "{}", ended.stderr);
    assert_eq!(target.creates().len(), before);
    home.run_with_input(&["connect", "todoist", "--token-stdin"], target.dialect.token).expect(0);
    assert_eq!((state(&home, "k").as_str(), target.tasks().len()), ("done", 1));
}

#[test]
fn what_waits_for_a_sign_in_is_sent_after_it() {
    let target = Target::open(TODOIST);
    let home = Home::new();
    target.known_to(&home);
    let kept = home.run(&["task", "create", "x", "--to", "todoist/Offers", "--json"]).expect(3);
    assert_eq!(kept.json()["tasks"][0]["state"], "queued");
    home.run(&["task", "create", "y", "--to", "todoist", "--queue"]).expect(0);
    home.run_with_input(&["connect", "todoist", "--token-stdin"], target.dialect.token);
    home.run(&["task", "retry"]);
    assert_eq!(target.tasks().len(), 2);
    assert!(states(&home).iter().all(|(_, state)| state == "done"));
}

#[test]
fn a_task_that_waits_can_be_taken_back() {
    let target = Target::open(TODOIST);
    let home = learnt(&target);
    target.tell(|play| play.down = Some((503, json!({}))));
    create(&home, TODOIST, "k").expect(4);
    target.tell(|play| play.down = None);
    home.run(&["task", "cancel", "k"]).expect(0);
    home.run(&["task", "retry"]).expect(0);
    // Nor does its number alone bring it back.
    let refused = home.run(&["task", "retry", "k"]).expect(2).stderr;
    assert!(refused.contains("was cancelled") && refused.contains("--again"), "{refused}");
    assert!(target.tasks().is_empty());
    home.run(&["task", "retry", "k", "--again"]).expect(0);
    assert_eq!(target.tasks().len(), 1);
    create(&home, TODOIST, "k").expect(0);
    home.run(&["task", "cancel", "k"]).expect(2);
    assert_eq!(target.tasks().len(), 1);
}

#[test]
fn tk04_twenty_processes_empty_one_outbox() {
    for dialect in ALL {
        let target = Target::open(dialect);
        let home = learnt(&target);
        offline(&target, &home, 60);
        target.tell(|play| play.ignores_keys = true);
        let running: Vec<_> = (0..20)
            .map(|_| {
                let mut command = home.command(&["task", "retry"]);
                command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
            })
            .collect();
        for child in running {
            let ended = Ended::of(child.wait_with_output().unwrap());
            assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
        }
        assert_eq!(target.tasks().len(), 60, "{}", dialect.provider);
        assert!(states(&home).iter().all(|(_, state)| state == "done"));
    }
}

/// So many tasks, none of which can be sent.
fn offline(target: &Target, home: &Home, count: usize) {
    target.tell(|play| play.down = Some((503, json!({}))));
    let lines: Vec<String> = (0..count).map(|n| format!("- [ ] task {n}")).collect();
    home.write("tasks.md", &lines.join("\n"));
    let ended =
        home.run(&["task", "create", "--batch", "tasks.md", "--to", place(target.dialect), "--queue"]);
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    target.tell(|play| play.down = None);
    assert_eq!(states(home).len(), count);
}

//! Processes that die in the middle, wherever that is: every task that was asked for is there once.

use std::io::Write;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::json;

use crate::clock::at;
use crate::dialects::{GOOGLE_TASKS, LINEAR, TODOIST};
use crate::once::{learnt, place, state, states};
use crate::seal::{Ended, Home};
use crate::server::{Dialect, Target, Trap};

/// What is waited for comes within this, or the test has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// `INTEG_TEST_LONG`: as often as was promised.
pub(crate) fn times(usual: usize, promised: usize) -> usize {
    if std::env::var_os("INTEG_TEST_LONG").is_some() { promised } else { usual }
}

/// Moments to kill at: other ones each time, and the same ones for the same `INTEG_TEST_SEED`.
struct Moments {
    seed: u64,
    state: u64,
}

impl Moments {
    fn new() -> Moments {
        let given = std::env::var("INTEG_TEST_SEED").ok().and_then(|text| text.parse().ok());
        let now = || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_nanos() as u64;
        let seed = given.unwrap_or_else(now).max(1);
        Moments { seed, state: seed }
    }

    /// Up to so many milliseconds (xorshift).
    fn next(&mut self, most: u64) -> Duration {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        Duration::from_millis(self.state % most)
    }
}

fn started(command: &mut Command) -> Child {
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

fn killed(mut child: Child, after: Duration) {
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Asked for while nothing can be sent, by a command that is killed and asked again.
fn asked_for(target: &Target, home: &Home, count: usize, moments: &mut Moments) {
    target.tell(|play| play.down = Some((503, json!({}))));
    let lines: Vec<String> = (0..count).map(|n| format!("- [ ] task {n}")).collect();
    home.write("tasks.md", &lines.join("\n"));
    let create = ["task", "create", "--batch", "tasks.md", "--to", place(target.dialect), "--queue"];
    for _ in 0..times(4, 20) {
        killed(started(&mut home.command(&create)), moments.next(400));
    }
    // What the dead had in hand is theirs for a minute more, and is told so.
    let ended = home.run(&create);
    assert!([0, 8, 75].contains(&ended.code), "seed {}: {}", moments.seed, ended.stderr);
    target.tell(|play| play.down = None);
    assert_eq!(states(home).len(), count, "seed {}", moments.seed);
}

fn under_kills(dialect: Dialect, count: usize, kills: usize) {
    let mut moments = Moments::new();
    let target = Target::open(dialect);
    let home = learnt(&target);
    asked_for(&target, &home, count, &mut moments);
    let seed = moments.seed;
    target.tell(|play| play.latency = Duration::from_millis(5));
    // Whoever was killed is given up for dead after a minute.
    let mut ahead = 0;
    for _ in 0..kills {
        let child = started(at(&mut home.command(&["task", "retry"]), ahead));
        killed(child, Duration::from_millis(40) + moments.next(400));
        ahead += 61;
    }
    let known = ["queued", "sending", "done"];
    assert!(states(&home).iter().all(|(_, state)| known.contains(&state.as_str())), "seed {seed}");
    target.tell(|play| play.latency = Duration::ZERO);
    let mut command = home.command(&["task", "retry"]);
    let ended = Ended::of(at(&mut command, ahead + 61).output().unwrap());
    assert_eq!(ended.code, 0, "{} seed {seed}: {}", dialect.provider, ended.stderr);
    let mut titles: Vec<String> = target.tasks().iter().map(crate::batch::title_of).collect();
    titles.sort();
    let before = titles.len();
    titles.dedup();
    assert_eq!((before, titles.len()), (count, count), "{} seed {seed}", dialect.provider);
    assert!(states(&home).iter().all(|(_, state)| state == "done"), "seed {seed}");
    target.is_content();
}

#[test]
fn tk01_tk05_an_id_of_ours_brings_each_there_once_under_random_kills() {
    under_kills(LINEAR, times(300, 1000), times(12, 60));
}

#[test]
fn tk01_tk05_a_key_brings_each_there_once_under_random_kills() {
    under_kills(TODOIST, times(120, 1000), times(10, 60));
}

/// Its pages are one task long: what is looked for is looked for long.
#[test]
fn tk01_tk05_a_marker_brings_each_there_once_under_random_kills() {
    under_kills(GOOGLE_TASKS, times(40, 200), times(8, 30));
}

/// One that creates, and is held in the middle of it. A line of a batch: nothing but the outbox says that it may be there.
fn held(target: &Target, home: &Home) -> Child {
    target.trap(Trap::CommitHang(Duration::from_secs(3)));
    let to = place(target.dialect);
    home.write("k.jsonl", r#"{"title": "k", "key": "k"}"#);
    let child = started(&mut home.command(&["task", "create", "--batch", "k.jsonl", "--to", to]));
    let began = Instant::now();
    while target.tasks().is_empty() {
        assert!(began.elapsed() < PATIENCE, "{}: the task was not sent", target.dialect.provider);
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn ended(mut child: Child, dialect: Dialect) {
    let began = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if began.elapsed() > PATIENCE {
            child.kill().unwrap();
            panic!("{}: it did not come to its end", dialect.provider);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn retried(home: &Home, ahead: i64) {
    let ended = Ended::of(at(&mut home.command(&["task", "retry"]), ahead).output().unwrap());
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
}

/// The files that say who is sending.
fn senders(home: &Home) -> usize {
    let files = std::fs::read_dir(home.path().join("data/integ")).unwrap().flatten();
    files.filter(|file| file.file_name().to_string_lossy().contains(".sends-")).count()
}

#[test]
fn tk05_what_a_dead_process_had_is_looked_after_in_a_minute() {
    for dialect in [TODOIST, LINEAR, GOOGLE_TASKS] {
        let target = Target::open(dialect);
        let home = learnt(&target);
        killed(held(&target, &home), Duration::ZERO);
        assert_eq!(senders(&home), 1);
        retried(&home, 30);
        assert_eq!(
            (state(&home, "k").as_str(), target.creates().len()),
            ("sending", 1),
            "{}",
            dialect.provider
        );
        assert_eq!(senders(&home), 0);
        retried(&home, 75);
        assert_eq!((state(&home, "k").as_str(), target.tasks().len()), ("done", 1), "{}", dialect.provider);
        target.is_content();
    }
}

#[test]
fn tk05_what_a_stopped_process_has_is_left_to_it_for_ten_minutes() {
    for dialect in [TODOIST, LINEAR, GOOGLE_TASKS] {
        let target = Target::open(dialect);
        let home = learnt(&target);
        let child = held(&target, &home);
        let pid = Pid::from_raw(child.id().try_into().unwrap());
        kill(pid, Signal::SIGSTOP).unwrap();
        retried(&home, 500);
        assert_eq!(
            (state(&home, "k").as_str(), target.creates().len()),
            ("sending", 1),
            "{}",
            dialect.provider
        );
        retried(&home, 620);
        assert_eq!((state(&home, "k").as_str(), target.tasks().len()), ("done", 1), "{}", dialect.provider);
        // It goes on where it was, cannot look, and takes nothing back.
        target.tell(|play| play.down = Some((503, json!({}))));
        kill(pid, Signal::SIGCONT).unwrap();
        ended(child, dialect);
        assert_eq!((state(&home, "k").as_str(), target.tasks().len()), ("done", 1), "{}", dialect.provider);
        assert_eq!(senders(&home), 0);
    }
}

#[test]
fn tk05_what_an_interrupted_process_had_is_looked_after_at_once() {
    for dialect in [TODOIST, LINEAR, GOOGLE_TASKS] {
        let target = Target::open(dialect);
        let home = learnt(&target);
        let child = held(&target, &home);
        kill(Pid::from_raw(child.id().try_into().unwrap()), Signal::SIGINT).unwrap();
        ended(child, dialect);
        assert_eq!((state(&home, "k").as_str(), senders(&home)), ("queued", 0), "{}", dialect.provider);
        home.run(&["task", "retry"]).expect(0);
        assert_eq!((state(&home, "k").as_str(), target.tasks().len()), ("done", 1), "{}", dialect.provider);
    }
}

/// Two homes of one account, as on two machines: what is kept in one is not known in the other.
#[test]
fn one_key_is_one_task_from_two_homes_where_the_provider_knows_it_again() {
    for dialect in [TODOIST, LINEAR] {
        let target = Target::open(dialect);
        let running: Vec<(Home, Child)> = (0..2)
            .map(|_| {
                let home = learnt(&target);
                let mut command = home.command(&["task", "create", "--batch", "-", "--to", place(dialect)]);
                let mut child = command
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                let lines: String = (0..40).map(|n| format!("- [ ] task {n}\n")).collect();
                child.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
                (home, child)
            })
            .collect();
        for (home, child) in running {
            assert_eq!(Ended::of(child.wait_with_output().unwrap()).code, 0);
            assert!(states(&home).iter().all(|(_, state)| state == "done"));
        }
        assert_eq!(target.tasks().len(), 40, "{}", dialect.provider);
    }
}

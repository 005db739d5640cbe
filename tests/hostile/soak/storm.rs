//! A machine and a provider on a bad day: requests fail, the disk fills and empties, commands are killed. At the end
//! nothing is lost and nothing happened twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use super::asked;
use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::{Home, Output, Random, figure, files_below, seed};
use crate::points::tasks;
use nix::sys::signal::Signal;

/// Of a hundred requests.
const FAILING: usize = 30;

struct Storm<'a> {
    evil: &'a Evil,
    home: &'a Home,
    began: Instant,
    length: Duration,
    /// A command dies this often.
    killing: Duration,
    random: Mutex<Random>,
    last_kill: Mutex<Instant>,
    commands: AtomicUsize,
    killed: AtomicUsize,
    full: AtomicUsize,
    /// Tasks of which somebody was told that they are kept, and by which words.
    acknowledged: Mutex<BTreeMap<String, String>>,
}

impl Storm<'_> {
    fn chance(&self, limit: usize) -> usize {
        self.random.lock().unwrap().below(limit)
    }

    fn is_over(&self) -> bool {
        self.began.elapsed() >= self.length
    }

    fn acknowledged(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.acknowledged.lock().unwrap()
    }

    /// Whether the next command is one that dies.
    fn takes_the_kill(&self) -> bool {
        let mut last = self.last_kill.lock().unwrap();
        let due = last.elapsed() >= self.killing;
        if due {
            *last = Instant::now();
        }
        due
    }

    fn run(&self, args: &[&str]) -> Output {
        self.commands.fetch_add(1, Ordering::SeqCst);
        let running = self.home.call(args).full_while(self.home.path("full")).start();
        if self.takes_the_kill() {
            thread::sleep(Duration::from_millis(self.chance(60) as u64));
            running.signal(Signal::SIGKILL);
        }
        let output = running.wait();
        self.killed.fetch_add(usize::from(output.code == 137), Ordering::SeqCst);
        // Temporary trouble, storage trouble, somebody else's turn; never a sign-in, and never a surprise.
        assert!([0, 4, 5, 8, 75, 137].contains(&output.code), "{}", output.transcript());
        output
    }

    fn work(&self) {
        let mut number = 0;
        while !self.is_over() {
            match self.chance(6) {
                0 => drop(self.run(&["refresh", "evil", "--force"])),
                1 => {
                    let output = self.run(&["token", "evil"]);
                    let token = output.out();
                    let works = output.code != 0 || self.evil.state().grants.is_live(token.trim());
                    assert!(works, "a token that does not work");
                }
                2 => drop(self.run(&["test", "evil"])),
                3 => drop(self.run(&["task", "retry"])),
                _ => {
                    number += 1;
                    let key = format!("task-{:?}-{number}", thread::current().id()).replace(['(', ')'], "");
                    let how: &[&str] = if number % 2 == 0 { &["--queue"] } else { &[] };
                    let create = ["task", "create", &key, "--to", "evil", "--key", &key, "--json"];
                    let output = self.run(&[&create[..], how].concat());
                    let told = output.out();
                    if told.contains("\"done\"") || told.contains("\"queued\"") {
                        self.acknowledged().insert(key, output.transcript());
                    }
                }
            }
        }
    }

    /// Full for a fifth of the time.
    fn fill_the_disk(&self) {
        let full = self.home.path("full");
        while !self.is_over() {
            thread::sleep(Duration::from_millis(400));
            fs::write(&full, "").unwrap();
            self.full.fetch_add(1, Ordering::SeqCst);
            thread::sleep(Duration::from_millis(100));
            fs::remove_file(&full).unwrap();
        }
    }

    /// The request ids under which each task came, by title.
    fn arrived(&self) -> BTreeMap<String, BTreeSet<String>> {
        let mut arrived = BTreeMap::<_, BTreeSet<_>>::new();
        for asked in self.evil.asked("/tasks").iter().filter(|asked| asked.method == "POST") {
            let id = asked.header("x-request-id").unwrap().to_owned();
            arrived.entry(asked.field("content").unwrap()).or_default().insert(id);
        }
        arrived
    }
}

#[test]
fn nothing_is_lost_and_nothing_happens_twice() {
    let seconds = asked("INTEG_SOAK_SECONDS", 10);
    let killing = Duration::from_secs(if seconds > 60 { 10 } else { 1 });
    let seed = seed();
    figure(&format!("soak, storm: INTEG_TEST_SEED={seed}"));
    let evil = Evil::start();
    let home = tasks::seed(&evil).deadline("3s");
    // An answer that is lost is forgiven, so that nothing may be.
    evil.state().grants.rotation = Rotation::Grace;
    evil.fails_often(FAILING, seed);
    let storm = Storm {
        evil: &evil,
        home: &home,
        began: Instant::now(),
        length: Duration::from_secs(seconds),
        killing,
        random: Mutex::new(Random::new(seed)),
        last_kill: Mutex::new(Instant::now()),
        commands: AtomicUsize::new(0),
        killed: AtomicUsize::new(0),
        full: AtomicUsize::new(0),
        acknowledged: Mutex::default(),
    };
    thread::scope(|scope| {
        scope.spawn(|| storm.fill_the_disk());
        (0..3).for_each(|_| drop(scope.spawn(|| storm.work())));
    });
    let failed = evil.fails_often(0, seed);
    // Good weather: what waits is sent. Whoever was killed is given up after ten minutes, and a key is known for half an hour.
    home.call(&["task", "retry"]).at(700).run().exits(&[0, 4, 8]);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    let token = home.run(&["token", "evil"]).exits(&[0]).out();
    assert!(evil.state().grants.is_live(token.trim()));
    assert_eq!(home.status("evil")["state"], "connected");
    home.index_is_sound();
    let listed = home.run(&["task", "list", "--limit", "1000000", "--json"]).exits(&[0]).json();
    let rows = listed["tasks"].as_array().unwrap();
    let states: BTreeMap<_, _> =
        rows.iter().map(|row| (row["key"].as_str().unwrap(), row["state"].as_str().unwrap())).collect();
    assert_eq!(states.len(), rows.len(), "a task twice");
    let arrived = storm.arrived();
    let (mut told, mut lost) = (0, Vec::new());
    let acknowledged = storm.acknowledged().clone();
    for (key, words) in &acknowledged {
        match states.get(key.as_str()) {
            Some(&"done") if arrived.contains_key(key) => {}
            // A doubt that outlived what the provider remembers of a key: the person was told, and nothing is sent.
            Some(&"unknown") => told += 1,
            other => lost.push(format!("{key} is {other:?}: {words}")),
        }
    }
    let beside = files_below(&home.data());
    let last = rows.first().map(|row| (row["id"].clone(), row["key"].clone()));
    let lost = lost.join("\n");
    assert!(
        lost.is_empty(),
        "acknowledged, and not done: {lost}\n{} rows, the last {last:?}, in {beside:?}",
        rows.len()
    );
    assert!(told * 20 <= arrived.len(), "{told} of {} tasks are in doubt", arrived.len());
    for (key, ids) in &arrived {
        assert_eq!(ids.len(), 1, "{key} was sent under two ids");
    }
    let posts = evil.asked("/tasks").len();
    figure(&format!(
        "soak, storm: {seconds} s, {} commands, {} killed, the disk full {} times, {failed} of {} requests failed; {} \
         refreshes asked for; {} tasks acknowledged, {} arrived in {posts} requests, {told} are in doubt and said to be: 0 lost, 0 twice",
        storm.commands.load(Ordering::SeqCst),
        storm.killed.load(Ordering::SeqCst),
        storm.full.load(Ordering::SeqCst),
        evil.requests(),
        evil.refreshes(),
        storm.acknowledged().len(),
        arrived.len(),
    ));
    assert!(storm.killed.load(Ordering::SeqCst) > 0 && failed > 0 && !storm.acknowledged().is_empty());
}

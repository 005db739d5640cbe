//! ST15: whatever moment the machine goes away, the index is whole, and what was acknowledged is in it.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::evil::Evil;
use crate::home::{Random, figure, rounds, seed, share_in_words};
use crate::points::tasks;

#[test]
fn st15_random_kills_lose_nothing_that_was_acknowledged() {
    let (evil, seed) = (Evil::start(), seed());
    figure(&format!("kills: INTEG_TEST_SEED={seed}"));
    let home = tasks::seed(&evil);
    let rounds = rounds(200, 10_000);
    let mut random = Random::new(seed + rounds.start as u64);
    let mut acknowledged = BTreeSet::new();
    let (mut killed, mut span) = (0, 10_000);
    let count = rounds.len();
    for number in rounds {
        let key = format!("k{number}");
        let task = ["task", "create", &key, "--to", "evil", "--key", &key, "--queue"];
        let args: &[&str] = match number % 4 {
            1 => &["test", "evil"],
            3 => &["status", "--check"],
            _ => &task,
        };
        let (began, running) = (Instant::now(), home.start(args));
        // Each tenth is left alone, so that the moments are spread over a command, however busy the machine is.
        if number % 10 > 0 {
            thread::sleep(Duration::from_micros(random.below(span) as u64));
            running.signal(Signal::SIGKILL);
        }
        let output = running.wait();
        output.exits(&[0, 137]);
        if number % 10 == 0 {
            span = usize::try_from(began.elapsed().as_micros()).unwrap();
        }
        killed += usize::from(output.code == 137);
        if output.code == 0 && args == task {
            acknowledged.insert(key);
        }
        home.index_is_sound();
    }
    let listed = home.run(&["task", "list", "--limit", "1000000", "--json"]).exits(&[0]).json();
    let rows = listed["tasks"].as_array().unwrap();
    let keys: BTreeSet<_> = rows.iter().map(|row| row["key"].as_str().unwrap().to_owned()).collect();
    assert_eq!(keys.len(), rows.len(), "a task twice");
    let lost: Vec<_> = acknowledged.difference(&keys).collect();
    assert!(lost.is_empty(), "INTEG_TEST_SEED={seed}: acknowledged and lost: {lost:?}");
    assert!(killed * 4 > count && !acknowledged.is_empty(), "{killed} of {count} commands were killed");
    figure(&format!(
        "kills: {killed} of {count} commands killed{}, {} tasks acknowledged, 0 lost",
        share_in_words(),
        acknowledged.len()
    ));
    let token = home.run(&["token", "evil"]).exits(&[0]).out();
    assert!(evil.state().grants.is_live(token.trim()));
}

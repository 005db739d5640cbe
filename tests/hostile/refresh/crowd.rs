//! RF1, RF4: a crowd at one expired grant, and the one check of what came of it. `controls.rs` shows that it can fail.

use std::fs::remove_file;

use nix::sys::signal::Signal;

use crate::evil::Evil;
use crate::home::{Gate, Home, Running, figure, files_below, rounds, share_in_words};

/// What any refresher must show: one refresh at the provider, and a working token for everybody.
pub(super) fn verdict(evil: &Evil, answers: &[Result<String, String>]) -> Result<(), String> {
    let state = evil.state();
    let done: usize = state.grants.families.iter().map(|family| family.spent.len()).sum();
    if state.grants.revoked() > 0 {
        return Err(format!("the grant was revoked after {done} refreshes"));
    }
    if done != 1 {
        return Err(format!("{done} refreshes"));
    }
    for answer in answers {
        match answer {
            Ok(token) if state.grants.is_live(token) => {}
            Ok(_) => return Err("a token that does not work".into()),
            Err(why) => return Err(format!("no token: {why}")),
        }
    }
    Ok(())
}

fn answer(running: Running<'_>) -> Result<String, String> {
    let output = running.wait();
    if output.code == 0 { Ok(output.out().trim().to_owned()) } else { Err(output.transcript()) }
}

/// What becomes of the one who has the lock, while all the others wait for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holder {
    Answers,
    Stopped,
    Killed,
    LosesTheFile,
}

fn crowd(count: usize, holder: Holder) {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    let mut gate = Gate::new(&home);
    let join = || home.call(&["token", "evil"]).behind(gate.path()).start();
    let everybody: Vec<_> = (1..count).map(|_| join()).collect();
    let mut all = Vec::new();
    if holder == Holder::Answers {
        all.push(join());
        gate.wait_for(count);
        let _opened = gate.open();
        all.extend(everybody);
        let answers: Vec<_> = all.into_iter().map(answer).collect();
        verdict(&evil, &answers).unwrap();
    } else {
        gate.wait_for(count - 1);
        if holder == Holder::Killed {
            // The request that dies with its sender is never processed.
            evil.queue("token", &["hang"]);
        } else {
            evil.hold("token");
        }
        let first = home.start(&["token", "evil"]);
        evil.wait_for("token", 1);
        match holder {
            Holder::Stopped => {
                first.signal(Signal::SIGSTOP);
                evil.release("token");
            }
            Holder::LosesTheFile => {
                for path in files_below(&home.vault().join("locks")) {
                    remove_file(path).unwrap();
                }
            }
            Holder::Killed | Holder::Answers => {}
        }
        let _opened = gate.open();
        if holder == Holder::Killed {
            first.signal(Signal::SIGKILL);
            first.wait().exits(&[137]);
        } else {
            // Whoever comes now finds the lock taken, also where it makes a file of its own for it.
            home.run(&["token", "evil", "--lock-wait", "0s"]).exits(&[75]);
            evil.release("token");
            first.signal(Signal::SIGCONT);
            all.push(first);
        }
        all.extend(everybody);
        let answers: Vec<_> = all.into_iter().map(answer).collect();
        verdict(&evil, &answers).unwrap_or_else(|why| panic!("{holder:?}: {why}"));
    }
    // What is stored is what lives.
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
}

fn races(usual: usize, count: usize, holder: Holder) {
    let repeats = rounds(usual, 500).map(|_| crowd(count, holder)).count();
    figure(&format!(
        "races: {repeats} of {count} processes{}, the holder {holder:?}: one refresh each, all tokens work",
        share_in_words()
    ));
}

#[test]
fn rf01_twenty_processes_make_one_refresh() {
    races(20, 20, Holder::Answers);
}

#[test]
fn rf01_a_hundred_processes_make_one_refresh() {
    races(5, 100, Holder::Answers);
}

/// Each of the three has a test of its own, so that they can be run side by side.
#[test]
fn rf04_a_crowd_behind_a_holder_that_was_stopped() {
    races(2, 20, Holder::Stopped);
}

#[test]
fn rf04_a_crowd_behind_a_holder_that_was_killed() {
    races(2, 20, Holder::Killed);
}

#[test]
fn rf04_a_crowd_behind_a_holder_whose_lock_file_was_deleted() {
    races(2, 20, Holder::LosesTheFile);
}

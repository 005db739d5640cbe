//! RF2, RF3, RF11, RF17, RF18: many processes, one grant.

use std::fs;

use nix::fcntl::{Flock, FlockArg};

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::Home;

#[test]
fn rf02_a_waiter_gives_up_rather_than_refresh_without_the_lock() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    evil.hold("token");
    let holder = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    let waiters: Vec<_> = (0..20).map(|_| home.start(&["token", "evil", "--lock-wait", "1"])).collect();
    for waiter in waiters {
        waiter.wait().exits(&[75]);
    }
    assert_eq!(evil.refreshes(), 1);
    evil.release("token");
    holder.wait().exits(&[0]);
    home.run(&["token", "evil"]).exits(&[0]);
    assert_eq!(evil.refreshes(), 1);
}

#[test]
fn rf03_two_paths_to_one_vault_share_the_lock() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    let alias = home.path("alias");
    std::os::unix::fs::symlink(home.path("home/.local"), &alias).unwrap();
    evil.hold("token");
    let first = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    let second = home.call(&["token", "evil"]).env("XDG_DATA_HOME", alias.join("share")).start();
    std::thread::sleep(std::time::Duration::from_millis(300));
    evil.release("token");
    let (first, second) = (first.wait(), second.wait());
    first.exits(&[0]);
    second.exits(&[0]);
    assert_eq!(first.out(), second.out());
    assert_eq!(evil.refreshes(), 1);
}

/// Another version of the program knows no more of ours than this: the name of the file, and flock(2). Both are said
/// here a second time, so that a change of either cannot pass for one.
#[test]
fn rf03_another_version_is_kept_out_and_keeps_us_out() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil/work");
    let path = home.vault().join("locks/default~evil~work.lock");
    let other = || Flock::lock(fs::File::open(&path).unwrap(), FlockArg::LockExclusiveNonblock);
    let theirs = other().expect("nobody holds it yet");
    home.run(&["token", "evil/work", "--lock-wait", "1"]).exits(&[75]);
    assert_eq!(evil.refreshes(), 0, "refreshed while another version held the lock");
    drop(theirs);
    evil.hold("token");
    let ours = home.start(&["token", "evil/work"]);
    evil.wait_for("token", 1);
    assert!(other().is_err(), "another version could refresh beside us");
    evil.release("token");
    ours.wait().exits(&[0]);
    assert_eq!(evil.refreshes(), 1);
    assert!(other().is_ok(), "the lock outlived its holder");
}

#[test]
fn rf11_a_refusal_after_somebody_else_rotated_is_no_refusal() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    // Another machine restores its newer grant into the same vault while this one's request is under way.
    let elsewhere = home.copy();
    let newer = elsewhere.run(&["refresh", "evil", "--force"]);
    newer.exits(&[0]);
    evil.queue("token", &["http-400-invalid_grant"]);
    evil.hold("token");
    let late = home.start(&["token", "evil"]);
    evil.wait_for("token", 2);
    for (from, to) in elsewhere.vault_files().iter().zip(home.vault_files()) {
        fs::copy(from, to).unwrap();
    }
    evil.release("token");
    let adopted = late.wait();
    adopted.exits(&[0]);
    assert!(evil.state().grants.is_live(adopted.out().trim()));
    assert_ne!(home.status("evil")["state"], "needs_reauth");
    assert_eq!(evil.refreshes(), 2);
}

#[test]
fn rf17_many_refused_tokens_make_one_rotation() {
    for rule in ["rotating", "on-401"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        let rule = format!("\"{rule}\"");
        home.provider("evil", &crate::home::provider_toml(&evil, &[("refresh", &rule)]));
        home.fresh(&evil, "evil");
        evil.state().grants.live.clear();
        let running: Vec<_> = (0..20).map(|_| home.start(&["api", "evil", "/api/x"])).collect();
        for one in running {
            one.wait().exits(&[0]);
        }
        assert_eq!(evil.refreshes(), 1, "{rule}");
    }
}

#[test]
fn rf17_a_refused_token_on_stdin_is_refreshed_only_while_it_is_the_stored_one() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let first = home.run_with(&["token", "evil", "--rejected"], &grant.access);
    first.exits(&[0]);
    assert_ne!(first.out().trim(), grant.access);
    let second = home.run_with(&["token", "evil", "--rejected"], format!("{}\n", grant.access));
    assert_eq!(second.exits(&[0]).out(), first.out());
    assert_eq!(evil.refreshes(), 1);
}

#[test]
fn rf18_any_rotation_works_and_may_change() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    for rotation in [Rotation::None, Rotation::Grace, Rotation::Strict, Rotation::None, Rotation::Strict] {
        evil.state().grants.rotation = rotation;
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    }
    assert_eq!(evil.state().grants.revoked(), 0);
}

#[test]
fn rf19_a_token_that_speaks_for_somebody_else_is_noticed() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.connect(&["evil"]).0.exits(&[0]);
    evil.mode("me", "other-account");
    home.run(&["test", "evil"]).exits(&[6]);
    evil.mode("me", "ok");
    home.run(&["test", "evil"]).exits(&[0]);
}

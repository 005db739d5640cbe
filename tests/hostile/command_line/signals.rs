//! CL5: interrupted at any moment.

use std::thread;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::{Act, Home, Point, files_below, rounds};

#[test]
fn cl05_a_signal_at_any_moment_leaves_no_half_state() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.state().grants.rotation = Rotation::Grace;
    home.expired(&evil, "evil");
    let commands: [&[&str]; 8] = [
        &["refresh", "evil", "--force"],
        &["test", "evil"],
        &["status", "--check"],
        &["refresh", "--all", "--force"],
        &["token", "evil"],
        &["api", "evil", "/api/x"],
        &["config", "set", "limits.tries", "2"],
        &["providers", "evil"],
    ];
    for n in rounds(24, 200 * commands.len()) {
        let signal = [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP][n % 3];
        let running = home.start(commands[n % commands.len()]);
        thread::sleep(Duration::from_micros(n.wrapping_mul(6_151) as u64 % 30_000));
        running.signal(signal);
        running.wait().exits(&[0, 128 + signal as i32]);
    }
    // The locks are free, and what is stored is whole.
    home.run(&["refresh", "evil", "--force", "--lock-wait", "1"]).exits(&[0]);
    home.index_is_sound();
}

#[test]
fn cl05_a_signal_at_any_storage_call_leaves_no_temporary_file() {
    let args = ["config", "set", "limits.tries", "2"];
    let listed = Home::empty();
    listed.call(&args).disk(Point::NONE).run().exits(&[0]);
    let calls = listed.storage_calls();
    assert!(calls.iter().any(|call| call.contains(".tmp")), "nothing is written beside its place: {calls:?}");
    for (at, call) in (1..).zip(&calls) {
        let home = Home::empty();
        home.call(&args).disk(Point { at, act: Act::End }).run().exits(&[143]);
        for path in files_below(&home.path("home")) {
            assert!(path.extension().is_none_or(|end| end != "tmp"), "{path:?} was left at {call}");
        }
    }
}

#[test]
fn cl05_a_signal_during_a_long_exchange_ends_it_and_keeps_the_grant() {
    for signal in [Signal::SIGINT, Signal::SIGTERM, Signal::SIGHUP] {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("3s");
        let grant = home.expired(&evil, "evil");
        evil.mode("token", "hang");
        let running = home.start(&["token", "evil"]);
        evil.wait_for("token", 1);
        running.signal(signal);
        running.wait().exits(&[128 + signal as i32]);
        assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
    }
}

#[test]
fn cl05_a_signal_while_nothing_is_under_way_begins_nothing() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    // Behind the lock of another process.
    evil.hold("token");
    let holder = home.start(&["token", "evil"]);
    evil.wait_for("token", 1);
    let waiter = home.start(&["token", "evil"]);
    thread::sleep(Duration::from_millis(300));
    waiter.signal(Signal::SIGINT);
    waiter.wait().exits(&[130]).never_says("Finishing");
    evil.release("token");
    holder.wait().exits(&[0]);
    assert_eq!(evil.refreshes(), 1);
    // In the pause before the next try.
    evil.queue("token", &["http-503-retry"]);
    let pausing = home.start(&["refresh", "evil", "--force"]);
    evil.wait_for("token", 2);
    thread::sleep(Duration::from_millis(300));
    pausing.signal(Signal::SIGINT);
    pausing.wait().exits(&[130]).never_says("Finishing");
    assert_eq!(evil.refreshes(), 2, "another exchange was begun");
}

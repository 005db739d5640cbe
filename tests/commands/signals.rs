//! A signal ends a command at once, also where it waits for somebody who does not come; one that whoever started it wants
//! ignored does not.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::desk::{Desk, answer};
use crate::seal::{Ended, Home};

fn connected(desk: &Desk) -> Home {
    let home = Home::new();
    home.provider("x", &format!("title = \"X\"\napi-url = \"{}\"\n", desk.url));
    home.paste("x", "CANARY-token");
    home
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().cast_signed()), signal).unwrap();
}

/// Its code, as a shell sees it. What would wait for ever fails.
fn end(mut child: Child) -> i32 {
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > Duration::from_secs(20) {
            child.kill().unwrap();
            panic!("it does not end");
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    // What it did not write any more is of no interest.
    child.stdout = None;
    Ended::of(child.wait_with_output().unwrap()).code
}

#[test]
fn nobody_reads_what_it_writes() {
    let desk = Desk::open(|_| answer(200, "y".repeat(4_000_000)));
    let home = connected(&desk);
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
        let mut command = home.command(&["api", "x", "/big"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        // It has begun to write, and the pipe does not hold the rest.
        let mut reader = child.stdout.take().unwrap();
        reader.read_exact(&mut [0]).unwrap();
        send(&child, signal);
        assert_eq!(end(child), 128 + signal as i32);
        drop(reader);
    }
}

#[test]
fn a_notifier_that_hangs_is_not_waited_for() {
    let desk = Desk::open(|_| answer(401, "{\"error\":\"invalid_token\"}"));
    let home = connected(&desk);
    let begun = home.path().join("begun");
    let notify = format!("[\"/bin/sh\", \"-c\", \"touch '{}'; exec sleep 60\"]", begun.display());
    home.run(&["config", "set", "notify.command", &notify]).expect(0);
    let mut command = home.command(&["api", "x", "/me"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while !begun.exists() {
        std::thread::sleep(Duration::from_millis(5));
    }
    send(&child, Signal::SIGTERM);
    assert_eq!(end(child), 143);
}

/// A provider that answers when it is told to, and says when it was asked.
fn slow_desk() -> (Desk, Receiver<()>, Sender<()>) {
    let (asked, was_asked) = channel();
    let (go, may_go) = channel();
    let both = Mutex::new((asked, may_go));
    let desk = Desk::open(move |request| {
        if request.is("GET", "/slow") {
            let (asked, may_go) = &*both.lock().unwrap();
            asked.send(()).unwrap();
            let _ = may_go.recv();
        }
        answer(200, "{}")
    });
    (desk, was_asked, go)
}

#[test]
fn what_it_was_told_to_ignore_it_ignores() {
    for (signal, name) in [(Signal::SIGHUP, "HUP"), (Signal::SIGINT, "INT")] {
        let (desk, was_asked, go) = slow_desk();
        let home = connected(&desk);
        let sealed = home.command(&["api", "x", "/slow"]);
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("trap '' {name}; exec \"$0\" \"$@\"")]);
        command.arg(sealed.get_program()).args(sealed.get_args()).env_clear().current_dir(home.path());
        for (key, value) in sealed.get_envs() {
            command.env(key, value.unwrap());
        }
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        was_asked.recv().unwrap();
        send(&child, signal);
        go.send(()).unwrap();
        assert_eq!(end(child), 0, "{name}");
    }
}

#[test]
fn a_provider_that_takes_long_is_not_waited_for() {
    let (desk, was_asked, _go) = slow_desk();
    let home = connected(&desk);
    let mut command = home.command(&["api", "x", "/slow"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    was_asked.recv().unwrap();
    send(&child, Signal::SIGINT);
    assert_eq!(end(child), 130);
}

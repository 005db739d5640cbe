//! At a terminal: bars as wide as it is, and a question before many are decided on.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

use super::{entries, time};
use crate::seal::Home;

/// Types this and returns what was shown.
fn at_terminal(home: &Home, columns: u16, arguments: &[&str], keys: &str, code: i32) -> String {
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let pty = openpty(Some(&size), None).unwrap();
    let side = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
    let mut command = home.command(&["time"]);
    command.args(arguments).env("TERM", "xterm").env("TZ", "Europe/Berlin");
    let mut child =
        command.stdin(side(&pty.slave)).stdout(side(&pty.slave)).stderr(side(&pty.slave)).spawn().unwrap();
    drop(command);
    drop(pty.slave);
    let mut keyboard = File::from(pty.master.try_clone().unwrap());
    let mut master = File::from(pty.master);
    let screen = Arc::new(Mutex::new(Vec::new()));
    let shared = Arc::clone(&screen);
    let reader = thread::spawn(move || {
        let mut chunk = [0_u8; 4096];
        while let Ok(read @ 1..) = master.read(&mut chunk) {
            shared.lock().unwrap().extend_from_slice(&chunk[..read]);
        }
    });
    let so_far = || String::from_utf8_lossy(&screen.lock().unwrap()).into_owned();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        // What is typed before the terminal is ready for it is thrown away: it is typed again.
        if so_far().contains("[y/N]") {
            keyboard.write_all(keys.as_bytes()).unwrap();
        }
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(50));
    }
    reader.join().unwrap();
    let shown = so_far();
    assert_eq!(child.wait().unwrap().code(), Some(code), "{shown}");
    shown
}

#[test]
fn bars_are_as_wide_as_the_terminal_allows() {
    let home = Home::new();
    entries(&home, &["add", "4h", "a", "--on", "2026-11-19", "--project", "日本語プロジェクト"]);
    entries(&home, &["add", "2h", "b", "--on", "2026-11-20", "--project", &"long ".repeat(30)]);
    time(&home, &["approve", "--all"]).expect(0);
    let full = |line: &str| line.chars().filter(|c| *c == '█').count();
    let mut widest = 0;
    for columns in [40, 80, 160] {
        let shown = at_terminal(&home, columns, &["report", "--by", "project", "--week=2026-W47"], "", 0);
        let rows: Vec<&str> = shown.lines().filter(|line| line.contains('█')).collect();
        assert_eq!(rows.len(), 2, "{shown}");
        assert!(
            rows.iter().all(|row| console::measure_text_width(row) <= usize::from(columns)),
            "{columns}: {shown}"
        );
        assert_eq!(full(rows[0]) / 2, full(rows[1]), "{shown}");
        assert!(full(rows[0]) > widest, "{columns}: {shown}");
        widest = full(rows[0]);
    }
    let narrow = at_terminal(&home, 12, &["report", "--week=2026-W47"], "", 0);
    assert!(!narrow.contains('█'), "{narrow}");
}

#[test]
fn many_are_decided_on_after_a_question() {
    let home = Home::new();
    for title in ["a", "b"] {
        entries(&home, &["add", "1h", title, "--project", "p"]);
    }
    let approved = || entries(&home, &["list", "--status", "approved"]).len();
    let shown = at_terminal(&home, 120, &["approve", "--project", "p"], "n", 2);
    assert!(shown.contains("Approve these 2?"), "{shown}");
    assert_eq!(approved(), 0);
    at_terminal(&home, 120, &["approve", "--project", "p"], "y", 0);
    assert_eq!(approved(), 2);
    // One that is named is meant.
    let shown = at_terminal(&home, 120, &["edit", "1", "--reopen"], "", 0);
    assert!(!shown.contains("[y/N]"), "{shown}");
    at_terminal(&home, 120, &["reject", "1"], "", 0);
    at_terminal(&home, 120, &["remove", "1"], "n", 2);
    at_terminal(&home, 120, &["remove", "1"], "y", 0);
    assert_eq!(entries(&home, &["list"]).len(), 1);
}

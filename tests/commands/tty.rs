//! A command at a terminal of its own.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

/// Types `keys` once `awaited` is shown, and returns everything that was shown, with the exit code.
pub(crate) fn at_terminal(
    mut command: Command,
    columns: u16,
    awaited: &str,
    keys: &str,
) -> (String, Option<i32>) {
    let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    let pty = openpty(Some(&size), None).unwrap();
    let side = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
    command.env("TERM", "xterm");
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
        if so_far().contains(awaited) {
            // The command may be gone by now.
            let _ = keyboard.write_all(keys.as_bytes());
        }
        if started.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
        }
        thread::sleep(Duration::from_millis(50));
    }
    let code = child.wait().unwrap().code();
    reader.join().unwrap();
    (so_far(), code)
}

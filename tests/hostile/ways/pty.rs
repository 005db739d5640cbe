//! A person at a terminal: the command gets one, the test types and reads.

use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nix::pty::{Winsize, openpty};

use crate::evil::PATIENCE;
use crate::home::Home;

pub(super) struct Terminal {
    child: Child,
    keys: std::fs::File,
    shown: Arc<Mutex<Vec<u8>>>,
    read: usize,
}

pub(super) const ENTER: &str = "\r";
pub(super) const DOWN: &str = "\x1b[B";

impl Terminal {
    pub(super) fn start(home: &Home, columns: u16, args: &[&str], env: &[(&str, &str)]) -> Terminal {
        let size = Winsize { ws_row: 50, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).unwrap();
        let side = |fd: &OwnedFd| Stdio::from(fd.try_clone().unwrap());
        let mut command = home.command(args);
        command.env("TERM", "xterm").envs(env.iter().copied());
        let child = command
            .stdin(side(&pty.slave))
            .stdout(side(&pty.slave))
            .stderr(side(&pty.slave))
            .spawn()
            .unwrap();
        drop(command);
        drop(pty.slave);
        let shown = Arc::new(Mutex::new(Vec::new()));
        let (screen, mut master) = (Arc::clone(&shown), std::fs::File::from(pty.master.try_clone().unwrap()));
        thread::spawn(move || {
            let mut chunk = [0_u8; 4096];
            while let Ok(read @ 1..) = master.read(&mut chunk) {
                screen.lock().unwrap().extend_from_slice(&chunk[..read]);
            }
        });
        Terminal { child, keys: std::fs::File::from(pty.master), shown, read: 0 }
    }

    pub(super) fn all(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// Waits until this is shown, after what was waited for before.
    #[track_caller]
    pub(super) fn sees(&mut self, text: &str) -> &mut Terminal {
        let started = Instant::now();
        loop {
            let all = self.shown.lock().unwrap().clone();
            let new = &all[self.read..];
            if let Some(at) = new.windows(text.len()).position(|window| window == text.as_bytes()) {
                self.read += at + text.len();
                return self;
            }
            assert!(started.elapsed() < PATIENCE, "never shown: {text:?}\n{}", self.all());
            if self.child.try_wait().unwrap().is_some() && started.elapsed() > Duration::from_secs(2) {
                panic!("ended without showing {text:?}\n{}", self.all());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Types, once the question stands and the terminal is ready for the answer.
    pub(super) fn types(&mut self, keys: &str) -> &mut Terminal {
        thread::sleep(Duration::from_millis(150));
        self.keys.write_all(keys.as_bytes()).unwrap();
        self
    }

    /// The address that stands on a line of its own.
    #[track_caller]
    pub(super) fn url(&mut self) -> String {
        self.sees("response_type=").sees("\n");
        let all = self.all();
        all.split_whitespace().rfind(|word| word.contains("response_type=")).unwrap().to_owned()
    }

    #[track_caller]
    pub(super) fn ends(mut self, code: i32) -> String {
        self.is_over(code)
    }

    /// Ctrl-C: the terminal is not the child's own, so the key alone would reach nobody.
    pub(super) fn interrupt(&mut self) -> &mut Terminal {
        use nix::sys::signal::{Signal, kill};
        kill(nix::unistd::Pid::from_raw(self.child.id().cast_signed()), Signal::SIGINT).unwrap();
        self
    }

    /// What is typed can be seen.
    pub(super) fn echoes(&self) -> bool {
        use nix::sys::termios::{LocalFlags, tcgetattr};
        tcgetattr(&self.keys).unwrap().local_flags.contains(LocalFlags::ECHO)
    }

    #[track_caller]
    pub(super) fn is_over(&mut self, code: i32) -> String {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < PATIENCE, "does not end\n{}", self.all());
            thread::sleep(Duration::from_millis(5));
        };
        thread::sleep(Duration::from_millis(50));
        // As a shell tells it.
        let ended = status.code().or(std::os::unix::process::ExitStatusExt::signal(&status).map(|n| 128 + n));
        assert_eq!(ended, Some(code), "{}", self.all());
        self.all()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

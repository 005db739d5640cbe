//! A command that runs: what it has said so far, a hard time limit, and what it did in the end.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdin, ExitStatus};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::{Home, Output, invariants};

/// No command may take longer, whatever the provider does.
const LIMIT: Duration = Duration::from_secs(90);

/// A terminal's line ends as they were before it: CR LF stands for LF.
fn lines(screen: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(screen).replace("\r\n", "\n").into_bytes()
}

struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Stream {
    fn of(pipe: Option<impl Read + Send + 'static>) -> Stream {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let shared = Arc::clone(&bytes);
        let reader = thread::spawn(move || {
            let Some(mut pipe) = pipe else { return };
            let mut chunk = [0_u8; 8192];
            while let Ok(read @ 1..) = pipe.read(&mut chunk) {
                shared.lock().unwrap().extend_from_slice(&chunk[..read]);
            }
        });
        Stream { bytes, reader }
    }

    fn so_far(&self) -> Vec<u8> {
        self.bytes.lock().unwrap().clone()
    }

    /// All of it. A grandchild that keeps the pipe open is not waited for.
    fn all(&self) -> Vec<u8> {
        let started = Instant::now();
        while !self.reader.is_finished() && started.elapsed() < Duration::from_secs(3) {
            thread::sleep(Duration::from_millis(1));
        }
        self.so_far()
    }
}

pub(crate) struct Running<'h> {
    home: &'h Home,
    args: Vec<String>,
    child: Child,
    pub(crate) input: Option<ChildStdin>,
    terminal: bool,
    stdout: Stream,
    stderr: Stream,
    started: Instant,
    peak: u64,
    command_lines: Vec<String>,
    ended: bool,
}

impl<'h> Running<'h> {
    /// A screen shows both streams; else each has its pipe.
    pub(super) fn new(
        home: &'h Home,
        args: &[OsString],
        mut child: Child,
        input: Option<ChildStdin>,
        screen: Option<File>,
    ) -> Self {
        let terminal = screen.is_some();
        let stdout = match screen {
            Some(screen) => Stream::of(Some(screen)),
            None => Stream::of(child.stdout.take()),
        };
        Running {
            home,
            args: args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect(),
            stderr: Stream::of(child.stderr.take()),
            child,
            input,
            terminal,
            stdout,
            started: Instant::now(),
            peak: 0,
            command_lines: Vec::new(),
            ended: false,
        }
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn signal(&self, signal: Signal) {
        if signal == Signal::SIGKILL {
            self.home.killed.store(true, Ordering::SeqCst);
        }
        // It may be over already; then there is nobody to tell.
        let _ = kill(Pid::from_raw(self.child.id().cast_signed()), signal);
    }

    /// The authorization URL that a waiting sign-in printed.
    #[track_caller]
    pub(crate) fn url(&mut self) -> String {
        self.find_url().unwrap_or_else(|| panic!("no authorization URL\n{}", self.so_far()))
    }

    /// `None` when the command ended without one.
    pub(crate) fn find_url(&mut self) -> Option<String> {
        loop {
            let over = self.child.try_wait().unwrap().is_some();
            let text = String::from_utf8_lossy(&self.stderr.so_far()).into_owned();
            let events = String::from_utf8_lossy(&lines(&self.stdout.so_far())).into_owned();
            let text = if self.terminal { events.clone() } else { text };
            let whole = |text: &str| text.rfind('\n').map_or_else(String::new, |end| text[..end].to_owned());
            let plain = whole(&text)
                .split_whitespace()
                .find(|word| {
                    word.starts_with("http")
                        && (word.contains("response_type=") || word.contains("request_uri="))
                })
                .map(str::to_owned);
            let event = whole(&events).lines().find_map(|line| {
                let event: serde_json::Value = serde_json::from_str(line).ok()?;
                (event["event"] == "authorize").then(|| event["url"].as_str().map(str::to_owned))?
            });
            if let Some(url) = plain.or(event) {
                return Some(url);
            }
            if over || self.started.elapsed() > LIMIT {
                return None;
            }
            thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn so_far(&self) -> String {
        let text = |stream: &Stream| String::from_utf8_lossy(&stream.so_far()).into_owned();
        format!("--- stdout\n{}\n--- stderr\n{}", text(&self.stdout), text(&self.stderr))
    }

    pub(crate) fn is_over(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends it if need be, takes what it said, and asserts the standing invariants.
    #[track_caller]
    pub(crate) fn wait(self) -> Output {
        let home = self.home;
        let output = self.end();
        invariants::assert(home, &output);
        output
    }

    /// Of a crowd that does the same, one is enough to assert everything of.
    #[track_caller]
    pub(crate) fn end(mut self) -> Output {
        drop(self.input.take());
        let status = self.reap().unwrap();
        let output = Output {
            args: self.args.clone(),
            code: status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)),
            stdout: if self.terminal { lines(&self.stdout.all()) } else { self.stdout.all() },
            stderr: self.stderr.all(),
            peak: self.peak,
            command_lines: std::mem::take(&mut self.command_lines),
        };
        self.finish();
        output
    }

    fn reap(&mut self) -> io::Result<ExitStatus> {
        loop {
            self.sample();
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if self.started.elapsed() > LIMIT {
                self.child.kill()?;
                self.child.wait()?;
                self.finish();
                panic!("integ {} did not end in {LIMIT:?}\n{}", self.args.join(" "), self.so_far());
            }
            thread::sleep(Duration::from_millis(3));
        }
    }

    fn sample(&mut self) {
        // For a moment the child is still a copy of this test, with all its memory.
        let program = fs::read_link(format!("/proc/{}/exe", self.child.id())).ok();
        if program.is_none() || program == std::env::current_exe().ok() {
            return;
        }
        let proc =
            |file: &str| fs::read_to_string(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default();
        let peak = proc("status")
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse::<u64>().ok());
        let line = proc("cmdline");
        self.peak = self.peak.max(peak.unwrap_or(0));
        if self.command_lines.last() != Some(&line) {
            self.command_lines.push(line);
        }
    }

    fn finish(&mut self) {
        if !self.ended {
            self.ended = true;
            self.home.live.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        self.finish();
    }
}

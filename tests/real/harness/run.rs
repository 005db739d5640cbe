//! One run of `integ`: an argument list, an environment that holds nothing else, and a hard limit.
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

use super::output::Output;
use super::sealed::Sealed;

const TICK: Duration = Duration::from_millis(5);
/// The most memory a command may have held; sealing with a passphrase alone needs more.
const MEMORY: u64 = 64 << 20;

pub(crate) struct Run<'a> {
    home: &'a Sealed,
    command: Command,
    shown: String,
    stdin: Option<Vec<u8>>,
    reveals: bool,
    limit: Duration,
}

impl<'a> Run<'a> {
    pub(crate) fn new(home: &'a Sealed, program: &str, args: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(home.env()).current_dir(home.outside()).process_group(0);
        Self {
            home,
            command,
            shown: format!("{} {}", program.rsplit('/').next().unwrap_or(program), args.join(" ")),
            stdin: None,
            reveals: false,
            limit: Duration::from_secs(60),
        }
    }

    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.stdin = Some(text.as_bytes().to_vec());
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Nothing but what `env` adds from here on.
    pub(crate) fn bare(mut self) -> Self {
        self.command.env_clear();
        self
    }

    /// This command prints a secret because it was asked to.
    pub(crate) fn reveals(mut self) -> Self {
        self.reveals = true;
        self
    }

    pub(crate) fn within(mut self, seconds: u64) -> Self {
        self.limit = Duration::from_secs(seconds);
        self
    }

    pub(crate) fn run(self) -> Output {
        self.start().finish()
    }

    pub(crate) fn start(mut self) -> Running<'a> {
        let stdin = if self.stdin.is_some() { Stdio::piped() } else { Stdio::null() };
        let mut child =
            self.command.stdin(stdin).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        if let Some(bytes) = self.stdin {
            // A command may end without having read everything.
            let _ = child.stdin.take().unwrap().write_all(&bytes);
        }
        self.home.began();
        let stdout = Stream::follow(child.stdout.take().unwrap());
        let stderr = Stream::follow(child.stderr.take().unwrap());
        let deadline = Instant::now() + self.limit;
        Running {
            home: self.home,
            child,
            shown: self.shown,
            stdout,
            stderr,
            deadline,
            reveals: self.reveals,
            memory: 0,
            ended: false,
        }
    }
}

pub(crate) struct Running<'a> {
    home: &'a Sealed,
    child: Child,
    shown: String,
    stdout: Stream,
    stderr: Stream,
    deadline: Instant,
    reveals: bool,
    memory: u64,
    ended: bool,
}

impl Running<'_> {
    pub(crate) fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).unwrap();
    }

    pub(crate) fn pid(&self) -> Pid {
        Pid::from_raw(self.child.id().cast_signed())
    }

    /// What it has printed on stdout until now.
    pub(crate) fn so_far(&self) -> String {
        self.stdout.so_far()
    }

    /// Waits for the first line for which `pick` has an answer, on stdout or stderr; None when the command ended before.
    pub(crate) fn line<T>(&mut self, pick: impl Fn(&str) -> Option<T>) -> Option<T> {
        loop {
            let over = self.child.try_wait().unwrap().is_some();
            let text = self.stdout.so_far() + &self.stderr.so_far();
            if let Some(found) = text.lines().find_map(&pick) {
                return Some(found);
            }
            if over {
                // What was printed last may still be on its way through the pipe.
                let text = self.stdout.whole() + &self.stderr.whole();
                return text.lines().find_map(&pick);
            }
            self.tick();
        }
    }

    pub(crate) fn finish(mut self) -> Output {
        let status = loop {
            match self.child.try_wait().unwrap() {
                Some(status) => break status,
                None => self.tick(),
            }
        };
        let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0));
        let out = Output {
            command: self.shown.clone(),
            code,
            stdout: self.stdout.whole(),
            stderr: self.stderr.whole(),
        };
        self.ended = true;
        assert!(self.memory < MEMORY, "held {} MiB\n{out}", self.memory >> 20);
        self.home.ended(&out, self.reveals);
        out
    }

    /// Looks at the process from outside while it runs, and ends it at the hard limit.
    fn tick(&mut self) {
        let proc =
            |file: &str| std::fs::read(format!("/proc/{}/{file}", self.child.id())).unwrap_or_default();
        assert_eq!(
            self.home.secrets().found_in(&proc("cmdline")),
            None,
            "a secret in the argument list of {}",
            self.shown
        );
        let status = String::from_utf8_lossy(&proc("status")).into_owned();
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<u64>().ok());
        self.memory = self.memory.max(peak.unwrap_or(0) << 10);
        if Instant::now() > self.deadline {
            let _ = killpg(self.pid(), Signal::SIGKILL);
            panic!("never ended: {}\n{}\n{}", self.shown, self.stdout.so_far(), self.stderr.so_far());
        }
        std::thread::sleep(TICK);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            let _ = killpg(self.pid(), Signal::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

struct Stream {
    bytes: Arc<Mutex<Vec<u8>>>,
    reader: Option<JoinHandle<()>>,
}

impl Stream {
    fn follow(mut from: impl Read + Send + 'static) -> Self {
        let bytes = Arc::new(Mutex::new(Vec::new()));
        let sink = Arc::clone(&bytes);
        let reader = std::thread::spawn(move || {
            let mut part = [0; 4096];
            while let Ok(n @ 1..) = from.read(&mut part) {
                sink.lock().unwrap().extend_from_slice(&part[..n]);
            }
        });
        Self { bytes, reader: Some(reader) }
    }

    fn so_far(&self) -> String {
        String::from_utf8_lossy(&self.bytes.lock().unwrap()).into_owned()
    }

    fn whole(&mut self) -> String {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
        self.so_far()
    }
}

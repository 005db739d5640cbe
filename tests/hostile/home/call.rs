//! One command in a home, before it runs: its arguments, input, environment and terminal.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;
use std::thread;

use super::{Home, Output, Running};

pub(crate) struct Call<'h> {
    pub(super) home: &'h Home,
    args: Vec<OsString>,
    stdin: Option<Vec<u8>>,
    open_stdin: bool,
    shell: Option<String>,
    env: Vec<(OsString, Option<OsString>)>,
    terminal: bool,
}

impl Home {
    pub(crate) fn call<S: Into<OsString> + Clone>(&self, args: &[S]) -> Call<'_> {
        let args = args.iter().cloned().map(Into::into).collect();
        Call {
            home: self,
            args,
            stdin: None,
            open_stdin: false,
            shell: None,
            env: Vec::new(),
            terminal: false,
        }
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        self.call(args).run()
    }

    /// The bare command, for a test that gives it a terminal.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_integ"));
        command.args(args).env_clear().envs(&self.env).current_dir(self.path("cwd"));
        command
    }

    pub(crate) fn start(&self, args: &[&str]) -> Running<'_> {
        self.call(args).start()
    }

    pub(crate) fn run_with(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Output {
        self.call(args).stdin(stdin).run()
    }
}

impl<'h> Call<'h> {
    pub(crate) fn arg(mut self, arg: impl Into<OsString>) -> Self {
        self.args.push(arg.into());
        self
    }

    pub(crate) fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.stdin = Some(bytes.as_ref().to_vec());
        self
    }

    /// stdin stays open, for input that comes later.
    pub(crate) fn open_stdin(mut self) -> Self {
        self.open_stdin = true;
        self
    }

    pub(crate) fn env(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Self {
        self.env.push((name.into(), Some(value.into())));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.env.push((name.into(), None));
        self
    }

    /// What it says goes to a terminal without colours; nobody sits there to answer. All of it becomes `stdout`.
    pub(crate) fn on_terminal(mut self) -> Self {
        self.terminal = true;
        self.env("NO_COLOR", "1").env("TERM", "xterm")
    }

    /// Runs under `sh -c`, in place of the `{}`: for limits, redirections and pipes.
    pub(crate) fn shell(mut self, script: &str) -> Self {
        self.shell = Some(script.replace("{}", "\"$0\" \"$@\""));
        self
    }

    pub(crate) fn run(self) -> Output {
        self.start().wait()
    }

    pub(crate) fn start(self) -> Running<'h> {
        let binary = env!("CARGO_BIN_EXE_integ");
        let mut command = match &self.shell {
            Some(script) => {
                let mut command = Command::new("/bin/sh");
                command.arg("-c").arg(script).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        command.args(&self.args).env_clear().envs(&self.home.env).current_dir(self.home.path("cwd"));
        for (name, value) in &self.env {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let piped = self.stdin.is_some() || self.open_stdin;
        command.stdin(if piped { Stdio::piped() } else { Stdio::null() });
        let screen = self.terminal.then(|| {
            let size = nix::pty::Winsize { ws_row: 50, ws_col: 60_000, ws_xpixel: 0, ws_ypixel: 0 };
            let pty = nix::pty::openpty(Some(&size), None).unwrap();
            command.stdout(pty.slave.try_clone().unwrap()).stderr(pty.slave);
            File::from(pty.master)
        });
        if screen.is_none() {
            command.stdout(Stdio::piped()).stderr(Stdio::piped());
        }
        // Before it can have made a file: what it leaves for a moment is its own business.
        self.home.live.fetch_add(1, Ordering::SeqCst);
        let mut child = command.spawn().unwrap();
        // Its ends of the terminal are closed here, so that the screen ends with the child.
        drop(command);
        let mut input = child.stdin.take();
        if let (Some(bytes), Some(mut pipe)) = (self.stdin, input.take_if(|_| !self.open_stdin)) {
            // A command that does not read its input must not hang the test.
            thread::spawn(move || drop(pipe.write_all(&bytes)));
        }
        Running::new(self.home, &self.args, child, input, screen)
    }
}

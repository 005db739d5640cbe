//! Starting a program of the system: its whole output, never longer than a while, and without our secrets.

use std::ffi::OsStr;
use std::io::{self, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{Ground, ScheduleError};

/// A scheduler that hangs must not hang us.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Finished {
    pub ok: bool,
    pub stdout: Vec<u8>,
    pub stderr: String,
    shown: String,
}

pub(super) fn run<S: AsRef<OsStr>>(
    ground: &Ground,
    program: &str,
    arguments: &[S],
    input: &[u8],
) -> Result<Finished, ScheduleError> {
    let words = arguments.iter().map(|argument| argument.as_ref().to_string_lossy());
    let shown = words.fold(program.to_owned(), |line, word| format!("{line} {word}"));
    let failed = |cause: io::Error| match cause.kind() {
        io::ErrorKind::NotFound => ScheduleError::Missing(program.to_owned()),
        _ => ScheduleError::Failed { command: shown.clone(), words: cause.to_string() },
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // What it says is read: in the language that we know.
    command.env("LC_ALL", "C").env("SYSTEMD_COLORS", "0").env("SYSTEMD_PAGER", "");
    if let Some(dir) = &ground.runtime_dir {
        command.env("XDG_RUNTIME_DIR", dir);
    }
    (ground.bare)(&mut command);
    let mut child = command.spawn().map_err(failed)?;
    let (stdin, input) = (child.stdin.take(), input.to_vec());
    // Each stream has a thread: none of them may wait for another.
    let writer = thread::spawn(move || stdin.map(|mut to| to.write_all(&input)));
    let (stdout, stderr) = (drain(child.stdout.take()), drain(child.stderr.take()));
    let status = wait(&mut child).map_err(failed)?;
    let Some(status) = status else { return Err(ScheduleError::Hung(shown)) };
    let _ = writer.join();
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim().to_owned();
    Ok(Finished {
        ok: status.success(),
        stdout: stdout.join().unwrap_or_default(),
        stderr: text(stderr.join().unwrap_or_default()),
        shown,
    })
}

impl Finished {
    pub(super) fn or_fail(self) -> Result<Finished, ScheduleError> {
        match self.ok {
            true => Ok(self),
            false => Err(ScheduleError::Failed { words: self.words(), command: self.shown }),
        }
    }

    fn words(&self) -> String {
        let text = if self.stderr.is_empty() {
            String::from_utf8_lossy(&self.stdout)
        } else {
            (&self.stderr).into()
        };
        crate::output::sanitise::excerpt(&text)
    }

    pub(super) fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).trim().to_owned()
    }
}

fn drain(from: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What broke off is judged by the exit code.
        let _ = from.map(|mut from| from.read_to_end(&mut bytes));
        bytes
    })
}

/// `None`: it was ended because it did not.
fn wait(child: &mut Child) -> io::Result<Option<std::process::ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(5));
    }
}

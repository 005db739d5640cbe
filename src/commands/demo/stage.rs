//! Where the story plays: a home of its own and the real program in it. Whatever happens, the home goes.

use std::fs;
use std::io::{self, BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use age::secrecy::{ExposeSecret, SecretString};

use super::signals;
use crate::app::environment;
use crate::error::{Error, Kind};
use crate::output::{Out, die_of};
use crate::vault::private::{private_dir, write_private};

/// How to talk to the person, and what some systems need to start a program at all. Nothing else of the environment
/// gets in: no setting, no key and no token.
const KEPT: [&str; 9] =
    ["TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "SystemRoot", "windir"];

/// How often we look whether a command has ended.
const LOOK: Duration = Duration::from_millis(5);

pub(super) struct Stage(Arc<Set>);

struct Set {
    home: PathBuf,
    program: PathBuf,
    /// Of the file vault in this home.
    key: SecretString,
    /// The command that plays. Whoever holds this lock decides what happens next.
    playing: Mutex<Option<Child>>,
}

/// How a command ended, and what it printed as data where that was read.
pub(super) struct Played {
    pub(super) exit: u8,
    pub(super) data: String,
}

impl Stage {
    pub(super) fn build(provider_file: &str) -> Result<Stage, Error> {
        let signal = signals::listen()?;
        let home = new_home()?;
        let key = age::x25519::Identity::generate().to_string();
        let set = Set { home, program: std::env::current_exe()?, key, playing: Mutex::new(None) };
        let stage = Stage(Arc::new(set));
        write_private(&stage.0.home.join("config/integ/providers/sandbox.toml"), provider_file.as_bytes())?;
        let set = Arc::clone(&stage.0);
        thread::Builder::new().name("curtain".to_owned()).spawn(move || {
            if let Ok(number) = signal.recv() {
                set.abandon(number);
            }
        })?;
        Ok(stage)
    }

    /// A command as it is typed after `integ`; what it prints goes where our data goes.
    pub(super) fn run(&self, typed: &str) -> Result<Played, Error> {
        self.0.start(typed, Stdio::inherit(), io::stdout().into())?;
        self.0.end(String::new())
    }

    /// The same, but its data is read and not shown.
    pub(super) fn read(&self, typed: &str) -> Result<Played, Error> {
        let (stdout, _) = self.0.start(typed, Stdio::piped(), io::stdout().into())?;
        let mut data = String::new();
        if let Some(mut stdout) = stdout {
            stdout.read_to_string(&mut data)?;
        }
        self.0.end(data)
    }

    /// The same, but every line of its talk is handed over as it comes.
    pub(super) fn hear(
        &self,
        typed: &str,
        mut each: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<Played, Error> {
        let (_, stderr) = self.0.start(typed, Stdio::inherit(), Stdio::piped())?;
        if let Some(stderr) = stderr {
            for line in BufReader::new(stderr).lines() {
                each(&line?)?;
            }
        }
        self.0.end(String::new())
    }

    /// Ends what still plays and removes the home.
    pub(super) fn clear(&self) -> io::Result<()> {
        self.0.clear(&mut self.0.playing())
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        let _ = self.clear();
    }
}

impl Set {
    fn playing(&self) -> MutexGuard<'_, Option<Child>> {
        self.playing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(
        &self,
        typed: &str,
        stdout: Stdio,
        stderr: Stdio,
    ) -> Result<(Option<ChildStdout>, Option<ChildStderr>), Error> {
        let mut command = Command::new(&self.program);
        command.args(typed.split_whitespace()).env_clear();
        command.envs(KEPT.iter().filter_map(|name| Some((name, environment::os_text(name)?))));
        command.env("HOME", &self.home);
        command.env("XDG_CONFIG_HOME", self.home.join("config"));
        command.env("XDG_DATA_HOME", self.home.join("data"));
        command.env("INTEG_VAULT_KEY", self.key.expose_secret());
        let mut playing = self.playing();
        let mut child = command.stdin(Stdio::null()).stdout(stdout).stderr(stderr).spawn()?;
        let pipes = (child.stdout.take(), child.stderr.take());
        *playing = Some(child);
        Ok(pipes)
    }

    fn end(&self, data: String) -> Result<Played, Error> {
        loop {
            let status = match self.playing().as_mut() {
                Some(child) => child.try_wait()?,
                None => return Err(Error::new(Kind::Internal, "the demo lost its command")),
            };
            match status {
                Some(status) => return Ok(Played { exit: exit_of(status)?, data }),
                None => thread::sleep(LOOK),
            }
        }
    }

    fn clear(&self, playing: &mut Option<Child>) -> io::Result<()> {
        if let Some(mut child) = playing.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
        match fs::remove_dir_all(&self.home) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            done => done,
        }
    }

    /// Holds the lock to the end, so that nothing starts any more.
    fn abandon(&self, signal: i32) -> ! {
        let mut playing = self.playing();
        let words = match self.clear(&mut playing) {
            Ok(()) => "the demo was ended; its temporary home is removed".to_owned(),
            Err(cause) => {
                format!("the demo was ended; {} could not be removed: {cause}", self.home.display())
            }
        };
        Out { json: false, quiet: false }.always(format!("\n{words}"));
        die_of(signal)
    }
}

fn exit_of(status: ExitStatus) -> Result<u8, Error> {
    if let Some(code) = status.code() {
        return Ok(u8::try_from(code).unwrap_or(u8::MAX));
    }
    // Ctrl-C reaches the command too, and may reach it first: our own end is on its way.
    thread::sleep(Duration::from_secs(2));
    Err(Error::new(Kind::ProviderError, "the command was killed"))
}

/// A new folder that is the demo's alone.
fn new_home() -> Result<PathBuf, Error> {
    let name = format!("integ-demo-{}", oauth2::CsrfToken::new_random_len(9).secret());
    let home = std::env::temp_dir().join(name);
    if home.symlink_metadata().is_ok() {
        return Err(Error::new(Kind::Storage, format!("{} is there already", home.display())));
    }
    private_dir(&home)?;
    Ok(home)
}

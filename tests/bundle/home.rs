//! A machine: a home of its own, nothing of ours in the environment, a file vault.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use serde_json::Value;

pub(crate) struct Home {
    dir: tempfile::TempDir,
    pub(crate) key: Identity,
}

pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Home {
    /// As in CI: a key in the environment and nothing else.
    pub(crate) fn new() -> Home {
        Home { dir: tempfile::tempdir().unwrap(), key: Identity::generate() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn recipient(&self) -> String {
        self.key.to_public().to_string()
    }

    pub(crate) fn provider_file(&self, name: &str, text: &str) {
        let dir = self.path(".config/integ/providers");
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join(format!("{name}.toml")), text).unwrap();
    }

    pub(crate) fn bare_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_integ"));
        command.env_clear().env("HOME", self.dir.path()).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.bare_command(arguments);
        command.env("INTEG_VAULT_KEY", self.key.to_string().expose_secret());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        ran(self.command(arguments).output().unwrap())
    }

    pub(crate) fn run_with(&self, arguments: &[&str], stdin: &[u8]) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        // A program that refuses early need not read to the end.
        let _ = child.stdin.take().unwrap().write_all(stdin);
        ran(child.wait_with_output().unwrap())
    }

    /// Runs with a file on descriptor 3.
    pub(crate) fn run_with_descriptor(&self, arguments: &[&str], content: &[u8]) -> Ran {
        let file = self.path("descriptor");
        fs::write(&file, content).unwrap();
        let mut command = Command::new("/bin/sh");
        command
            .env_clear()
            .env("HOME", self.dir.path())
            .env("INTEG_VAULT_KEY", self.key.to_string().expose_secret());
        command.args(["-c", "file=$1; shift; exec \"$0\" \"$@\" 3<\"$file\"", env!("CARGO_BIN_EXE_integ")]);
        command.arg(&file).args(arguments).stdin(Stdio::null());
        ran(command.output().unwrap())
    }

    pub(crate) fn grants(&self) -> usize {
        let status = self.run(&["status", "--json"]);
        status.json()["connections"].as_array().unwrap().len()
    }

    /// Every file below the home, with its content.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(dir: &std::path::Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found)
                } else {
                    found.push((path.clone(), fs::read(&path).unwrap()))
                }
            }
        }
        let mut found = Vec::new();
        walk(self.dir.path(), &mut found);
        found
    }
}

pub(crate) fn ran(output: Output) -> Ran {
    Ran {
        code: output.status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

impl Ran {
    #[track_caller]
    pub(crate) fn ok(self) -> Ran {
        assert_eq!(self.code, 0, "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn failed(self, code: i32) -> Ran {
        assert_eq!(self.code, code, "{}{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|_| panic!("no JSON: {}{}", self.out, self.err))
    }

    #[track_caller]
    pub(crate) fn says(self, words: &str) -> Ran {
        assert!(
            self.err.contains(words) || self.out.contains(words),
            "{words:?} not in: {}{}",
            self.out,
            self.err
        );
        self
    }
}

//! The demo is the newcomer's first minute, and a test of the whole program: it fails when a step ends otherwise.
#![cfg(all(feature = "sandbox", unix))]
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tempfile::TempDir;

/// A home and a TMPDIR that must be empty in the end, and an environment that the demo must not look at.
struct Place {
    home: TempDir,
    temporary: TempDir,
}

impl Place {
    fn new() -> Place {
        Place { home: tempfile::tempdir().unwrap(), temporary: tempfile::tempdir().unwrap() }
    }

    fn demo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_integ"));
        command.arg("demo").args(arguments).env_clear().stdin(Stdio::null());
        command.env("HOME", self.home.path()).env("TMPDIR", self.temporary.path());
        command
            .env("INTEG_VAULT", "keychain")
            .env("INTEG_VAULT_KEY", "nonsense")
            .env("INTEG_PROFILE", "work");
        command
    }

    fn assert_empty(&self) {
        for folder in [self.home.path(), self.temporary.path()] {
            let left: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            assert!(left.is_empty(), "left behind: {left:?}");
        }
    }
}

fn send(child: &Child, signal: Signal) {
    kill(Pid::from_raw(child.id().try_into().unwrap()), signal).unwrap();
}

#[test]
fn the_whole_story_is_told_and_nothing_is_left() {
    let place = Place::new();
    let output = place.demo(&[]).output().unwrap();
    let (story, talk) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(0), "{story}\n{talk}");
    assert_eq!(talk, "");
    let mut rest = story.as_str();
    for part in [
        "$ integ connect sandbox --no-browser\n",
        "/authorize?",
        "is connected as alice@sandbox.example",
        "$ integ status\n",
        "$ integ test\n",
        "$ integ api sandbox",
        "$ integ token sandbox\nsandbox-at-",
        "$ integ token sandbox\nsandbox-at-",
        "$ integ refresh sandbox --force\n",
        "$ integ refresh sandbox --force\n",
        "→ exit 4\n",
        "$ integ refresh sandbox --force\n",
        "$ integ test sandbox\n",
        "→ exit 3\n",
        "$ integ token sandbox\n",
        "help: integ connect sandbox\n→ exit 3\n",
        "$ integ status\n",
        "needs reauth",
        "→ exit 3\n",
        "$ integ connect sandbox --no-browser\n",
        "$ integ test\n",
        "$ integ disconnect sandbox --yes\n",
        "$ integ status\nNothing is connected",
        "nothing is left behind",
    ] {
        let at = rest.find(part);
        assert!(at.is_some(), "{part:?} is missing after:\n{}", &story[..story.len() - rest.len()]);
        rest = &rest[at.unwrap() + part.len()..];
    }
    place.assert_empty();
}

#[test]
fn a_signal_in_the_middle_ends_it_and_nothing_is_left() {
    for signal in [Signal::SIGINT, Signal::SIGTERM] {
        let place = Place::new();
        let mut child = place.demo(&[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with("$ integ token")));
        send(&child, signal);
        let mut talk = String::new();
        child.stderr.take().unwrap().read_to_string(&mut talk).unwrap();
        let status = child.wait().unwrap();
        assert_eq!(std::os::unix::process::ExitStatusExt::signal(&status), Some(signal as i32), "{talk}");
        assert!(talk.contains("its temporary home is removed"), "{talk}");
        place.assert_empty();
    }
}

/// The address, and whether the provider file is there while the sandbox runs.
fn served(place: &Place, arguments: &[&str], signal: Signal) -> (String, bool) {
    let mut child = place.demo(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let is_there = file_of(place).exists();
    send(&child, signal);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    (line.trim().to_owned(), is_there)
}

fn file_of(place: &Place) -> std::path::PathBuf {
    place.home.path().join(".config/integ/providers/sandbox.toml")
}

#[test]
fn serving_lends_a_provider_file_and_ends_on_ctrl_c() {
    let place = Place::new();
    let (line, is_there) = served(&place, &["--serve"], Signal::SIGINT);
    assert!(line.starts_with("http://127.0.0.1:") && is_there, "{line}");
    place.assert_empty();
}

#[test]
fn serving_for_a_program_writes_nothing() {
    let place = Place::new();
    let (line, is_there) = served(&place, &["--serve", "--json"], Signal::SIGTERM);
    let event: serde_json::Value = serde_json::from_str(&line).unwrap();
    assert_eq!((event["v"].as_i64(), event["event"].as_str()), (Some(1), Some("serving")));
    assert!(event["provider_file"].as_str().unwrap().contains(event["url"].as_str().unwrap()));
    assert!(!is_there);
    place.assert_empty();
}

#[test]
fn a_provider_file_of_the_persons_own_stays() {
    let place = Place::new();
    fs::create_dir_all(file_of(&place).parent().unwrap()).unwrap();
    fs::write(file_of(&place), "title = \"Mine\"\n").unwrap();
    served(&place, &["--serve"], Signal::SIGINT);
    assert_eq!(fs::read_to_string(file_of(&place)).unwrap(), "title = \"Mine\"\n");
}

#[test]
fn what_needs_a_person_is_refused_without_a_terminal() {
    let place = Place::new();
    for option in ["--browser", "--step"] {
        assert_eq!(place.demo(&[option]).output().unwrap().status.code(), Some(3));
    }
    place.assert_empty();
}

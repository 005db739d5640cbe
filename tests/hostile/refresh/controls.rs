//! Refreshers that are wrong in the ways that people get wrong, against the checks that are made of ours: each must be
//! caught. One that is right must pass, or the checks would catch anything.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::thread;

use super::crowd::verdict;
use super::survival;
use crate::evil::{Evil, browser};

/// How a refresher goes about it. What it stores is `refresh token, access token`, in plain text.
#[derive(Clone, Copy)]
struct Manner {
    locks: Locks,
    reads_again: bool,
    deletes_on_error: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Locks {
    Nothing,
    TheCredential,
    TheConfigDirectory,
}

const RIGHT: Manner = Manner { locks: Locks::TheCredential, reads_again: true, deletes_on_error: false };

struct Refresher<'e> {
    evil: &'e Evil,
    manner: Manner,
    /// Shared, as a keychain is.
    store: PathBuf,
    /// One of several.
    config: PathBuf,
}

impl Refresher<'_> {
    fn token(&self, has_read: impl Fn()) -> Result<String, String> {
        let mut found = self.read();
        has_read();
        let lock = match self.manner.locks {
            Locks::Nothing => None,
            Locks::TheCredential => Some(self.store.with_extension("lock")),
            Locks::TheConfigDirectory => Some(self.config.join("lock")),
        };
        let held = lock.map(|path| File::create(path).unwrap());
        if let Some(lock) = &held {
            lock.lock().unwrap();
        }
        if self.manner.reads_again {
            let now = self.read();
            if now != found
                && let Some((_, access)) = &now
            {
                return Ok(access.clone());
            }
            found = now;
        }
        let (refresh, _) = found.ok_or("it forgot the connection")?;
        match self.ask(&refresh) {
            Some((refresh, access)) => {
                fs::write(&self.store, format!("{refresh} {access}")).unwrap();
                Ok(access)
            }
            None => {
                if self.manner.deletes_on_error {
                    fs::remove_file(&self.store).unwrap();
                }
                Err("refused".into())
            }
        }
    }

    fn read(&self) -> Option<(String, String)> {
        let text = fs::read_to_string(&self.store).ok()?;
        text.split_once(' ').map(|(refresh, access)| (refresh.to_owned(), access.to_owned()))
    }

    fn ask(&self, refresh: &str) -> Option<(String, String)> {
        let body = format!("grant_type=refresh_token&refresh_token={refresh}&client_id=client-evil");
        let page = browser::fetch("POST", &format!("{}/token", self.evil.base), &body);
        let answer: serde_json::Value = serde_json::from_str(&page.body).ok()?;
        let text = |field: &str| answer[field].as_str().map(str::to_owned);
        text("refresh_token").zip(text("access_token"))
    }
}

fn refresher<'e>(evil: &'e Evil, dir: &Path, number: usize, manner: Manner) -> Refresher<'e> {
    let config = dir.join(format!("config-{}", number % 2));
    fs::create_dir_all(&config).unwrap();
    Refresher { evil, manner, store: dir.join("store"), config }
}

/// A stored grant, as if somebody had signed in.
fn stored(evil: &Evil) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let (access, refresh) = evil.state().grants.mint("openid");
    fs::write(dir.path().join("store"), format!("{refresh} {access}")).unwrap();
    dir
}

/// Twenty at once, in two homes; all have read before the first one goes on.
fn race(manner: Manner) -> Result<(), String> {
    let evil = Evil::start();
    let dir = stored(&evil);
    let barrier = &Barrier::new(20);
    let all: Vec<_> = (0..20).map(|number| refresher(&evil, dir.path(), number, manner)).collect();
    let answers: Vec<_> = thread::scope(|scope| {
        let start = |one| {
            scope.spawn(move || {
                Refresher::token(one, || {
                    barrier.wait();
                })
            })
        };
        let running: Vec<_> = all.iter().map(start).collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    });
    verdict(&evil, &answers)
}

fn survives(manner: Manner) -> Result<(), String> {
    let evil = Evil::start();
    let dir = stored(&evil);
    let one = refresher(&evil, dir.path(), 0, manner);
    survival::verdict(&evil, || one.token(|| ()))
}

#[test]
fn a_right_refresher_passes() {
    race(RIGHT).unwrap();
    survives(RIGHT).unwrap();
}

#[test]
fn without_a_lock_is_caught() {
    let caught = race(Manner { locks: Locks::Nothing, ..RIGHT }).unwrap_err();
    assert!(caught.contains("revoked"), "{caught}");
}

#[test]
fn without_a_second_look_is_caught() {
    let caught = race(Manner { reads_again: false, ..RIGHT }).unwrap_err();
    assert!(caught.contains("revoked"), "{caught}");
}

#[test]
fn a_lock_by_config_directory_is_caught() {
    let caught = race(Manner { locks: Locks::TheConfigDirectory, ..RIGHT }).unwrap_err();
    assert!(caught.contains("revoked") || caught.contains("refreshes"), "{caught}");
}

#[test]
fn one_that_deletes_on_an_error_is_caught() {
    let caught = survives(Manner { deletes_on_error: true, ..RIGHT }).unwrap_err();
    assert!(caught.contains("forgot"), "{caught}");
}

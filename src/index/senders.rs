//! Proof of life: whoever sends holds the lock of a file of its own. A file that is there and that nobody holds was
//! left by a process that died, and what it had in hand need not wait for the end of its lease. Where nothing can be
//! locked there is no file, and the lease alone counts.

use std::fs::{self, File};
use std::path::PathBuf;

use rusqlite::params;

use super::{Index, IndexError};
use crate::vault::private::open_private;

/// What was under way when a process died has ended by then, one way or the other (seconds).
const ECHO: i64 = 60;

pub(crate) struct Sender {
    /// What it claims rows by.
    pub owner: String,
    /// `None`: nothing proves that it lives.
    held: Option<(PathBuf, File)>,
}

impl Index {
    /// `id`: nobody else's.
    pub(crate) fn sender(&self, id: &str) -> Sender {
        let path = self.suspect.with_extension(format!("sends-{id}"));
        let alone = || Sender { owner: format!("{id}-"), held: None };
        let Ok(file) = open_private(&path, true) else { return alone() };
        if file.try_lock().is_err() {
            let _ = fs::remove_file(&path);
            return alone();
        }
        Sender { owner: id.to_owned(), held: Some((path, file)) }
    }

    /// Shortens the leases of those who died.
    pub(crate) fn bury(&self, myself: &Sender) -> Result<(), IndexError> {
        let Some(beside) = self.suspect.parent() else { return Ok(()) };
        let stem = self.suspect.with_extension("sends-");
        let stem = stem.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for entry in fs::read_dir(beside).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            let Some(owner) = name.strip_prefix(&stem).filter(|owner| **owner != myself.owner) else {
                continue;
            };
            let Ok(file) = open_private(&entry.path(), false) else { continue };
            if file.try_lock().is_err() {
                continue;
            }
            self.db
                .prepare(
                    "UPDATE outbox SET claimed_until = min(claimed_until, last_try + ?2)
                     WHERE state IN ('queued', 'sending') AND claimed_by = ?1",
                )?
                .execute(params![owner, ECHO])?;
            let _ = fs::remove_file(entry.path());
        }
        Ok(())
    }
}

impl Drop for Sender {
    fn drop(&mut self) {
        if let Some((path, file)) = self.held.take() {
            let _ = fs::remove_file(path);
            drop(file);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::{Draft, Entry, State, Which};

    /// An index in which each of these has claimed one row, at that time.
    fn claimed(owners: &[&str], at: i64) -> (tempfile::TempDir, Index, Vec<i64>) {
        let home = tempfile::tempdir().unwrap();
        let index = Index::open(&home.path().join("index.db")).unwrap().0;
        let claim = |owner: &&str| {
            let draft = Draft {
                key: (*owner).to_owned(),
                mark: (*owner).to_owned(),
                connection: "evil".into(),
                account: None,
                list: None,
                place: None,
                task: crate::new_task::NewTask::default(),
                maybe_since: None,
            };
            let id = index.enqueue(&[draft]).unwrap()[0].0.id;
            index.claim("evil", Which::One(id), owner, at).unwrap().unwrap();
            id
        };
        let ids = owners.iter().map(claim).collect();
        (home, index, ids)
    }

    fn claim(index: &Index, id: i64, now: i64) -> Option<Entry> {
        index.claim("evil", Which::One(id), "next", now).unwrap()
    }

    fn files(home: &tempfile::TempDir) -> Vec<String> {
        let names = fs::read_dir(home.path()).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.filter(|name| name.contains("sends-")).collect();
        names.sort();
        names
    }

    #[test]
    fn what_the_dead_had_is_free_after_a_minute_and_what_the_living_have_is_not() {
        let (home, index, ids) = claimed(&["dead", "alive", "unproven"], 1_000);
        // The file of a process that was killed: there, and nobody holds it.
        fs::write(home.path().join("index.sends-dead"), "").unwrap();
        let alive = index.sender("alive");
        let myself = index.sender("me");
        assert_eq!((alive.owner.as_str(), myself.owner.as_str()), ("alive", "me"));
        assert_eq!(files(&home), ["index.sends-alive", "index.sends-dead", "index.sends-me"]);
        index.bury(&myself).unwrap();
        assert_eq!(files(&home), ["index.sends-alive", "index.sends-me"], "buried once");

        assert!(claim(&index, ids[0], 1_000 + ECHO - 1).is_none(), "its last request may be under way");
        assert_eq!(claim(&index, ids[0], 1_000 + ECHO).unwrap().state, State::Sending);
        assert!(claim(&index, ids[1], 1_000 + ECHO).is_none());
        assert!(claim(&index, ids[2], 1_000 + ECHO).is_none(), "no file proves nothing");
        drop(alive);
        assert_eq!(files(&home), ["index.sends-me"], "who ends in order leaves nothing to bury");
    }

    #[test]
    fn nobody_buries_himself_and_no_lease_is_made_longer() {
        let (home, index, ids) = claimed(&["me", "dead"], 1_000);
        index.db.execute("UPDATE outbox SET claimed_until = 1030 WHERE claimed_by = 'dead'", []).unwrap();
        fs::write(home.path().join("index.sends-me"), "").unwrap();
        fs::write(home.path().join("index.sends-dead"), "").unwrap();
        let myself = Sender { owner: "me".into(), held: None };
        index.bury(&myself).unwrap();
        assert_eq!(files(&home), ["index.sends-me"]);
        assert!(claim(&index, ids[0], 1_000 + ECHO).is_none());
        assert!(claim(&index, ids[1], 1_029).is_none());
        assert!(claim(&index, ids[1], 1_030).is_some());
    }

    #[test]
    fn who_cannot_hold_a_file_claims_by_another_name() {
        let (home, index, _) = claimed(&[], 0);
        let first = index.sender("one");
        let second = index.sender("one");
        assert_eq!((first.owner.as_str(), second.owner.as_str()), ("one", "one-"));
        assert!(second.held.is_none() && files(&home).is_empty(), "nothing says that the first one died");
        fs::create_dir(home.path().join("index.sends-two")).unwrap();
        assert_eq!(index.sender("two").owner, "two-");
    }
}

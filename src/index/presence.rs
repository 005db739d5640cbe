//! Who has the index open. A damaged one is moved aside only when nobody is left who could still commit to it.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::IndexError;
use crate::vault::private::open_private;

/// Held as long as the index is open. None where the folder takes no lock: then nobody can be waited for.
pub(super) struct Presence(Option<File>);

impl Presence {
    pub(super) fn nobody() -> Presence {
        Presence(None)
    }

    /// Among others.
    pub(super) fn shared(path: &Path, wait: Duration) -> Result<Presence, IndexError> {
        Presence(file(path)).locked(File::try_lock_shared, wait)
    }

    /// Alone: whoever had the index open is gone, and whoever comes waits.
    pub(super) fn alone(path: &Path, wait: Duration) -> Result<Presence, IndexError> {
        Presence(file(path)).locked(File::try_lock, wait)
    }

    /// Lets the others in again.
    pub(super) fn share(self, wait: Duration) -> Result<Presence, IndexError> {
        Presence(self.0.filter(|file| file.unlock().is_ok())).locked(File::try_lock_shared, wait)
    }

    /// Who holds it may be stopped, or be no integ at all: nobody is waited for without end, and only once.
    fn locked(
        self,
        try_lock: fn(&File) -> Result<(), TryLockError>,
        wait: Duration,
    ) -> Result<Presence, IndexError> {
        let Some(file) = self.0 else { return Ok(Presence(None)) };
        let wait = if IN_VAIN.load(Ordering::Relaxed) { Duration::ZERO } else { wait };
        let until = Instant::now() + wait;
        loop {
            match try_lock(&file) {
                Ok(()) => return Ok(Presence(Some(file))),
                Err(TryLockError::Error(_)) => return Ok(Presence(None)),
                Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                    IN_VAIN.fetch_or(!wait.is_zero(), Ordering::Relaxed);
                    return Err(IndexError::Busy);
                }
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(10)),
            }
        }
    }
}

/// This process has waited long enough: it looks again, and does not wait again.
static IN_VAIN: AtomicBool = AtomicBool::new(false);

fn file(path: &Path) -> Option<File> {
    open_private(&path.with_extension("open"), true).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Index;

    #[test]
    fn who_wants_to_be_among_others_waits_for_one_who_is_alone() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("index.db");
        let alone = Presence::alone(&path, Duration::ZERO).unwrap();
        assert!(matches!(Presence::shared(&path, Duration::ZERO), Err(IndexError::Busy)));
        let waiting = {
            let path = path.clone();
            thread::spawn(move || Presence::shared(&path, crate::index::WAIT).is_ok())
        };
        thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        let shared = alone.share(Duration::ZERO).unwrap();
        assert!(waiting.join().unwrap());
        assert!(matches!(Presence::alone(&path, Duration::ZERO), Err(IndexError::Busy)));
        drop(shared);
        assert!(Presence::alone(&path, Duration::ZERO).is_ok());
    }

    #[test]
    fn a_damaged_index_stays_where_it_is_while_somebody_has_it_open() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("index.db");
        let there = Presence::shared(&path, Duration::ZERO).unwrap();
        assert!(matches!(Presence::alone(&path, Duration::ZERO), Err(IndexError::Busy)));
        std::fs::write(&path, b"this is not a database, it is a sentence of some length").unwrap();
        let waiting = {
            let path = path.clone();
            thread::spawn(move || Index::open(&path).map(|(index, salvage)| (index, salvage.is_some())))
        };
        thread::sleep(Duration::from_millis(50));
        assert!(!waiting.is_finished());
        drop(there);
        let (first, was_moved) = waiting.join().unwrap().unwrap();
        assert!(was_moved, "as soon as the other was gone");
        let (_second, salvage) = Index::open(&path).unwrap();
        assert!(salvage.is_none(), "among others");
        assert!(matches!(Presence::alone(&path, Duration::ZERO), Err(IndexError::Busy)));
        drop(first);
    }
}

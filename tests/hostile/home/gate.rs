//! Where processes wait until all of them are there: each has read what is stored, and none has the lock yet.

use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Home;
use crate::evil::PATIENCE;

pub(crate) struct Gate {
    stem: PathBuf,
    here: File,
}

impl Gate {
    pub(crate) fn new(home: &Home) -> Gate {
        let stem = home.path("gate");
        for end in ["here", "go"] {
            let path = stem.with_extension(end);
            let _ = std::fs::remove_file(&path);
            nix::unistd::mkfifo(&path, nix::sys::stat::Mode::S_IRWXU).unwrap();
        }
        Gate { here: both_ends(&stem.with_extension("here")), stem }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.stem
    }

    /// Returns when so many stand before it.
    pub(crate) fn wait_for(&mut self, count: usize) {
        let started = Instant::now();
        let mut come = 0;
        while come < count {
            assert!(started.elapsed() < PATIENCE, "{come} of {count} processes came to the lock");
            match self.here.read(&mut vec![0; count - come]) {
                Ok(more) => come += more,
                Err(_) => thread::sleep(Duration::from_millis(1)),
            }
        }
    }

    /// For all who wait, and whoever comes later, as long as this is kept.
    pub(crate) fn open(&self) -> File {
        both_ends(&self.stem.with_extension("go"))
    }
}

/// Neither waits for the other end nor finds it closed.
fn both_ends(path: &Path) -> File {
    OpenOptions::new().read(true).write(true).custom_flags(nix::libc::O_NONBLOCK).open(path).unwrap()
}

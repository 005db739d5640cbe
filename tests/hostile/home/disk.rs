//! A disk that fails at one storage call of one command, or a machine that goes away there. What counts as a call, and how
//! it is met, stands in `disk.c`.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use nix::errno::Errno;

use super::preload::built;
use super::{Call, Home, times};

static LIBRARY: OnceLock<PathBuf> = OnceLock::new();

/// What happens to a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    /// The process is gone before it.
    Kill,
    /// It is asked to end before it.
    End,
    /// Half of what is to be written is.
    Short,
    Fails(Errno),
    /// It and every later one.
    FailsOn(Errno),
    /// From it on, what takes room fails; what does not, such as deleting, goes on.
    FullOn,
}

/// One storage call of a command, by its number; 0: none, all are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Point {
    pub(crate) at: usize,
    pub(crate) act: Act,
}

impl Point {
    pub(crate) const NONE: Point = Point { at: 0, act: Act::Short };
}

impl Call<'_> {
    fn on_disk(self) -> Self {
        let root = self.home.path("home");
        self.env("LD_PRELOAD", built("disk", include_str!("disk.c"), &LIBRARY)).env("TEST_DISK_ROOT", root)
    }

    pub(crate) fn disk(self, point: Point) -> Self {
        let log = self.home.path("calls");
        let _ = fs::remove_file(&log);
        let (word, goes_on) = match point.act {
            Act::Kill => ("kill".to_owned(), false),
            Act::End => ("end".to_owned(), false),
            Act::Short => ("short".to_owned(), false),
            Act::Fails(errno) => ((errno as i32).to_string(), false),
            Act::FailsOn(errno) => ((errno as i32).to_string(), true),
            Act::FullOn => ("full".to_owned(), true),
        };
        if point.at > 0 {
            // Whoever is killed, or cannot delete, leaves things behind.
            self.home.killed.store(true, Ordering::SeqCst);
        }
        let call = self.on_disk().env("TEST_DISK_LOG", log).env("TEST_DISK_DO", word);
        let call = if goes_on { call.env("TEST_DISK_ON", "1") } else { call };
        let call = if times(0, 1) == 1 { call.env("TEST_DISK_LOCKS", "1") } else { call };
        // What is sent to a keychain is stored there.
        let call = if call.home.has_keychain() { call.env("TEST_DISK_WIRES", "1") } else { call };
        call.env("TEST_DISK_AT", point.at.to_string())
    }

    /// While this file exists the disk is full.
    pub(crate) fn full_while(self, file: PathBuf) -> Self {
        self.on_disk().env("TEST_DISK_FULL", file)
    }

    /// Stops at its first lock until the gate is opened.
    pub(crate) fn behind(self, gate: &std::path::Path) -> Self {
        self.on_disk().env("TEST_DISK_GATE", gate)
    }
}

impl Home {
    /// The calls that were listed; else the one that was met, if it was reached.
    pub(crate) fn storage_calls(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("calls")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }
}

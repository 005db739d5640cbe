//! What came of a pass, besides the events that are written.

use std::collections::{HashMap, HashSet};

use crate::providers::calendars::Garbled;

#[derive(Default)]
pub(super) struct Heard {
    pub gone: HashSet<String>,
    /// They are not deleted: they lie outside the window.
    pub left: HashSet<String>,
    pub unreadable: Unreadable,
    pub cursor: Option<String>,
    /// Of a dry run: what would be written, and how it compares.
    pub compared: HashMap<String, Compared>,
}

/// So many events that were not understood are named.
const NAMED: usize = 10;

/// Events that were not understood: how many, and the first of them.
#[derive(Clone, Default)]
pub(crate) struct Unreadable {
    pub count: u64,
    pub named: Vec<Garbled>,
}

impl Unreadable {
    pub(super) fn note(&mut self, garbled: Garbled) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(garbled);
        }
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Compared {
    New,
    Changed,
    Same,
}

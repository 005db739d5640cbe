//! What came of a pass, besides the events that are written.

use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Heard {
    pub gone: HashSet<String>,
    /// Of those that are gone: they left the window.
    pub left: HashSet<String>,
    pub unreadable: u64,
    pub cursor: Option<String>,
    /// Of a dry run: what would be written, and how it compares.
    pub compared: HashMap<String, Compared>,
}

#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Compared {
    New,
    Changed,
    Same,
}

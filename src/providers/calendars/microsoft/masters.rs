//! Recurring events: an occurrence may come without what it shares with its series. The series is told in the same pass,
//! on any page of it, or has to be asked for.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::entry::Entry;
use crate::providers::calendars::{Change, Garbled, mend};

#[derive(Default)]
pub(crate) struct Masters {
    known: HashMap<String, Entry<'static>>,
    /// Series that were told and not understood, and why.
    garbled: HashMap<String, String>,
    /// Occurrences whose series was not told yet, by their ids.
    waiting: BTreeMap<String, Entry<'static>>,
}

impl Masters {
    /// The change that an entry is; `None`: it is a series, or has to wait for one.
    pub(super) fn sort<'a>(&mut self, entry: Entry<'a>) -> Option<Change<'a>> {
        // The last word on an event counts.
        if !self.waiting.is_empty() {
            self.waiting.remove(entry.id.as_str());
        }
        if entry.is_removed() {
            return Some(entry.change(None));
        }
        if entry.is_master() {
            self.known.insert(entry.id.as_str().to_owned(), entry.into_owned());
            return None;
        }
        if !entry.is_partial() {
            return Some(entry.change(None));
        }
        match self.known.get(entry.series_master_id.as_str()) {
            Some(master) => Some(entry.change(Some(master))),
            None => {
                self.waiting.insert(entry.id.as_str().to_owned(), entry.into_owned());
                None
            }
        }
    }

    pub(in crate::providers::calendars) fn missing(&self) -> Vec<String> {
        let wanted: HashSet<&str> =
            self.waiting.values().map(|entry| entry.series_master_id.as_str()).collect();
        let unknown = wanted.into_iter().filter(|id| !id.is_empty() && !self.known.contains_key(*id));
        unknown.map(str::to_owned).collect()
    }

    pub(in crate::providers::calendars) fn take(&mut self, remote: &str, body: Option<&[u8]>) {
        let Some(body) = body else {
            self.known.insert(remote.to_owned(), Entry::default());
            return;
        };
        let mut body = body.to_vec();
        mend(&mut body);
        match serde_json::from_slice::<Entry<'_>>(&body) {
            Ok(master) => {
                self.known.insert(remote.to_owned(), master.into_owned());
            }
            Err(error) => {
                let what = format!("its series is not understood: {}", Garbled::words(&error));
                self.garbled.insert(remote.to_owned(), what);
            }
        }
    }

    pub(in crate::providers::calendars) fn finish<E>(
        &mut self,
        mut each: impl FnMut(Change<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for (_, entry) in std::mem::take(&mut self.waiting) {
            let series = entry.series_master_id.as_str();
            match self.garbled.get(series) {
                Some(what) => each(Change::Unreadable(Garbled::new(entry.id.as_str(), what)))?,
                None => {
                    let master = self.known.get(series);
                    each(entry.change(master))?;
                }
            }
        }
        Ok(())
    }
}

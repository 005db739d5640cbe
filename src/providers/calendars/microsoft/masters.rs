//! Recurring events: an occurrence may come without what it shares with its series. The series is told in the same pass,
//! on any page of it, or has to be asked for.

use std::collections::{HashMap, HashSet};

use super::entry::Entry;
use crate::providers::calendars::{Change, Malformed, mend};

#[derive(Default)]
pub(crate) struct Masters {
    known: HashMap<String, Entry<'static>>,
    /// Occurrences whose series was not told yet.
    waiting: Vec<Entry<'static>>,
}

impl Masters {
    /// The change that an entry is; `None`: it is a series, or has to wait for one.
    pub(super) fn sort<'a>(&mut self, entry: Entry<'a>) -> Option<Change<'a>> {
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
                self.waiting.push(entry.into_owned());
                None
            }
        }
    }

    pub(in crate::providers::calendars) fn missing(&self) -> Vec<String> {
        let wanted: HashSet<&str> =
            self.waiting.iter().map(|entry| entry.series_master_id.as_str()).collect();
        let unknown = wanted.into_iter().filter(|id| !id.is_empty() && !self.known.contains_key(*id));
        unknown.map(str::to_owned).collect()
    }

    pub(in crate::providers::calendars) fn take(
        &mut self,
        remote: &str,
        body: Option<&[u8]>,
    ) -> Result<(), Malformed> {
        let master = match body {
            Some(body) => {
                let mut body = body.to_vec();
                mend(&mut body);
                serde_json::from_slice::<Entry<'_>>(&body)
                    .map_err(|error| Malformed(format!("a recurring event is not understood: {error}")))?
                    .into_owned()
            }
            None => Entry::default(),
        };
        self.known.insert(remote.to_owned(), master);
        Ok(())
    }

    pub(in crate::providers::calendars) fn finish<E>(
        &mut self,
        mut each: impl FnMut(Change<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for entry in std::mem::take(&mut self.waiting) {
            let master = self.known.get(entry.series_master_id.as_str());
            each(entry.change(master))?;
        }
        Ok(())
    }
}

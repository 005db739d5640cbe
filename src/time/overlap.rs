//! Entries that claim the same time.

use std::collections::HashMap;

use crate::index::{TimeEntry, TimeStatus};

/// Of a crowd, so many are named for each.
const NAMED: usize = 5;

/// By id, the ids of others that overlap. What was rejected or has no time of day claims nothing. Entries come by time.
pub(crate) fn overlaps(entries: &[TimeEntry]) -> HashMap<i64, Vec<i64>> {
    let mut found: HashMap<i64, Vec<i64>> = HashMap::new();
    let mut running: Vec<(i64, i64)> = Vec::new();
    for entry in entries {
        if !entry.work.timed || entry.status == TimeStatus::Rejected {
            continue;
        }
        running.retain(|(_, end)| *end > entry.work.start);
        for (other, _) in &running {
            for (one, another) in [(*other, entry.id), (entry.id, *other)] {
                let named = found.entry(one).or_default();
                if named.len() < NAMED {
                    named.push(another);
                }
            }
        }
        running.push((entry.id, entry.work.end));
    }
    found
}

//! What the server remembers.

use std::collections::{BTreeMap, VecDeque};

use super::{Asked, Event, Fault};

#[derive(Debug)]
pub(crate) struct State {
    pub(crate) calendars: BTreeMap<String, Calendar>,
    /// The id of the person's own.
    pub(crate) primary: String,
    pub(crate) faults: VecDeque<Fault>,
    pub(crate) always: Fault,
    pub(crate) asked: Vec<Asked>,
    /// Entries of a page, however many are asked for.
    pub(crate) largest_page: usize,
    /// Microsoft: `calendarView/delta` is there.
    pub(crate) has_delta: bool,
    /// Microsoft: occurrences have none of the fields that the series has.
    pub(crate) omits: bool,
    /// And the series is told with them.
    pub(crate) tells_series: bool,
    /// Requests that are being answered now, and the most there ever were.
    pub(crate) at_once: usize,
    pub(crate) most_at_once: usize,
}

impl Default for State {
    fn default() -> State {
        State {
            calendars: BTreeMap::new(),
            primary: "primary".into(),
            faults: VecDeque::new(),
            always: Fault::Fine,
            asked: Vec::new(),
            largest_page: 2_500,
            has_delta: true,
            omits: false,
            tells_series: true,
            at_once: 0,
            most_at_once: 0,
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Calendar {
    pub(crate) name: String,
    pub(crate) events: BTreeMap<String, Event>,
    /// When each event changed last, deleted ones included.
    pub(crate) changed: BTreeMap<String, u64>,
    pub(crate) version: u64,
    /// Cursors of an earlier version are forgotten.
    pub(crate) oldest: u64,
    /// What the last full listing asked for.
    pub(crate) window: Option<(i64, i64)>,
}

/// Which part of a listing a page is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    /// Of everything (`None`), or of what changed after that version.
    pub(crate) since: Option<u64>,
    /// The version that the listing as a whole is of.
    pub(crate) version: u64,
    pub(crate) skip: usize,
}

pub(crate) enum Entry {
    Event(Event),
    Gone(String),
}

impl State {
    pub(crate) fn calendar(&mut self, id: &str) -> &mut Calendar {
        self.calendars.get_mut(id).unwrap()
    }

    pub(crate) fn next_fault(&mut self) -> Fault {
        self.faults.pop_front().unwrap_or_else(|| self.always.clone())
    }
}

impl Calendar {
    pub(crate) fn new(name: &str) -> Calendar {
        Calendar { name: name.into(), ..Calendar::default() }
    }

    /// New, or changed.
    pub(crate) fn put(&mut self, event: Event) {
        self.version += 1;
        self.changed.insert(event.id.clone(), self.version);
        self.events.insert(event.id.clone(), Event { version: self.version, ..event });
    }

    pub(crate) fn delete(&mut self, id: &str) {
        if self.events.remove(id).is_some() {
            self.version += 1;
            self.changed.insert(id.to_owned(), self.version);
        }
    }

    pub(crate) fn expire(&mut self) {
        self.version += 1;
        self.oldest = self.version;
    }

    /// A page of the listing, and the place of the next one.
    pub(crate) fn page(
        &self,
        place: Place,
        window: Option<(i64, i64)>,
        size: usize,
    ) -> (Vec<Entry>, Option<Place>) {
        let mut all: Vec<Entry> = Vec::new();
        match place.since {
            None => {
                let seen =
                    self.events.values().filter(|event| window.is_none_or(|window| event.is_in(window)));
                all.extend(seen.cloned().map(Entry::Event));
            }
            Some(since) => {
                let mut ids: Vec<(&u64, &String)> =
                    self.changed.iter().filter(|(_, at)| **at > since).map(|(id, at)| (at, id)).collect();
                ids.sort();
                for (_, id) in ids {
                    all.push(match self.events.get(id) {
                        Some(event) => Entry::Event(event.clone()),
                        None => Entry::Gone(id.clone()),
                    });
                }
            }
        }
        let rest = all.len().saturating_sub(place.skip);
        let next = (rest > size).then_some(Place { skip: place.skip + size, ..place });
        (all.into_iter().skip(place.skip).take(size).collect(), next)
    }
}

//! Which events of several calendars are one: those with the same UID at the same time. Two in one calendar are two, also
//! where an occurrence was moved onto another of its series.

use std::collections::HashMap;

use jiff::Timestamp;

use crate::event::{Event, When};
use crate::index::Calendar;

#[derive(Default)]
pub(crate) struct Copies {
    known: HashMap<(String, Timestamp, bool), Vec<Group>>,
    count: usize,
}

struct Group {
    place: usize,
    /// The calendars that have it, and its id there.
    members: Vec<(i64, String)>,
}

impl Copies {
    /// The place of the event among those that were named before; a new one has the next.
    pub(crate) fn place(&mut self, calendar: &Calendar, event: &Event<'_>, start: Timestamp) -> usize {
        let member = (calendar.id, event.remote.to_string());
        let new = self.count;
        // An event without a UID is nobody else's.
        if !event.uid.is_empty() {
            let is_all_day = matches!(event.when, When::Days { .. });
            let groups = self.known.entry((event.uid.to_string(), start, is_all_day)).or_default();
            let is_free = |group: &Group| group.members.iter().all(|(id, _)| *id != calendar.id);
            let is_same = |group: &Group| group.members.iter().any(|(_, remote)| *remote == member.1);
            let at = groups
                .iter()
                .position(|group| is_free(group) && is_same(group))
                .or_else(|| groups.iter().position(is_free));
            if let Some(group) = at.and_then(|at| groups.get_mut(at)) {
                group.members.push(member);
                return group.place;
            }
            groups.push(Group { place: new, members: vec![member] });
        }
        self.count += 1;
        new
    }
}

/// How much a copy says of the person: their answer in their own calendar goes before any other, and that before none.
pub(crate) fn weight(calendar: &Calendar, event: &Event<'_>) -> u8 {
    match (event.response.is_some(), calendar.is_primary) {
        (true, true) => 3,
        (true, false) => 2,
        (false, true) => 1,
        (false, false) => 0,
    }
}

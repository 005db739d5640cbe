//! What a target can hold and how "once" is had there, as data: what it cannot hold is said before anything is sent.

use std::time::Duration;

pub(crate) struct Traits {
    /// What this provider calls a list: `project`, `team`.
    pub list: &'static str,
    /// A task must be in one; otherwise the provider has a place for tasks without.
    pub needs_list: bool,
    pub notes: Notes,
    pub due: Dues,
    pub assignee: bool,
    pub priority: bool,
    pub tags: Tags,
    pub parent: bool,
    /// Where there is no field for an address, the engine puts it below the notes.
    pub url: bool,
    /// `--field` means something here.
    pub fields: bool,
    pub longest_title: Limit,
    pub longest_notes: Limit,
    pub once: Once,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notes {
    None,
    /// Text; markdown stays as it was typed, which reads well.
    Plain,
    /// The dialect turns markdown into what its target understands.
    Rich,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dues {
    None,
    /// The time of day is dropped.
    Day,
    Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tags {
    None,
    /// Any word; the provider makes the tag.
    Free,
    /// Only those that are there, by id: the engine resolves them with `parts`.
    Known,
}

/// How long a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    Characters(usize),
    /// As JavaScript and Java count.
    Utf16(usize),
    Bytes(usize),
}

impl Limit {
    pub(crate) fn allows(self, text: &str) -> bool {
        match self {
            Limit::Characters(most) => text.len() <= most || text.chars().count() <= most,
            Limit::Utf16(most) => text.len() <= most || text.encode_utf16().count() <= most,
            Limit::Bytes(most) => text.len() <= most,
        }
    }

    pub(crate) fn words(self) -> String {
        match self {
            Limit::Characters(most) | Limit::Utf16(most) => format!("{most} characters"),
            Limit::Bytes(most) => format!("{most} bytes"),
        }
    }
}

/// How a task whose answer was lost is not made twice. Our mark is a UUID, the same for every try of one task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Once {
    /// The request carries the mark in a header (or a field) and the provider remembers it for so long: within that
    /// time the request is simply sent again.
    Key { life: Duration },
    /// The mark is the task's id, or unique there: sent again, it is refused; `find` then finds it. For ever.
    ClientId,
    /// The mark stands somewhere in the task; `find` looks for it before a second try, once the provider had so long to
    /// make it findable.
    Marker { settles: Duration },
    /// Nothing can tell: what may have been created is not sent again by itself.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_counted_as_the_provider_counts() {
        assert!(Limit::Characters(2).allows("😀é") && !Limit::Characters(1).allows("😀é"));
        assert!(Limit::Utf16(3).allows("😀é") && !Limit::Utf16(2).allows("😀é"));
        assert!(Limit::Bytes(6).allows("😀é") && !Limit::Bytes(5).allows("😀é"));
    }
}

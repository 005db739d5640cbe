//! Time that was worked, beside what the mirror says of the event it came from.

#[derive(Clone, Debug)]
pub(crate) struct TimeEntry {
    pub id: i64,
    pub work: Work,
    pub status: TimeStatus,
    /// What the mirror says of its event now.
    pub now: EventNow,
    pub created_at: i64,
    pub changed_at: i64,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Work {
    /// Unix seconds; where only the day is known, its midnight in UTC.
    pub start: i64,
    pub end: i64,
    /// Not only the day is known.
    pub timed: bool,
    /// What counts: the length, rounded.
    pub seconds: i64,
    pub rounding: Option<String>,
    pub title: String,
    pub note: Option<String>,
    pub project: Option<String>,
    pub client: Option<String>,
    pub source: Option<Source>,
}

/// The event that an entry came from, and what was seen of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Source {
    pub connection: String,
    /// The provider's ids.
    pub calendar: String,
    pub event: String,
    pub uid: String,
    /// The same in every calendar that has this event.
    pub occurrence: Option<String>,
    pub version: String,
    pub start: i64,
    pub end: i64,
    pub title: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum TimeStatus {
    Pending,
    Approved,
    Rejected,
}

#[derive(Clone, Debug, Default)]
pub(crate) enum EventNow {
    /// No event, or one that the mirror no longer reaches.
    #[default]
    Unknown,
    Cancelled,
    There(EventThere),
}

#[derive(Clone, Debug)]
pub(crate) struct EventThere {
    pub version: String,
    pub start: i64,
    pub end: i64,
    pub all_day: bool,
    pub title: String,
    pub declined: bool,
    pub series: bool,
}

/// What to do with an entry that was read under the lock.
pub(crate) enum Change {
    Keep,
    Write(Box<TimeEntry>),
    Delete,
}

impl TimeStatus {
    pub(crate) const ALL: [TimeStatus; 3] = [TimeStatus::Pending, TimeStatus::Approved, TimeStatus::Rejected];

    pub(crate) fn word(self) -> &'static str {
        match self {
            TimeStatus::Pending => "pending",
            TimeStatus::Approved => "approved",
            TimeStatus::Rejected => "rejected",
        }
    }

    pub(crate) fn of(word: &str) -> Option<TimeStatus> {
        TimeStatus::ALL.into_iter().find(|status| status.word() == word)
    }
}

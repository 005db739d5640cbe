//! How far a task is.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Sending,
    Done,
    /// Refused for good: nothing happens to it by itself.
    Parked,
    /// It may have been created, and nothing can tell.
    Unknown,
    Cancelled,
}

impl State {
    pub(crate) const ALL: [State; 6] =
        [State::Queued, State::Sending, State::Done, State::Parked, State::Unknown, State::Cancelled];

    pub(crate) fn word(self) -> &'static str {
        match self {
            State::Queued => "queued",
            State::Sending => "sending",
            State::Done => "done",
            State::Parked => "parked",
            State::Unknown => "unknown",
            State::Cancelled => "cancelled",
        }
    }

    pub(super) fn of(word: &str) -> State {
        State::ALL.into_iter().find(|state| state.word() == word).unwrap_or(State::Parked)
    }
}

/// As SQL lists them.
pub(super) fn listed(states: &[State]) -> String {
    let words: Vec<String> = states.iter().map(|state| format!("'{}'", state.word())).collect();
    words.join(", ")
}

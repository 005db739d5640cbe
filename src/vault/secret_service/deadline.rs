//! One end for everything a call does, so that many short waits cannot add up to a long one.

use std::time::{Duration, Instant};

use super::KeychainError;

#[derive(Clone, Copy)]
pub(super) struct Deadline {
    end: Option<Instant>,
    limit: Duration,
}

impl Deadline {
    pub(super) fn after(limit: Duration) -> Self {
        Self { end: Instant::now().checked_add(limit), limit }
    }

    /// What is left, never zero: sockets read a zero time limit as "wait for ever".
    pub(super) fn left(&self) -> Result<Duration, KeychainError> {
        let left = match self.end {
            Some(end) => end.saturating_duration_since(Instant::now()),
            None => self.limit,
        };
        if left.is_zero() { Err(self.passed()) } else { Ok(left) }
    }

    pub(super) fn passed(&self) -> KeychainError {
        KeychainError::Silent { after: self.limit }
    }
}

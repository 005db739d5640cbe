//! The one HTTP client: time limits, no redirects, capped answers, the system's roots, proxies but for this machine.

mod client;
mod error;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
pub(crate) mod host;
mod message;
mod pace;
mod retry;
#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
pub(crate) mod scripted;
mod sketch;

use std::time::Duration;

pub(crate) use client::Client;
pub(crate) use error::{HttpError, tls_error};
pub(crate) use message::{Answer, Request};
pub(crate) use retry::{Budget, FURTHEST, retry_after, time_there};
pub(crate) use sketch::{Sketch, Sketches};

/// What may take how long, and how much may come back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub connect: Duration,
    /// All of one command's waiting for one provider, retries included.
    pub deadline: Duration,
    /// How often a request is tried in all, where trying again is safe.
    pub tries: u32,
    /// Bytes of one answer.
    pub body: usize,
}

//! The one HTTP client: time limits, no redirects, capped answers, the system's roots, proxies but for this machine.

mod client;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
pub(crate) mod host;
mod pace;
mod retry;
#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
pub(crate) mod scripted;
mod sketch;

use std::time::Duration;

pub(crate) use client::{Answer, Client, Request, tls_error};
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

#[derive(Debug, thiserror::Error)]
pub(crate) enum HttpError {
    /// `sent`: the request may have reached the server.
    #[error("{host} cannot be reached: {why}")]
    Unreachable { host: String, why: String, sent: bool },
    #[error("{host} did not answer in time")]
    TimedOut { host: String, sent: bool },
    #[error("the answer of {host} broke off")]
    Broken { host: String },
    #[error("the answer of {host} is larger than {limit} bytes")]
    TooLarge { host: String, limit: usize },
    #[error("the certificate of {host} is not valid: {why}")]
    Certificate { host: String, why: String },
    /// Neither a certificate nor the network: the two sides have no protocol in common, or the other one hung up.
    #[error("no safe connection to {host}: {why}")]
    Handshake { host: String, why: String },
    #[error("{url} is not an address that may be asked: {why}")]
    Address { url: String, why: String },
    /// `--dry-run`: it was noted and not sent.
    #[error("nothing was sent")]
    Dry,
    #[error("the HTTP client cannot start: {0}")]
    Setup(String),
}

impl HttpError {
    /// Whether the server may have acted on the request.
    pub(crate) fn was_sent(&self) -> bool {
        match self {
            HttpError::Unreachable { sent, .. } | HttpError::TimedOut { sent, .. } => *sent,
            HttpError::Broken { .. } | HttpError::TooLarge { .. } => true,
            HttpError::Certificate { .. }
            | HttpError::Handshake { .. }
            | HttpError::Address { .. }
            | HttpError::Dry
            | HttpError::Setup(_) => false,
        }
    }
}

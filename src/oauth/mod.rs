//! HOW CONSENT BECOMES A GRANT: discovery, authorization, exchange, refresh, revocation.

mod answer;
mod assertion;
mod device;
mod dialect;
mod discovery;
mod exchange;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod introspect;
/// Keys that are nobody's, the same as in the other tests.
#[cfg(test)]
#[path = "../../tests/hostile/machines/keys.rs"]
#[allow(dead_code)]
mod keys;
pub(crate) mod loopback;
mod machine;
pub(crate) mod page;
mod paste;
mod push;
mod redirect;
mod register;
mod renew;
mod revoke;
mod signin;
#[cfg(test)]
mod stage;
#[cfg(test)]
mod tests;
mod trouble;

pub(crate) use answer::{Tokens, is_token};
pub(crate) use assertion::{KeyError, check_key};
pub(crate) use device::{DeviceSignIn, KeptDevice};
pub(crate) use discovery::{Resource, Server, protected_resource};
pub(crate) use exchange::Context;
pub(crate) use introspect::{Introspection, has_gaps, introspect};
pub(crate) use machine::ask_first;
pub(crate) use paste::read_callback;
pub(crate) use redirect::Redirect;
pub(crate) use register::{Registered, register};
pub(crate) use renew::{RenewError, Renewal, Renewed, rehearse};
pub(crate) use revoke::{Revoked, rests_on_access_token, revoke};
pub(crate) use signin::{KeptSignIn, Scopes, SignIn, fresh_id};
pub(crate) use trouble::{Trouble, blames_the_client};

use ::http::StatusCode;

use crate::http::{Answer, HttpError, retry_after};
use crate::reason::Reason;
use crate::vault::Secret;

/// The client that asks: its id and, where it is not public, its secret.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub id: String,
    pub secret: Option<Secret>,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum OauthError {
    #[error(transparent)]
    Http(HttpError),
    /// The server said no, in OAuth's words or its own.
    #[error("{title} refused: {words}")]
    Refused { title: String, code: String, detail: String, words: String, reason: Option<Reason> },
    /// The device flow asks too often; `interval`: what the server wants from now on (seconds).
    #[error("the provider asks to slow down")]
    SlowDown { interval: Option<u64> },
    /// The person said no, or the server on their behalf, in the browser.
    #[error("{title} did not grant access: {words}")]
    Denied { title: String, code: String, words: String },
    /// 5xx, or 429 for every way of saying: not so fast. `at`: when the provider wants to be asked again (unix
    /// seconds); `refused`: it certainly did not act.
    #[error("{title} cannot answer now ({status})")]
    Unavailable { title: String, status: u16, at: Option<i64>, refused: bool },
    #[error("refused for safety: {0}")]
    Unsafe(String),
    /// The endpoint sends us somewhere else. Never followed: what was sent there could be kept there.
    #[error("refused for safety: the OAuth endpoint of {title} redirects to {to}; that is never followed")]
    Elsewhere { title: String, to: String },
    /// A web page in place of an OAuth answer: a captive portal, a proxy.
    #[error("the answer of {title} is not an OAuth answer but a web page (status {status})")]
    Page { title: String, status: u16 },
    /// Not an OAuth answer: a broken server.
    #[error("{0}")]
    Malformed(String),
    /// There is no metadata where it must be.
    #[error("{0} publishes no OAuth metadata")]
    NoMetadata(String),
    /// Metadata that cannot be used.
    #[error("{0}")]
    Metadata(String),
    /// The server registers no client for us.
    #[error("{0}")]
    NotRegistered(String),
    /// An assertion was refused, and this clock is `seconds` ahead of the server's.
    #[error("{title} refused what the key signed: the clock of this machine is {} {}", crate::duration::words(.seconds.abs()), if *.seconds > 0 { "ahead" } else { "behind" })]
    Clock { title: String, seconds: i64 },
    /// No registered port is free.
    #[error(transparent)]
    Port(loopback::BindError),
    #[error("{0}")]
    TimedOut(String),
    #[error("{0}")]
    Unsupported(String),
    #[error("{0}")]
    WrongPaste(String),
    /// A pasted address that another sign-in waits for, or nobody's.
    #[error("{0}")]
    OtherSignIn(String),
}

impl From<HttpError> for OauthError {
    fn from(error: HttpError) -> Self {
        OauthError::Http(error)
    }
}

impl OauthError {
    /// Whether the server may have acted on the request although we did not get its answer.
    pub(crate) fn answer_lost(&self) -> bool {
        match self {
            OauthError::Http(error) => error.was_sent(),
            OauthError::Unavailable { refused, .. } => !refused,
            OauthError::Malformed(_) | OauthError::Page { .. } => true,
            _ => false,
        }
    }

    /// Whether the same request may succeed later.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            OauthError::Http(error) => !matches!(
                error,
                HttpError::Certificate { .. }
                    | HttpError::Handshake { .. }
                    | HttpError::Address { .. }
                    | HttpError::Dry
                    | HttpError::Setup(_)
            ),
            OauthError::Unavailable { .. } | OauthError::Malformed(_) | OauthError::Page { .. } => true,
            _ => false,
        }
    }

    /// Not now, and certainly nothing was done: what was presented is as good as before.
    pub(crate) fn left_no_trace(&self) -> bool {
        self.is_transient() && !self.answer_lost()
    }

    /// An answer that says nothing but: not now.
    fn not_now(title: &str, answer: &Answer) -> Option<OauthError> {
        let status = answer.status;
        (status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS).then(|| {
            let now = crate::clock::now();
            let at = retry_after(&answer.headers, now).map(|seconds| now + seconds);
            OauthError::Unavailable { title: title.to_owned(), status: status.as_u16(), at, refused: true }
        })
    }

    /// Seconds until the provider wants to be asked again.
    pub(crate) fn retry_after(&self) -> Option<i64> {
        match self {
            OauthError::Unavailable { at: Some(at), .. } => {
                Some(at.saturating_sub(crate::clock::now()).max(0))
            }
            _ => None,
        }
    }
}

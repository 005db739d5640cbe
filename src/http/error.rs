//! What keeps an answer from coming, and how much of it was the network's.

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

/// Before a connection stands nothing was sent; afterwards the request may have arrived.
pub(super) fn translate(error: &reqwest::Error, name: &str) -> HttpError {
    let host = name.to_owned();
    match tls_problem(error) {
        Some(rustls::Error::InvalidCertificate(why)) => {
            return HttpError::Certificate { host, why: why.to_string() };
        }
        Some(other) => return HttpError::Handshake { host, why: other.to_string() },
        None => {}
    }
    let sent = !error.is_connect();
    if error.is_timeout() {
        HttpError::TimedOut { host, sent }
    } else if sent && !error.is_request() {
        HttpError::Broken { host }
    } else {
        HttpError::Unreachable { host, why: causes(error), sent }
    }
}

/// The refusal of TLS in the chain of causes, if that is what it was.
fn tls_problem(error: &reqwest::Error) -> Option<&rustls::Error> {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(at) = cause {
        if let Some(
            refusal @ (rustls::Error::InvalidCertificate(_)
            | rustls::Error::AlertReceived(_)
            | rustls::Error::PeerIncompatible(_)),
        ) = tls_error(at)
        {
            return Some(refusal);
        }
        cause = at.source();
    }
    None
}

/// Each layer below wraps the error in one more `io::Error`, whose `source` skips what it wraps.
pub(crate) fn tls_error<'a>(cause: &'a (dyn std::error::Error + 'static)) -> Option<&'a rustls::Error> {
    let mut at = cause;
    while let Some(wrapped) = at.downcast_ref::<std::io::Error>().and_then(|error| error.get_ref()) {
        at = wrapped;
    }
    at.downcast_ref()
}

/// The innermost cause: the outer ones repeat the URL, which may hold a token.
pub(super) fn causes(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(deeper) = cause.source() {
        cause = deeper;
    }
    if std::ptr::eq(std::ptr::from_ref(cause).cast::<()>(), std::ptr::from_ref(error).cast::<()>()) {
        return "the connection failed".to_owned();
    }
    cause.to_string()
}

//! Bad days of the token endpoint, on request.

use std::borrow::Cow;
use std::time::Duration;

use hyper::StatusCode;
use hyper::header::RETRY_AFTER;

use super::answer::Refusal;

#[derive(Default)]
pub(crate) struct Trouble {
    left: u32,
    status: StatusCode,
    error: Option<String>,
    retry_after: Option<u32>,
    /// How long every answer of the token endpoint takes.
    pub(crate) delay: Duration,
    pub(crate) refused: u64,
}

impl Trouble {
    pub(crate) fn fail_next(&mut self, n: u32, status: u16, retry_after: Option<u32>) {
        self.left = n;
        self.status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        self.error = None;
        self.retry_after = retry_after;
    }

    /// The error code of those answers, instead of the one that suits the status.
    pub(crate) fn call_it(&mut self, error: &str) {
        self.error = Some(error.to_owned());
    }

    pub(crate) fn strike(&mut self) -> Result<(), Refusal> {
        if self.left == 0 {
            return Ok(());
        }
        self.left -= 1;
        self.refused += 1;
        let refusal = Refusal::new(self.status, self.error_code(), "the sandbox was told to fail");
        Err(match self.retry_after {
            Some(seconds) => refusal.with(RETRY_AFTER, seconds.to_string()),
            None => refusal,
        })
    }

    fn error_code(&self) -> Cow<'static, str> {
        if let Some(error) = &self.error {
            return error.clone().into();
        }
        match self.status {
            StatusCode::UNAUTHORIZED => "invalid_client",
            StatusCode::TOO_MANY_REQUESTS => "rate_limited",
            StatusCode::SERVICE_UNAVAILABLE => "temporarily_unavailable",
            status if status.is_server_error() => "server_error",
            _ => "invalid_request",
        }
        .into()
    }
}

//! What goes back: an answer, or a refusal in the words of RFC 6749.

use std::borrow::Cow;
use std::time::Duration;

use http_body_util::Full;
use hyper::StatusCode;
use hyper::body::Bytes;
use hyper::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, LOCATION, PRAGMA,
    REFERRER_POLICY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use serde_json::{Value, json};

pub(crate) type Response = hyper::Response<Full<Bytes>>;

pub(crate) type Outcome = Result<Answer, Refusal>;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) delay: Duration,
    headers: Vec<(HeaderName, String)>,
    body: String,
}

impl Answer {
    pub(crate) fn empty(status: StatusCode) -> Self {
        Self { status, delay: Duration::ZERO, headers: Vec::new(), body: String::new() }
    }

    pub(crate) fn json(value: &Value) -> Self {
        let mut answer = Self::empty(StatusCode::OK).with(CONTENT_TYPE, "application/json");
        answer.body = value.to_string();
        answer
    }

    /// `policy` is the page's Content-Security-Policy.
    pub(crate) fn html(body: String, policy: String) -> Self {
        let mut answer = Self::empty(StatusCode::OK)
            .with(CONTENT_TYPE, "text/html; charset=utf-8")
            .with(CONTENT_SECURITY_POLICY, policy)
            .with(REFERRER_POLICY, "no-referrer")
            .with(X_CONTENT_TYPE_OPTIONS, "nosniff")
            .with(X_FRAME_OPTIONS, "DENY")
            .no_store();
        answer.body = body;
        answer
    }

    /// 303, so that what a person typed into a form is never sent on (RFC 9700, 4.12).
    pub(crate) fn redirect(to: &url::Url) -> Self {
        Self::empty(StatusCode::SEE_OTHER)
            .with(LOCATION, to.as_str())
            .with(REFERRER_POLICY, "no-referrer")
            .no_store()
    }

    pub(crate) fn too_large() -> Self {
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "invalid_request", "the body is too large").into()
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn no_store(self) -> Self {
        self.with(CACHE_CONTROL, "no-store").with(PRAGMA, "no-cache")
    }

    pub(crate) fn into_response(self) -> Response {
        let mut response = Response::new(Full::from(self.body));
        *response.status_mut() = self.status;
        for (name, value) in self.headers {
            // Every value is built here from text without control characters.
            if let Ok(value) = HeaderValue::try_from(value) {
                response.headers_mut().append(name, value);
            }
        }
        response
    }
}

pub(crate) struct Refusal {
    status: StatusCode,
    error: Cow<'static, str>,
    description: Cow<'static, str>,
    headers: Vec<(HeaderName, String)>,
}

impl Refusal {
    /// `description` must be plain ASCII without quotes or backslashes (RFC 6749, 5.2).
    pub(crate) fn new(
        status: StatusCode,
        error: impl Into<Cow<'static, str>>,
        description: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { status, error: error.into(), description: description.into(), headers: Vec::new() }
    }

    pub(crate) fn bad(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error, description)
    }

    pub(crate) fn invalid_request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::bad("invalid_request", description)
    }

    pub(crate) fn invalid_grant(description: &'static str) -> Self {
        Self::bad("invalid_grant", description)
    }

    pub(crate) fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn challenge(self, challenge: impl Into<String>) -> Self {
        self.with(WWW_AUTHENTICATE, challenge)
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        let body = json!({ "error": refusal.error, "error_description": refusal.description });
        let mut answer = Self::json(&body).status(refusal.status).no_store();
        answer.headers.extend(refusal.headers);
        answer
    }
}

/// Adds a member that only some documents have.
pub(crate) fn set(document: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = document.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

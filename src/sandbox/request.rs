//! One request, read to its end.

use hyper::body::Bytes;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderName, ORIGIN, USER_AGENT};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method};
use url::form_urlencoded;

use super::answer::Refusal;

pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Params,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// What stood where the route's path has `{name}`.
    pub(crate) captures: Vec<(&'static str, String)>,
}

impl Request {
    pub(crate) fn new(head: Parts, body: Bytes) -> Self {
        Self {
            method: head.method,
            path: head.uri.path().to_owned(),
            query: Params::parse(head.uri.query().unwrap_or_default().as_bytes()),
            headers: head.headers,
            body,
            captures: Vec::new(),
        }
    }

    pub(crate) fn capture(&self, name: &str) -> &str {
        self.captures.iter().find(|(key, _)| *key == name).map_or("", |(_, value)| value)
    }

    pub(crate) fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    pub(crate) fn authorization(&self) -> Option<&str> {
        self.header(&AUTHORIZATION)
    }

    pub(crate) fn user_agent(&self) -> Option<&str> {
        self.header(&USER_AGENT)
    }

    pub(crate) fn host(&self) -> Option<&str> {
        self.header(&HOST)
    }

    /// Browsers say where a cross-site request comes from; programs do not.
    pub(crate) fn comes_from_a_web_page(&self) -> bool {
        self.headers.contains_key(ORIGIN)
    }

    pub(crate) fn has_content_type(&self, wanted: &str) -> bool {
        self.header(&CONTENT_TYPE)
            .and_then(|value| value.split(';').next())
            .is_some_and(|essence| essence.trim().eq_ignore_ascii_case(wanted))
    }

    pub(crate) fn form(&self) -> Result<Params, Refusal> {
        if !self.has_content_type("application/x-www-form-urlencoded") {
            return Err(Refusal::invalid_request("the body must be application/x-www-form-urlencoded"));
        }
        Ok(Params::parse(&self.body))
    }

    /// What a client sends to an OAuth endpoint: in the body alone, and each parameter once (RFC 6749, 3.2).
    pub(crate) fn oauth_form(&self) -> Result<Params, Refusal> {
        if !self.query.is_empty() {
            return Err(Refusal::invalid_request("parameters belong in the body, not in the URL"));
        }
        let form = self.form()?;
        if form.repeats() {
            return Err(Refusal::invalid_request("a parameter is given more than once"));
        }
        Ok(form)
    }
}

pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().collect())
    }

    /// A parameter without a value counts as left out (RFC 6749, 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        self.0.iter().filter(|(key, _)| key == name).map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn repeats(&self) -> bool {
        self.0
            .iter()
            .enumerate()
            .any(|(at, (key, _))| self.0.iter().take(at).any(|(before, _)| before == key))
    }
}

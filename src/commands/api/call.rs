//! One call as a person asked for it, and as it changes from page to page.

use http::{HeaderName, HeaderValue, Method};
use url::Url;

use super::body::Body;
use crate::error::{Error, Kind};
use crate::http::Request;
use crate::output::sanitise;
use crate::providers;
use crate::providers::pages::Next;

pub(super) type Header = (HeaderName, HeaderValue);

/// What a person may not say: who asks, to whom, and where the message ends is ours to say.
const OURS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "cookie",
    "host",
    "content-length",
    "transfer-encoding",
    "connection",
    "upgrade",
    "te",
    "trailer",
    "expect",
];

pub(super) struct Call {
    pub method: Method,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<Header>,
    pub body: Body,
}

impl Call {
    /// Whether sending it twice does no more than sending it once.
    pub(super) fn is_safe(&self) -> bool {
        matches!(self.method, Method::GET | Method::HEAD | Method::OPTIONS)
    }

    pub(super) fn url(&self, api: &providers::Api<'_>) -> Result<Url, Error> {
        let mut url = api.url(&self.path)?;
        if !self.query.is_empty() {
            // A field replaces what the path already says of it: that is how a page follows a page.
            let set = |name: &str| self.query.iter().any(|(own, _)| own == name);
            let kept: Vec<(String, String)> = url
                .query_pairs()
                .filter(|(name, _)| !set(name))
                .map(|(n, v)| (n.into_owned(), v.into_owned()))
                .collect();
            url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(&self.query);
        }
        Ok(url)
    }

    pub(super) fn request(&self, url: Url) -> Request {
        let mut request = Request::new(self.method.clone(), url);
        request.body = self.body.bytes();
        if !request.body.is_empty() {
            request = request.header("content-type", "application/json; charset=utf-8");
        }
        for (name, _) in &self.headers {
            request.headers.remove(name);
        }
        request.headers.extend(self.headers.iter().cloned());
        request
    }

    /// Becomes the call for the next page. `Api::url` sees to it that it stays on the provider's hosts.
    pub(super) fn turn_to(&mut self, next: Next, from: &Url) -> Result<(), Error> {
        match next {
            Next::Address(address) => {
                let wrong = || {
                    let shown = sanitise::excerpt(&address);
                    Error::new(Kind::ProviderError, format!("the next page has no usable address: {shown}"))
                };
                self.path = from.join(&address).map_err(|_| wrong())?.to_string();
                self.query.clear();
            }
            Next::Parameter(name, value) => {
                if !self.body.set(&name, &value) {
                    self.query.retain(|(own, _)| *own != name);
                    self.query.push((name, value));
                }
            }
        }
        Ok(())
    }
}

/// `Name: value`, as clap reads it.
pub(super) fn header(text: &str) -> Result<Header, String> {
    let (name, value) = text.split_once(':').ok_or("use `Name: value`")?;
    let name: HeaderName = name.trim().parse().map_err(|_| "that is no name of a header".to_owned())?;
    if OURS.contains(&name.as_str()) {
        return Err(format!("`{name}` is set by integ"));
    }
    let value = HeaderValue::from_str(value.trim()).map_err(|_| "that is no value of a header".to_owned())?;
    Ok((name, value))
}

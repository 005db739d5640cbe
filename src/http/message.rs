//! What is asked, and what is answered.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use url::Url;
use zeroize::Zeroizing;

use crate::vault::Secret;

/// How we call ourselves.
pub(super) const USER: &str = concat!("integ/", env!("CARGO_PKG_VERSION"));

#[derive(Clone)]
pub(crate) struct Request {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    /// The path carries the token: no log shows it.
    pub has_secret_path: bool,
    /// What `--dry-run` masks wherever it stands.
    pub secrets: Vec<Secret>,
}

pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: Method, url: Url) -> Request {
        Request {
            method,
            url,
            headers: HeaderMap::new(),
            body: Vec::new(),
            has_secret_path: false,
            secrets: Vec::new(),
        }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Request {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            self.headers.insert(name, value);
        }
        self
    }

    /// The `Authorization` header, marked so that no log shows it.
    pub(crate) fn authorization(mut self, value: &Secret) -> Request {
        if let Ok(mut value) = HeaderValue::from_str(value.expose()) {
            value.set_sensitive(true);
            self.headers.insert(http::header::AUTHORIZATION, value);
        }
        self
    }

    /// HTTP Basic as OAuth wants it: each half form-encoded first (RFC 6749 §2.3.1).
    pub(crate) fn basic(mut self, id: &str, secret: &Secret) -> Request {
        use base64::Engine;
        let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let pair = Zeroizing::new(format!("{}:{}", encode(id), encode(secret.expose())));
        let text = format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(&*pair));
        if let Ok(mut value) = HeaderValue::from_str(&text) {
            value.set_sensitive(true);
            self.headers.insert(http::header::AUTHORIZATION, value);
        }
        self
    }

    pub(crate) fn form(mut self, fields: &[(&str, &str)]) -> Request {
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        self.body = form.extend_pairs(fields).finish().into_bytes();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    pub(crate) fn json(mut self, body: &serde_json::Value) -> Request {
        self.body = body.to_string().into_bytes();
        self.header("content-type", "application/json")
    }
}

impl Answer {
    pub(crate) fn json(&self) -> Option<serde_json::Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

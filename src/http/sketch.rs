//! What `--dry-run` shows in place of sending: the request as it would go out, with its secrets masked.

use std::cell::RefCell;
use std::rc::Rc;

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use serde_json::{Value, json};
use url::Url;

use super::message::{Request, USER};
use crate::vault::Secret;

const MASK: &str = "***";

/// Parameters that are secret wherever they stand: in a query, in a form, in JSON.
const SECRET: &[&str] = &[
    "access_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "password",
    "refresh_token",
    "token",
];

/// Recorded by every client of one command, in order.
pub(crate) type Sketches = Rc<RefCell<Vec<Sketch>>>;

pub(crate) struct Sketch {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Sketch {
    pub(crate) fn of(request: &Request) -> Sketch {
        let hide = |text: &str| hide(text, &request.secrets);
        let mut headers: Vec<(String, String)> = Vec::new();
        for (name, value) in &request.headers {
            let text = String::from_utf8_lossy(value.as_bytes());
            let masked = match text.split_once(' ') {
                _ if !value.is_sensitive() && name != AUTHORIZATION => hide(&text),
                Some((scheme, _)) => format!("{scheme} {MASK}"),
                None => MASK.to_owned(),
            };
            headers.push((name.as_str().to_owned(), masked));
        }
        // What the client adds to every request.
        for (name, value) in [(ACCEPT, "*/*"), (USER_AGENT, USER)] {
            if !request.headers.contains_key(&name) {
                headers.push((name.as_str().to_owned(), value.to_owned()));
            }
        }
        Sketch {
            method: request.method.to_string(),
            url: hide(&masked_url(&request.url)),
            headers,
            body: hide(&masked_body(request)),
        }
    }

    pub(crate) fn json(&self) -> Value {
        let headers: serde_json::Map<String, Value> =
            self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({"method": self.method, "url": self.url, "headers": headers, "body": self.body})
    }

    /// As it goes over the wire, more or less.
    pub(crate) fn text(&self) -> String {
        let mut text = format!("{} {}\n", self.method, self.url);
        self.headers.iter().for_each(|(name, value)| text.push_str(&format!("{name}: {value}\n")));
        if !self.body.is_empty() {
            text.push_str(&format!("\n{}\n", self.body));
        }
        text
    }
}

fn masked_url(url: &Url) -> String {
    let Some(query) = url.query() else { return url.to_string() };
    let masked = masked_form(query);
    let mut bare = url.clone();
    bare.set_query(None);
    bare.set_fragment(None);
    format!("{bare}?{masked}")
}

fn masked_body(request: &Request) -> String {
    let Ok(text) = std::str::from_utf8(&request.body) else {
        return format!("({} bytes that are no text)", request.body.len());
    };
    let kind = request.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if kind.starts_with("application/x-www-form-urlencoded") {
        return masked_form(text);
    }
    // Where there is nothing to mask, byte for byte.
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return text.to_owned() };
    if mask_json(&mut value) { value.to_string() } else { text.to_owned() }
}

/// The other pairs stay as they are, escapes included.
fn masked_form(form: &str) -> String {
    let pair = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if SECRET.contains(&name) => format!("{name}={}", masked(name, value)),
        _ => pair.to_owned(),
    };
    form.split('&').map(pair).collect::<Vec<_>>().join("&")
}

/// Whether anything was masked.
fn mask_json(value: &mut Value) -> bool {
    match value {
        Value::Object(object) => object.iter_mut().fold(false, |any, (name, value)| match value {
            Value::String(text) if SECRET.contains(&name.as_str()) => {
                *text = masked(name, text);
                true
            }
            value => mask_json(value) || any,
        }),
        Value::Array(items) => items.iter_mut().map(mask_json).filter(|masked| *masked).count() > 0,
        _ => false,
    }
}

/// Of an assertion only the signature is a secret: what it says is what somebody wants to see.
fn masked(name: &str, value: &str) -> String {
    match value.rsplit_once('.') {
        Some((says, _)) if name.ends_with("assertion") && says.contains('.') => format!("{says}.{MASK}"),
        _ => MASK.to_owned(),
    }
}

/// Tokens stand in paths too, and in what a person wrote.
fn hide(text: &str, secrets: &[Secret]) -> String {
    let mut text = text.to_owned();
    for secret in secrets.iter().map(Secret::expose).filter(|secret| !secret.is_empty()) {
        let escaped: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let quoted = Value::from(secret).to_string();
        text = text.replace(secret, MASK).replace(&escaped, MASK).replace(quoted.trim_matches('"'), MASK);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::Method;

    fn post(url: &str) -> Request {
        Request::new(Method::POST, url.parse().unwrap())
    }

    #[test]
    fn secrets_are_masked_and_all_else_stays_as_it_is() {
        let form = [("grant_type", "refresh_token"), ("refresh_token", "s3cret"), ("scope", "a b")];
        let sketch = Sketch::of(&post("https://x.example/t?code=s3cret&a=%2F").form(&form));
        assert_eq!(sketch.url, "https://x.example/t?code=***&a=%2F");
        assert_eq!(sketch.body, "grant_type=refresh_token&refresh_token=***&scope=a+b");
        let nested = json!({"a": [{"token": "s3cret"}], "client_id": "c"});
        assert_eq!(
            Sketch::of(&post("https://x.example/").json(&nested)).body,
            r#"{"a":[{"token":"***"}],"client_id":"c"}"#
        );
        let signed =
            Sketch::of(&post("https://x.example/").form(&[("assertion", "aa.bb.cc"), ("assertion", "aa")]));
        assert_eq!(signed.body, "assertion=aa.bb.***&assertion=***");
    }

    #[test]
    fn a_known_secret_is_masked_wherever_it_stands() {
        let mut request = post("https://x.example/bot1:a%2F/send").basic("id", &Secret::new("s3cret"));
        request.secrets = vec![Secret::new("1:a/"), Secret::new("q\"q")];
        request.url = "https://x.example/bot1:a/send?x=1%3Aa%2F".parse().unwrap();
        request.body = br#"{ "text": "1:a/ q\"q" }"#.to_vec();
        let sketch = Sketch::of(&request);
        assert_eq!(sketch.url, "https://x.example/bot***send?x=***");
        assert_eq!(sketch.body, r#"{ "text": "*** ***" }"#);
        assert!(sketch.headers.contains(&("authorization".into(), "Basic ***".into())));
    }
}

//! What is said, and how.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{CLIENT, SECRET};
use crate::desk::{Answer, Asked, answer};
use crate::dialect::{Limited, now};

pub(super) fn is_form(asked: &Asked) -> bool {
    asked.header("content-type").is_some_and(|t| t.starts_with("application/x-www-form-urlencoded"))
}

/// `*` stands for a port.
pub(super) fn fits(uri: &str, registered: &str) -> bool {
    match registered.split_once('*') {
        Some((before, after)) => uri
            .strip_prefix(before)
            .and_then(|rest| rest.strip_suffix(after))
            .is_some_and(|port| port.parse::<u16>().is_ok()),
        None => uri == registered,
    }
}

/// A text that is JSON, and every other one as it is.
pub(super) fn reply(status: u16, body: &Value) -> Answer {
    match body {
        Value::String(text) => answer(status, text.clone()).with("Content-Type", "text/plain"),
        body => answer(status, body.to_string()).with("Content-Type", "application/json"),
    }
}

/// What stands for something is replaced by it; `SCOPES` is `SCOPE` as a list.
pub(super) fn filled(template: &Value, values: &[(&str, Value)]) -> Value {
    match template {
        Value::String(name) => {
            let value = values.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone());
            value.unwrap_or_else(|| template.clone())
        }
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(object) => {
            object.iter().map(|(key, value)| (key.clone(), filled(value, values))).collect()
        }
        other => other.clone(),
    }
}

pub(super) fn is_json(asked: &Asked) -> bool {
    asked.header("content-type").is_some_and(|t| t.starts_with("application/json"))
}

/// Both halves encoded as in a form (RFC 6749 §2.3.1).
pub(super) fn basic() -> String {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    format!("Basic {}", STANDARD.encode(format!("{}:{}", encode(CLIENT), encode(SECRET))))
}

pub(super) fn scopes_of(text: Option<&String>) -> Vec<&str> {
    text.map_or("", String::as_str).split([' ', ',']).filter(|scope| !scope.is_empty()).collect()
}

/// Not so fast, and until when.
pub(super) fn limited(limits: &Limited) -> Answer {
    let reply = reply(limits.status, &limits.body);
    limits.headers.iter().fold(reply, |reply, (name, value)| {
        let ahead = |seconds: &str| now() + seconds.parse::<i64>().unwrap();
        let value = match value.split_once('+') {
            Some(("EPOCH", seconds)) => ahead(seconds).to_string(),
            Some(("EPOCH-MS", seconds)) => (ahead(seconds) * 1_000).to_string(),
            _ => value.clone(),
        };
        reply.with(name, &value)
    })
}

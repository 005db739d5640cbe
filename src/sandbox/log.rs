//! What was asked of the sandbox, without a word of what must stay secret: no query, no body, no token.

use std::collections::{BTreeMap, VecDeque};

use hyper::StatusCode;
use serde_json::{Value, json};

use super::clients::GRANT_TYPES;
use super::request::Request;

const LONGEST: usize = 1000;

#[derive(Default)]
pub(crate) struct Log {
    entries: VecDeque<Value>,
    /// Requests by path, and token requests by grant type.
    paths: BTreeMap<String, u64>,
    grant_types: BTreeMap<&'static str, u64>,
}

impl Log {
    pub(crate) fn record(&mut self, request: &Request, status: StatusCode) {
        if request.path.starts_with("/_sandbox/") {
            return;
        }
        let grant_type = (request.path == "/token").then(|| grant_type(request));
        if let Some(grant_type) = grant_type {
            *self.grant_types.entry(grant_type).or_default() += 1;
        }
        if status != StatusCode::NOT_FOUND {
            *self.paths.entry(request.path.clone()).or_default() += 1;
        }
        self.entries.push_back(json!({
            "method": request.method.as_str(),
            "path": request.path,
            "grant_type": grant_type,
            "user_agent": request.user_agent(),
            "status": status.as_u16(),
        }));
        if self.entries.len() > LONGEST {
            self.entries.pop_front();
        }
    }

    pub(crate) fn entries(&self) -> Value {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn at(&self, path: &str) -> u64 {
        self.paths.get(path).copied().unwrap_or_default()
    }

    pub(crate) fn under(&self, prefix: &str) -> u64 {
        self.paths.iter().filter(|(path, _)| path.starts_with(prefix)).map(|(_, count)| count).sum()
    }

    pub(crate) fn token_requests(&self, grant_type: &str) -> u64 {
        self.grant_types.get(grant_type).copied().unwrap_or_default()
    }
}

/// One of those offered here, or `other`: a client that mixes up its fields must not put a secret into the log.
fn grant_type(request: &Request) -> &'static str {
    let given = request.form().ok();
    let given = given.as_ref().and_then(|form| form.get("grant_type"));
    GRANT_TYPES.into_iter().find(|known| given == Some(known)).unwrap_or("other")
}

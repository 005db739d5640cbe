//! What happened, for a person who asked (`-v`, `--log-file`, `INTEG_LOG`). Requests are logged without query, body or
//! headers, so there is no secret to mask; what remains is sanitised like anything a provider says.

use std::fmt::Display;
use std::fs::File;
use std::io::Write;
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use http::Method;
use url::Url;

use crate::clock;
use crate::output::sanitise;

/// 0: nothing, 1: what is done and why, 2: each request.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Quiet,
    Info,
    Debug,
}

struct Sink {
    stderr: Level,
    file: Option<Mutex<File>>,
    json: bool,
}

static SINK: OnceLock<Sink> = OnceLock::new();

/// Once, before the command runs; without it nothing is logged and nothing is paid.
pub(crate) fn start(stderr: Level, file: Option<File>, json: bool) {
    if stderr > Level::Quiet || file.is_some() {
        let _ = SINK.set(Sink { stderr, file: file.map(Mutex::new), json });
    }
}

pub(crate) fn info(text: &str) {
    write(Level::Info, text);
}

/// Method, address without its query, outcome and time. A path that holds a token comes here masked.
pub(crate) fn request(
    method: &Method,
    url: &Url,
    path: &str,
    took: Duration,
    outcome: Result<u16, &dyn Display>,
) {
    if SINK.get().is_none() {
        return;
    }
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let place = format!("{}{port}{}", url.host_str().unwrap_or("?"), mask_path(path));
    let outcome = match outcome {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    };
    write(
        Level::Debug,
        &format!("{method} {}://{place} -> {outcome} ({} ms)", url.scheme(), took.as_millis()),
    );
}

/// Telegram's way of carrying the token in the path: `/bot123:abc/getMe`.
fn mask_path(path: &str) -> String {
    path.split('/').map(|part| if part.contains(':') { "***" } else { part }).collect::<Vec<_>>().join("/")
}

fn write(level: Level, text: &str) {
    let Some(sink) = SINK.get() else { return };
    let text = sanitise::line(text);
    let (time, name) = (clock::rfc3339(clock::now()), if level == Level::Info { "info" } else { "debug" });
    let line = if sink.json {
        serde_json::json!({"time": time, "level": name, "pid": std::process::id(), "message": text})
            .to_string()
    } else {
        format!("{time} {name} {text}")
    };
    if sink.stderr >= level {
        let shown = if sink.json { line.as_str() } else { &*text };
        let _ = writeln!(std::io::stderr(), "{shown}");
    }
    if let Some(Ok(mut file)) = sink.file.as_ref().map(Mutex::lock) {
        let _ = writeln!(file, "{line}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_in_a_path_is_masked() {
        assert_eq!(mask_path("/bot123:abc/getMe"), "/***/getMe");
        assert_eq!(mask_path("/v1/users/me"), "/v1/users/me");
    }
}

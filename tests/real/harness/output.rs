//! What a run left: its exit code (128+n for a signal) and its two streams.
use std::fmt;

use serde_json::Value;

#[derive(Debug, Clone)]
pub(crate) struct Output {
    pub(crate) command: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    pub(crate) fn ok(self) -> Self {
        self.exits(0)
    }

    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "wrong exit code\n{self}");
        self
    }

    /// The one JSON document on stdout.
    pub(crate) fn json(&self) -> Value {
        let value: Value = serde_json::from_str(&self.stdout)
            .unwrap_or_else(|why| panic!("not one JSON document: {why}\n{self}"));
        assert_eq!(value["v"], 1, "no version\n{self}");
        value
    }

    /// The last JSON line, of commands that print one object a line.
    pub(crate) fn last_line(&self) -> Value {
        let line = self.stdout.lines().last().unwrap_or_else(|| panic!("nothing on stdout\n{self}"));
        serde_json::from_str(line).unwrap_or_else(|why| panic!("not JSON: {why}\n{self}"))
    }

    /// The kind of the error that `--json` reported, which carries the same exit code and a message.
    pub(crate) fn error(&self) -> String {
        let error = &self.last_line()["error"];
        assert_eq!(error["exit"], self.code, "the error and the process disagree\n{self}");
        assert!(error["message"].as_str().is_some_and(|text| !text.is_empty()), "no message\n{self}");
        error["kind"].as_str().unwrap_or_else(|| panic!("no kind\n{self}")).to_owned()
    }

    /// stdout without its newline.
    pub(crate) fn text(&self) -> &str {
        self.stdout.trim_end_matches('\n')
    }

    pub(crate) fn says(&self, wanted: &str) -> &Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(all.to_lowercase().contains(&wanted.to_lowercase()), "does not say {wanted:?}\n{self}");
        self
    }

    pub(crate) fn never_says(&self, unwanted: &str) -> &Self {
        let all = format!("{}{}", self.stdout, self.stderr);
        assert!(!all.to_lowercase().contains(&unwanted.to_lowercase()), "says {unwanted:?}\n{self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { command, code, stdout, stderr } = self;
        write!(f, "$ {command}\nexit {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}

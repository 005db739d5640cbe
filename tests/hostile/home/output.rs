//! What a command said and how it ended.

use std::fmt::Write as _;

use serde_json::Value;

/// What a test counted; past its own output, which is kept back where nothing failed.
pub(crate) fn figure(text: &str) {
    let _ = std::io::Write::write_all(&mut std::io::stderr(), format!("{text}\n").as_bytes());
}

#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) args: Vec<String>,
    /// 128+n where a signal ended it, as a shell would say.
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: Vec<u8>,
    /// The most memory seen, in KiB.
    pub(crate) peak: u64,
    pub(crate) command_lines: Vec<String>,
}

impl Output {
    pub(crate) fn out(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    pub(crate) fn err(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }

    #[track_caller]
    pub(crate) fn exits(&self, codes: &[i32]) -> &Output {
        assert!(codes.contains(&self.code), "exit {} instead of {codes:?}\n{}", self.code, self.transcript());
        self
    }

    /// Something that a person reads holds this text.
    #[track_caller]
    pub(crate) fn says(&self, text: &str) -> &Output {
        let said = format!("{}{}", self.out(), self.err()).to_lowercase();
        assert!(said.contains(&text.to_lowercase()), "nothing about {text:?}\n{}", self.transcript());
        self
    }

    #[track_caller]
    pub(crate) fn never_says(&self, text: &str) -> &Output {
        let said = format!("{}{}", self.out(), self.err()).to_lowercase();
        assert!(!said.contains(&text.to_lowercase()), "says {text:?}\n{}", self.transcript());
        self
    }

    /// The one JSON document on stdout.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is not one JSON document: {error}\n{}", self.transcript()))
    }

    /// The kind of the error: of the document, or of the first connection in it that failed.
    #[track_caller]
    pub(crate) fn kind(&self) -> String {
        let document = self.json();
        assert_eq!(document["v"], 1, "{}", self.transcript());
        let mut error = document["error"].clone();
        for list in ["tests", "refreshes"] {
            let rows = document[list].as_array().cloned().unwrap_or_default();
            if let Some(found) = rows.into_iter().map(|row| row["error"].clone()).find(|e| !e.is_null()) {
                error = found;
            }
        }
        assert_eq!(error["exit"], self.code, "the document and the exit code differ\n{}", self.transcript());
        assert!(error["message"].as_str().is_some_and(|m| !m.is_empty()), "{}", self.transcript());
        error["kind"].as_str().unwrap_or_default().to_owned()
    }

    /// The last line of an output that is one object a line.
    #[track_caller]
    pub(crate) fn last_event(&self) -> Value {
        let out = self.out();
        let line = out.lines().last().unwrap_or_default();
        serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}\n{}", self.transcript()))
    }

    pub(crate) fn transcript(&self) -> String {
        let mut text = format!("$ integ {}\n", self.args.join(" "));
        for (name, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let shown: String = String::from_utf8_lossy(bytes).chars().take(4_000).collect();
            writeln!(text, "--- {name}\n{}", shown.escape_debug().to_string().replace("\\n", "\n")).unwrap();
        }
        write!(text, "--- exit {}", self.code).unwrap();
        text
    }
}

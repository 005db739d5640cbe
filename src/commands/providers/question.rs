//! What a person is asked about a server that says nothing about itself.

use url::Url;

use crate::app::App;
use crate::error::Error;
use crate::http::host;

/// A key of the file, with its question.
#[derive(Clone, Copy)]
pub(super) struct Question {
    key: &'static str,
    words: &'static str,
    kind: Answer,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Text,
    Needed,
    Address,
    NeededAddress,
    OneOf(&'static [&'static str]),
    Path,
}

const QUESTIONS: &[Question] = &[
    Question { key: "title", words: "Its name, for people", kind: Answer::Needed },
    Question { key: "api-url", words: "The base URL of its API", kind: Answer::NeededAddress },
    Question {
        key: "authorize-url",
        words: "Where a browser is sent to sign in (authorization endpoint)",
        kind: Answer::NeededAddress,
    },
    Question { key: "token-url", words: "Token endpoint", kind: Answer::NeededAddress },
    Question { key: "revoke-url", words: "Revocation endpoint (empty: none)", kind: Answer::Address },
    Question {
        key: "device-url",
        words: "Device authorization endpoint (empty: none)",
        kind: Answer::Address,
    },
    Question {
        key: "scopes",
        words: "Scopes to ask for, with spaces between them (empty: none)",
        kind: Answer::Text,
    },
    Question {
        key: "client-auth",
        words: "How the client authenticates: basic, body, none (empty: body)",
        kind: Answer::OneOf(&["basic", "body", "none"]),
    },
    Question {
        key: "refresh",
        words: "Refresh tokens: rotating, stable, none (empty: rotating)",
        kind: Answer::OneOf(&["rotating", "stable", "none"]),
    },
    Question {
        key: "whoami.path",
        words: "A path of the API that says whose token it is, such as /me (empty: none)",
        kind: Answer::Path,
    },
    Question { key: "whoami.id", words: "The field of its answer with the account's id", kind: Answer::Text },
    Question {
        key: "whoami.account",
        words: "The field of its answer with the account's name or address",
        kind: Answer::Text,
    },
];

impl Question {
    pub(super) fn key(&self) -> &'static str {
        self.key
    }

    /// What is wrong with an answer.
    fn fault(&self, answer: &str) -> Option<String> {
        let address = || match answer.parse::<Url>() {
            Err(_) => Some("that is not a URL".to_owned()),
            Ok(url) => host::safe(&url).err().map(|why| format!("it {why}")),
        };
        match self.kind {
            Answer::Needed | Answer::NeededAddress if answer.is_empty() => Some("this is needed".to_owned()),
            _ if answer.is_empty() => None,
            Answer::Address | Answer::NeededAddress => address(),
            Answer::OneOf(known) if !known.contains(&answer) => Some(format!("one of: {}", known.join(", "))),
            Answer::Path if !answer.starts_with('/') => Some("a path begins with /".to_owned()),
            _ => None,
        }
    }
}

/// Every question, each until its answer can be used; empty answers are left out.
pub(super) fn ask(app: &App) -> Result<Vec<(Question, String)>, Error> {
    let mut answers: Vec<(Question, String)> = Vec::new();
    for question in QUESTIONS {
        let of_whoami = question.key.starts_with("whoami.") && question.key != "whoami.path";
        if of_whoami && !answers.iter().any(|(asked, _)| asked.key == "whoami.path") {
            continue;
        }
        let answer = loop {
            let answer = app.prompt.text(question.words)?;
            match question.fault(&answer) {
                Some(why) => app.out.always(&why),
                None => break answer,
            }
        };
        match (question.key, answer.is_empty()) {
            (_, false) => answers.push((*question, answer)),
            ("refresh", true) => answers.push((*question, "rotating".to_owned())),
            (_, true) => {}
        }
    }
    Ok(answers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_that_cannot_work_are_asked_again() {
        let fault = |key: &str, answer: &str| {
            QUESTIONS.iter().find(|question| question.key == key).unwrap().fault(answer).is_some()
        };
        for (key, answer) in [
            ("title", ""),
            ("api-url", ""),
            ("api-url", "example"),
            ("token-url", "http://as.example/token"),
            ("revoke-url", "ftp://as.example"),
            ("client-auth", "secret"),
            ("whoami.path", "me"),
        ] {
            assert!(fault(key, answer), "{key} = {answer}");
        }
        for (key, answer) in
            [("title", "X"), ("revoke-url", ""), ("api-url", "http://localhost:1"), ("refresh", "none")]
        {
            assert!(!fault(key, answer), "{key} = {answer}");
        }
    }
}

//! What a person or a program gets to see of an answer.

use base64::Engine;
use serde_json::{Map, Value, json};

use super::caller::Reply;
use crate::app::App;
use crate::error::Error;
use crate::http::Answer;
use crate::output::{Out, sanitise};

pub(super) struct Shown<'a> {
    app: &'a App,
    include: bool,
    /// With `--json`: everything is one document at the end.
    responses: Vec<Value>,
    /// The last body did not end its line: the next page begins on one of its own.
    in_a_line: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn new(app: &'a App, include: bool) -> Shown<'a> {
        Shown { app, include, responses: Vec::new(), in_a_line: false }
    }

    pub(super) fn answer(&mut self, reply: &Reply) -> Result<(), Error> {
        let answer = &reply.answer;
        if self.app.out.json {
            self.responses.push(document(answer));
            return Ok(());
        }
        let on_terminal = Out::stdout_is_terminal();
        if self.in_a_line {
            self.app.out.bytes(b"\n")?;
        }
        if self.include {
            self.app.out.bytes(&head(answer, on_terminal))?;
        }
        let laid_out = on_terminal.then(|| laid_out(&answer.body));
        let body = laid_out.as_deref().unwrap_or(&answer.body);
        self.app.out.bytes(body)?;
        self.in_a_line = body.last().is_some_and(|last| *last != b'\n');
        if self.in_a_line && on_terminal {
            self.app.out.bytes(b"\n")?;
            self.in_a_line = false;
        }
        Ok(())
    }

    pub(super) fn finish(self, outcome: Result<(), Error>) -> Result<(), Error> {
        if !self.app.out.json || (self.responses.is_empty() && outcome.is_err()) {
            return outcome;
        }
        let mut document = json!({"v": 1, "responses": self.responses});
        let outcome = outcome.map_err(|mut error| {
            if let Value::Object(fields) = &mut document {
                fields.insert("error".into(), error.json());
            }
            error.told = true;
            error
        });
        self.app.out.object(document)?;
        outcome
    }
}

/// Status line and headers. The version is ours: nothing but HTTP/1.1 is spoken.
fn head(answer: &Answer, on_terminal: bool) -> Vec<u8> {
    let reason = answer.status.canonical_reason().unwrap_or_default();
    let mut head = format!("HTTP/1.1 {} {reason}", answer.status.as_u16()).trim_end().to_owned().into_bytes();
    for (name, value) in &answer.headers {
        head.extend_from_slice(format!("\n{name}: ").as_bytes());
        if on_terminal {
            head.extend_from_slice(sanitise::line(&String::from_utf8_lossy(value.as_bytes())).as_bytes());
        } else {
            head.extend_from_slice(value.as_bytes());
        }
    }
    head.extend_from_slice(b"\n\n");
    head
}

/// For a terminal: JSON over several lines, and nothing in it that the terminal would obey.
fn laid_out(body: &[u8]) -> Vec<u8> {
    let text =
        match serde_json::from_slice::<Value>(body).and_then(|json| serde_json::to_string_pretty(&json)) {
            Ok(pretty) => pretty,
            Err(_) => String::from_utf8_lossy(body).into_owned(),
        };
    sanitise::lines(&text).into_owned().into_bytes()
}

fn document(answer: &Answer) -> Value {
    let mut headers = Map::new();
    for (name, value) in &answer.headers {
        let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
        match headers.get_mut(name.as_str()) {
            Some(Value::String(before)) => *before = format!("{before}, {text}"),
            _ => drop(headers.insert(name.as_str().to_owned(), text.into())),
        }
    }
    let mut document = json!({"status": answer.status.as_u16(), "headers": headers});
    let (key, body) = match (answer.json(), std::str::from_utf8(&answer.body)) {
        (Some(json), _) => ("body", json),
        (None, Ok("")) => ("body", Value::Null),
        (None, Ok(text)) => ("body", text.into()),
        (None, Err(_)) => {
            ("body_base64", base64::engine::general_purpose::STANDARD.encode(&answer.body).into())
        }
    };
    if let Value::Object(fields) = &mut document {
        fields.insert(key.to_owned(), body);
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_on_a_terminal_is_obeyed() {
        let laid = |body: &str| String::from_utf8(laid_out(body.as_bytes())).unwrap();
        assert_eq!(laid("{\"a\":\"\u{9b}31m\u{202e}\"}"), "{\n  \"a\": \"\u{fffd}31m\u{fffd}\"\n}");
        assert_eq!(laid("\u{1b}]0;title\u{7}plain\r\n"), "\u{fffd}]0;title\u{fffd}plain\n");
    }
}

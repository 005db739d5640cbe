//! What providers want done differently, each a field of the provider file, against a desk that plays such a provider.

mod base;
mod header;
mod options;
mod paste;
mod revoke;
mod scopes;
mod secrets;
mod setup;
mod site;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;

use crate::desk::{Answer, Asked, Desk, answer};
use crate::seal::{Ended, Home};
use serde_json::{Value, json};

/// A provider file for this desk; `more` goes to its top level or below.
pub(crate) fn file(desk: &Desk, more: &str) -> String {
    let url = &desk.url;
    format!(
        "title = \"X\"\nauthorize-url = \"{url}/authorize\"\ntoken-url = \"{url}/token\"\nclient-id = \"cid\"\n{more}\n"
    )
}

/// A desk whose token endpoint answers `tokens`; everything else is `{}`.
pub(crate) fn desk(tokens: Value) -> Desk {
    desk_with(tokens, |_| answer(200, "{}"))
}

pub(crate) fn desk_with(tokens: Value, others: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Desk {
    Desk::open(move |asked| match asked.is("POST", "/token") {
        true => answer(200, tokens.to_string()),
        false => others(asked),
    })
}

pub(crate) fn tokens() -> Value {
    json!({"access_token": "CANARY-at", "token_type": "Bearer", "refresh_token": "CANARY-rt", "expires_in": 3600})
}

/// A whole sign-in: the person says yes at once. The second value is the address that the browser was sent to.
pub(crate) fn sign_in(home: &Home, arguments: &[&str]) -> (Ended, String) {
    let all: Vec<&str> = [&["connect"], arguments, &["--no-browser"]].concat();
    let mut command = home.command(&all);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    let (mut said, mut page) = (String::new(), String::new());
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).unwrap() == 0 {
            break;
        }
        if line.starts_with("http") && line.contains("redirect_uri=") {
            page = line.trim().to_owned();
            agree(&page);
        }
        said.push_str(&line);
    }
    let mut output = child.wait_with_output().unwrap();
    output.stderr = said.into_bytes();
    (Ended::of(output), page)
}

fn agree(page: &str) {
    let url: url::Url = page.parse().unwrap();
    let parameter = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    let back: url::Url = parameter("redirect_uri").parse().unwrap();
    let host = format!("{}:{}", back.host_str().unwrap(), back.port().unwrap());
    let mut stream = TcpStream::connect(&host).unwrap();
    let target = format!("{}?code=CANARY-code&state={}", back.path(), parameter("state"));
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    // The page comes when everything is settled.
    std::thread::spawn(move || drop(stream.read_to_end(&mut Vec::new())));
}

pub(crate) fn status(home: &Home, name: &str) -> Value {
    let document = home.run(&["status", "--json"]).json();
    let connections = document["connections"].as_array().unwrap().clone();
    connections.into_iter().find(|connection| connection["name"] == name).unwrap_or_default()
}

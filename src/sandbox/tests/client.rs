//! A client small enough to trust.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::Sandbox;

pub(super) const CLIENT: &str = "integ-sandbox";
pub(super) const REDIRECT: &str = "http://127.0.0.1:53999/callback";
/// The pair of RFC 7636, appendix B.
pub(super) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(super) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub(super) fn text(&self, key: &str) -> String {
        self.json()[key].as_str().unwrap_or_default().to_owned()
    }

    /// `200`, or what was wrong: `400 invalid_grant`.
    pub(super) fn outcome(&self) -> String {
        match self.text("error").as_str() {
            "" => self.status.to_string(),
            error => format!("{} {error}", self.status),
        }
    }

    /// A parameter of the address this reply sends the browser to.
    pub(super) fn returned(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.header("location")?).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

pub(super) type Pairs<'a> = &'a [(&'a str, &'a str)];

pub(super) fn encode(pairs: Pairs) -> String {
    Serializer::new(String::new()).extend_pairs(pairs).finish()
}

pub(super) fn send(sandbox: &Sandbox, method: &str, target: &str, headers: Pairs, body: &str) -> Reply {
    let host = sandbox.url().trim_start_matches("http://");
    let mut head =
        format!("{method} {target} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
    if !headers.iter().any(|(name, _)| *name == "Host") {
        head += &format!("Host: {host}\r\n");
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    let mut stream = TcpStream::connect(host).unwrap();
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    let (head, body) = reply.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Reply { status, head: head.to_owned(), body: body.to_owned() }
}

pub(super) fn get(sandbox: &Sandbox, target: &str) -> Reply {
    send(sandbox, "GET", target, &[], "")
}

pub(super) fn post(sandbox: &Sandbox, path: &str, form: Pairs) -> Reply {
    send(sandbox, "POST", path, &[("Content-Type", "application/x-www-form-urlencoded")], &encode(form))
}

pub(super) fn with_token(sandbox: &Sandbox, target: &str, token: &str) -> Reply {
    send(sandbox, "GET", target, &[("Authorization", &format!("Bearer {token}"))], "")
}

/// An authorization request in order, but for `changes`; an empty value leaves a parameter out.
pub(super) fn authorize(sandbox: &Sandbox, changes: Pairs) -> Reply {
    let mut pairs = vec![
        ("response_type", "code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("scope", "profile items.read calendars.read"),
        ("state", "a state & more"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    change(&mut pairs, changes);
    get(sandbox, &format!("/authorize?{}", encode(&pairs)))
}

pub(super) fn exchange(sandbox: &Sandbox, code: &str, changes: Pairs) -> Reply {
    let mut pairs = vec![
        ("grant_type", "authorization_code"),
        ("client_id", CLIENT),
        ("redirect_uri", REDIRECT),
        ("code", code),
        ("code_verifier", VERIFIER),
    ];
    change(&mut pairs, changes);
    post(sandbox, "/token", &pairs)
}

pub(super) fn refresh(sandbox: &Sandbox, token: &str) -> Reply {
    let form = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", token)];
    post(sandbox, "/token", &form)
}

pub(super) fn code(sandbox: &Sandbox) -> String {
    authorize(sandbox, &[]).returned("code").unwrap()
}

/// The answer of the token endpoint to a whole sign-in.
pub(super) fn sign_in(sandbox: &Sandbox) -> Reply {
    let reply = exchange(sandbox, &code(sandbox), &[]);
    assert_eq!(reply.outcome(), "200");
    reply
}

fn change<'a>(pairs: &mut Vec<(&'a str, &'a str)>, changes: Pairs<'a>) {
    for (name, value) in changes {
        pairs.retain(|(key, _)| key != name);
        if !value.is_empty() {
            pairs.push((name, value));
        }
    }
}

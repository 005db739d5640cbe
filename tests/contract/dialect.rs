//! What a provider is like, as data. Addresses are `host/path`; in answers, `ACCESS`, `REFRESH`, `SCOPE` and `BASE`
//! stand for what the server gives.

use serde_json::{Value, json};

#[derive(Clone)]
pub(crate) struct Dialect {
    pub name: &'static str,
    pub browser: Option<Browser>,
    /// Where a device code is asked for; the rest is as in `browser`.
    pub device: Option<Device>,
    pub paste: Option<Paste>,
    pub machine: Option<Machine>,
    /// Arguments of `connect`.
    pub arguments: &'static [&'static str],
    /// Options of `connect`, and the addresses that they lead to: authorization and token endpoint.
    pub elsewhere: &'static [(&'static str, &'static str, &'static str)],
    /// Options that lead nowhere.
    pub nowhere: &'static [&'static str],
    /// On every request to the API and to the token endpoint.
    pub headers: &'static [(&'static str, &'static str)],
    pub me: Me,
    /// What else may be asked of the API, and what is answered.
    pub others: Vec<(&'static str, Value)>,
    pub refresh: Refresh,
    pub revoke: Option<Revoke>,
    pub introspect: Option<Introspect>,
    pub codes: Codes,
    /// An answer of the API with this code, which no status gives away.
    pub refusal: fn(&str) -> (u16, Value),
    /// An access token that is dead.
    pub dead: (u16, Value),
    /// How it says: not so fast; and whether it says until when.
    pub limited: Limited,
    /// Other shapes of that.
    pub also_limited: Vec<Limited>,
    pub refusals: Vec<Refusal>,
}

#[derive(Clone)]
pub(crate) struct Browser {
    pub authorize: &'static str,
    pub params: &'static [(&'static str, &'static str)],
    /// The parameter and the separator; `None`: scopes are not asked for here.
    pub scope: Option<(&'static str, &'static str)>,
    /// All that are asked for, with those that are asked in a parameter of their own left out. Nothing works without
    /// the last.
    pub scopes: &'static [&'static str],
    pub pkce: bool,
    /// The addresses as they are registered, the preferred one first; `*` where any port is accepted.
    pub redirect: &'static [&'static str],
    pub token: &'static str,
    pub auth: Auth,
    pub secret: Secret,
    pub json: bool,
    /// Answers may come without a token type, or with one of their own.
    pub untyped: bool,
    pub answer: Value,
    pub renewed: Value,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Auth {
    Basic,
    Body,
    /// A public client: the id, and no secret anywhere.
    Public,
}

/// Whether a client of this kind has a secret.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Secret {
    Needed,
    /// There are clients without; they send the id alone.
    Optional,
    /// It has none usually; one that has sends it.
    Absent,
    /// It must not be sent, although somebody has one.
    Never,
}

#[derive(Clone)]
pub(crate) struct Device {
    pub at: &'static str,
    pub page: &'static str,
    /// The name of the field with the page.
    pub field: &'static str,
    /// Of the answers while the person has not entered the code.
    pub status: u16,
    pub denied: &'static str,
    pub expired: &'static [&'static str],
    /// The answer to somebody who asks too often.
    pub slows: Option<Value>,
}

#[derive(Clone)]
pub(crate) struct Paste {
    /// One of each kind.
    pub tokens: &'static [&'static str],
    /// What is none.
    pub stranger: Option<&'static str>,
    /// How it is sent; empty: it is in the address.
    pub authorization: &'static str,
    pub arguments: &'static [&'static str],
    /// Where `me` is asked with it, if that is another place; the workspace is not told there.
    pub me: Option<&'static str>,
    /// What only such a token may ask, what is answered where all is well, and where it is not, and the words for that.
    pub warns: Option<(&'static str, Value, Value, &'static str)>,
}

/// Who signs, and what the signed assertion says (RFC 7523).
#[derive(Clone)]
pub(crate) struct Machine {
    pub issuer: &'static str,
    pub subject: Option<&'static str>,
    /// `host/path`, or the host alone.
    pub audience: &'static str,
    /// The claim that names them.
    pub scopes: Option<&'static [&'static str]>,
    pub life: i64,
    /// The key comes in a JSON document, and not alone.
    pub document: bool,
}

#[derive(Clone)]
pub(crate) struct Me {
    /// `GET host/path?query`
    pub at: &'static str,
    pub body: Option<Value>,
    pub answer: Value,
    pub id: &'static str,
    pub account: &'static str,
    pub workspace: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Refresh {
    /// Each works once and brings the next.
    Rotates,
    /// The answer brings no other.
    Stays,
    /// The answer brings another, and this one goes on working.
    Renews,
    Never,
}

#[derive(Clone)]
pub(crate) struct Revoke {
    /// `{token}` and `{client-id}` where they belong.
    pub at: &'static str,
    pub auth: RevokeAuth,
    /// The parameter, and whether it is in JSON.
    pub param: Option<(&'static str, bool)>,
    /// Of a pair, the refresh token is the one that is given up.
    pub refresh_token: bool,
    pub answer: (u16, Value),
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum RevokeAuth {
    Client,
    Basic,
    Token,
    Nothing,
}

#[derive(Clone)]
pub(crate) struct Introspect {
    /// `POST host/path`
    pub at: &'static str,
    /// With the token in the header, or the client as at the token endpoint.
    pub by_token: bool,
    /// The parameter, and whether it is in JSON.
    pub param: (&'static str, bool),
    pub answer: Value,
}

#[derive(Clone)]
pub(crate) struct Limited {
    pub status: u16,
    /// `EPOCH+40`: the second that is so far ahead; `EPOCH-MS+40`: in milliseconds.
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
    /// For how long (seconds), by the answer or the documentation.
    pub after: Option<i64>,
}

/// The provider's codes that mean something, by its documentation.
#[derive(Clone)]
pub(crate) struct Codes {
    /// Sign in again.
    pub reconnect: Vec<String>,
    pub missing_scope: Vec<String>,
    pub rate_limited: Vec<String>,
}

#[derive(Clone)]
pub(crate) struct Refusal {
    pub case: &'static str,
    pub at: At,
    pub status: u16,
    pub body: Value,
    pub exit: i32,
    /// In what is said to the person.
    pub words: &'static str,
    /// Why, in a word.
    pub reason: Option<&'static str>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum At {
    /// The consent page sends the browser back with `error`; the body is that word.
    Consent,
    Code,
    Refresh,
    Api,
    /// Where a device code is asked for.
    Device,
    /// An assertion, signed by a machine.
    Machine,
    Revoke,
}

pub(crate) fn refusal(
    case: &'static str,
    at: At,
    status: u16,
    body: Value,
    exit: i32,
    words: &'static str,
) -> Refusal {
    Refusal { case, at, status, body, exit, words, reason: None }
}

impl Refusal {
    pub(crate) fn because(mut self, reason: &'static str) -> Refusal {
        self.reason = Some(reason);
        self
    }
}

pub(crate) fn codes(reconnect: &[&str], missing_scope: &[&str], rate_limited: &[&str]) -> Codes {
    let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect();
    Codes {
        reconnect: owned(reconnect),
        missing_scope: owned(missing_scope),
        rate_limited: owned(rate_limited),
    }
}

impl Codes {
    pub(crate) fn and_missing(mut self, more: impl Iterator<Item = String>) -> Codes {
        self.missing_scope.extend(more);
        self
    }
}

/// OAuth's own shape (RFC 6749 §5.2).
pub(crate) fn oauth(code: &str, description: &str) -> Value {
    json!({"error": code, "error_description": description})
}

pub(crate) fn retry_after(seconds: u32, status: u16, body: Value) -> Limited {
    Limited {
        status,
        headers: vec![("Retry-After", seconds.to_string())],
        body,
        after: Some(i64::from(seconds)),
    }
}

impl Default for Browser {
    fn default() -> Browser {
        Browser {
            authorize: "",
            params: &[],
            scope: Some(("scope", " ")),
            scopes: &[],
            pkce: true,
            redirect: &[],
            token: "",
            auth: Auth::Body,
            secret: Secret::Needed,
            json: false,
            untyped: false,
            answer: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600,
                "refresh_token": "REFRESH", "scope": "SCOPE"}),
            renewed: json!({"access_token": "ACCESS", "token_type": "Bearer", "expires_in": 3600,
                "refresh_token": "REFRESH", "scope": "SCOPE"}),
        }
    }
}

pub(crate) fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().cast_signed()
}

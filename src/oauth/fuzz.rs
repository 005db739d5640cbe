//! What comes back from a token endpoint, and what a person pastes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use ::http::{HeaderValue, StatusCode, header};
use serde_json::Value;
use url::{Url, form_urlencoded};
use zeroize::Zeroizing;

use super::OauthError;
use super::answer::Answer as TokenAnswer;
use super::dialect::Dialect;
pub(crate) use super::discovery::fuzz::discovery;
use super::loopback::Answer as Callback;
pub(crate) use super::loopback::fuzz::callback;
use super::paste::{BareCode, read_callback};
use crate::fuzz::holds::{is_presentable, line_and_rest, quotes_nothing};
use crate::http::{Answer, Budget, Client, Limits};
use crate::providers::{Catalogue, Provider};
use crate::vault::Secret;

const YEAR: i64 = 365 * 86_400;

/// The providers whose answers differ most from RFC 6749's.
fn provider(name: &str) -> &'static Provider {
    static ALL: OnceLock<BTreeMap<&str, Provider>> = OnceLock::new();
    let catalogue = Catalogue::new(PathBuf::from("/nonexistent"));
    let read = |name| (name, catalogue.provider(name).unwrap());
    let all = ALL.get_or_init(|| {
        ["acme", "slack", "salesforce", "notion", "github", "discord", "clickup"]
            .into_iter()
            .map(|name| if name == "acme" { (name, Provider::default()) } else { read(name) })
            .collect()
    });
    all.get(name).unwrap_or_else(|| &all["acme"])
}

/// The first line says `STATUS PROVIDER CONTENT-TYPE`, the rest is the body.
pub(crate) fn token_answer(data: &[u8]) {
    let (first, body) = line_and_rest(data);
    let mut words = first.split(' ');
    let status = words.next().and_then(|word| word.parse().ok());
    let status = status.and_then(|code| StatusCode::from_u16(code).ok()).unwrap_or(StatusCode::OK);
    let provider = provider(words.next().unwrap_or_default());
    let mut headers = ::http::HeaderMap::new();
    if let Some(kind) = words.next().and_then(|kind| HeaderValue::from_str(kind).ok()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    let limits = Limits { connect: Duration::ZERO, deadline: Duration::ZERO, tries: 1, body: 0 };
    let (http, secret) = (Client::new(limits), Secret::new("CANARY-client-secret"));
    let budget = Budget::starting_now(Duration::ZERO);
    let dialect = Dialect { http: &http, provider, budget, client_secret: Some(&secret) };
    let sent =
        ["CANARY-client-secret", "CANARY-code-that-was-sent"].map(|text| Zeroizing::new(text.to_owned()));
    let (answer, at) = (Answer { status, headers, body: body.to_vec() }, "https://as.example/token");

    let is_quiet = |error: OauthError| {
        is_presentable(&error);
        let words = error.to_string();
        assert!(
            !sent.iter().any(|secret| words.contains(secret.as_str())),
            "what was sent comes back: {words}"
        );
    };
    let tokens = match dialect.read(&answer, &at.parse::<Url>().unwrap(), &sent) {
        Err(error) => return is_quiet(error),
        Ok(response) => match serde_json::from_slice::<TokenAnswer>(response.body()) {
            Err(_) => return,
            Ok(read) => match read.accept(provider) {
                Err(error) => return is_quiet(error),
                Ok(tokens) => tokens,
            },
        },
    };
    assert!(status.is_success() && status.as_u16() != 204, "a token from an answer that says no");
    let said = texts_of(&serde_json::from_slice(body).unwrap());
    for token in [Some(&tokens.access_token), tokens.refresh_token.as_ref()].into_iter().flatten() {
        let token = token.expose();
        assert!(!token.is_empty() && token.bytes().all(|byte| (0x21..=0x7e).contains(&byte)));
        assert!(said.iter().any(|text| text == token), "a token that nobody gave");
        assert!(HeaderValue::from_str(token).is_ok());
    }
    for life in [tokens.life, tokens.refresh_life].into_iter().flatten() {
        assert!((1..=YEAR).contains(&life), "{life}");
    }
    for never in ["access_token", "refresh_token", "id_token"] {
        assert!(!tokens.extra.contains_key(never), "{never} beside the grant");
    }
    for kept in [&tokens.access_token].into_iter().chain(&tokens.refresh_token).chain(tokens.secrets.values())
    {
        assert_eq!(format!("{kept:?}"), "***");
    }
    assert!(tokens.scopes.is_none_or(|scopes| !scopes.is_empty() && !scopes.contains(&String::new())));
}

fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts_of).collect(),
        Value::Object(fields) => fields.values().flat_map(texts_of).collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn pasted(data: &[u8]) {
    const STATE: &str = "kZ4x_Qb-7Yt2mWJd0aRsUeVhLc9pNoXgFi3TlBMqE5w";
    let text = String::from_utf8_lossy(data);
    for bare in [BareCode::Taken, BareCode::Refused] {
        let answer = match read_callback(&text, STATE, bare) {
            Err(error) => {
                quotes_nothing(&error);
                continue;
            }
            Ok((answer, _)) => answer,
        };
        let text = text.trim();
        assert!(text.len() <= 16 * 1024 && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
        let Some((_, query)) = text.split_once('?') else {
            let Callback::Code(code) = answer else { panic!("a refusal without an address") };
            assert_eq!((bare, code.expose()), (BareCode::Taken, text));
            assert!(!text.contains(['=', '&', ' ']));
            continue;
        };
        let query = query.split('#').next().unwrap();
        let all = |name: &str| -> Vec<String> {
            let pairs = form_urlencoded::parse(query.as_bytes());
            pairs.filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect()
        };
        assert_eq!(all("state"), [STATE]);
        match answer {
            Callback::Code(code) => {
                assert_eq!((all("code"), all("error").len()), (vec![code.expose().to_owned()], 0));
                assert!(code.expose().bytes().all(|byte| byte.is_ascii_graphic()), "as from the listener");
            }
            Callback::Refused { error, .. } => {
                assert_eq!((all("code").len(), all("error").len()), (0, 1));
                is_presentable(&error);
            }
        }
    }
}

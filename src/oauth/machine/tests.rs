use super::*;
use crate::clock;
use crate::http::scripted::{reply, reply_with, run};
use crate::oauth::keys;
use crate::oauth::stage::Stage;
use crate::vault::Secret;

const TOKENS: &str = r#"{"access_token":"a","token_type":"Bearer","refresh_token":"r"}"#;

fn machine(with_key: bool, scopes: &[&str]) -> Machine {
    let key =
        || MachineKey { pem: Secret::new(keys::one()), id: None, issuer: "robot".into(), subject: None };
    Machine { scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(), key: with_key.then(key) }
}

fn ask(stage: &Stage, machine: &Machine) -> Result<Tokens, OauthError> {
    let server = Server { token: Some(stage.server.url("token")), ..Server::default() };
    run(ask_first(&stage.context(), &server, machine))
}

#[test]
fn a_client_asks_for_itself() {
    let stage = Stage::new("scope-separator = \",\"\ntoken-params = { who = \"x\" }", [reply(200, TOKENS)]);
    let tokens = ask(&stage, &machine(false, &["a", "b"])).unwrap();
    assert_eq!(tokens.access_token.expose(), "a");
    assert!(tokens.refresh_token.is_none(), "there is none to keep");
    assert_eq!(tokens.life, Some(USUAL));
    let form = stage.only().form();
    for (name, expected) in [
        ("grant_type", "client_credentials"),
        ("scope", "a,b"),
        ("who", "x"),
        ("client_id", "cid"),
        ("client_secret", "s3cret-of-client"),
    ] {
        assert_eq!(form.get(name).map(String::as_str), Some(expected), "{name}");
    }
    let stage = Stage::new("", [reply(200, TOKENS)]);
    ask(&stage, &machine(false, &[])).unwrap();
    assert!(!stage.only().form().contains_key("scope"));
}

#[test]
fn a_life_is_assumed_only_where_tokens_end() {
    let life = |file: &str, body: &str| {
        ask(&Stage::new(file, [reply(200, body)]), &machine(false, &[])).unwrap().life
    };
    let bare = r#"{"access_token":"a","token_type":"Bearer"}"#;
    assert_eq!(life("", bare), Some(USUAL));
    assert_eq!(life("refresh = \"on-401\"", bare), None);
    assert_eq!(life("", r#"{"access_token":"a","token_type":"Bearer","expires_in":60}"#), Some(60));
}

#[test]
fn a_key_says_who_asks_and_nothing_else_does() {
    let stage = Stage::new("token-params = { who = \"x\" }\n[jwt-bearer]", [reply(200, TOKENS)]);
    assert_eq!(ask(&stage, &machine(true, &[])).unwrap().life, Some(USUAL));
    let form = stage.only().form();
    assert_eq!(form["grant_type"], "urn:ietf:params:oauth:grant-type:jwt-bearer");
    assert_eq!(form["assertion"].split('.').count(), 3);
    assert_eq!(form.keys().collect::<Vec<_>>(), ["assertion", "grant_type", "who"]);
    let without = ask(&Stage::new("", [""; 0]), &machine(true, &[]));
    assert!(matches!(without, Err(OauthError::Unsupported(_))));
}

/// A refused assertion is the clock's fault only where the server's own says so.
#[test]
fn the_clock_is_blamed_where_it_is_more_than_a_minute_off() {
    let refused = |code: &str, seconds: i64| {
        let date = jiff::Timestamp::from_second(clock::now() - seconds).unwrap();
        let lines = format!("date: {}\r\n", date.strftime("%a, %d %b %Y %H:%M:%S GMT"));
        let stage =
            Stage::new("[jwt-bearer]", [reply_with(400, &lines, &format!(r#"{{"error":"{code}"}}"#))]);
        ask(&stage, &machine(true, &[])).unwrap_err()
    };
    for off in [90, -90] {
        let error = refused("invalid_grant", off);
        assert!(
            matches!(error, OauthError::Clock { seconds, .. } if (seconds - off).abs() <= 25),
            "{off} {error:?}"
        );
    }
    for (code, off) in [("invalid_grant", 0), ("invalid_grant", 20), ("invalid_client", 90)] {
        let error = refused(code, off);
        assert!(matches!(error, OauthError::Refused { .. }), "{code} {off} {error:?}");
    }
}

//! RFC 7662 and its dialects: what a provider tells of a token, and that its silence costs nothing.

use serde_json::{Value, json};

use super::{home, now, test};
use crate::evil::Evil;
use crate::evil::wire::Request;
use crate::home::{Home, provider_toml};

const LIFE: i64 = 7_200;

fn introspecting(evil: &Evil, keys: &[(&str, &str)], table: &str) -> Home {
    let base = &evil.base;
    home(evil, keys, "", &format!("[introspect]\nurl = \"{base}/introspect\"\n{table}"))
}

/// A token answer that tells no life, and an introspection that does.
fn salesforce(evil: &Evil) -> Home {
    evil.mode("token", "expires_in-missing");
    says(evil, json!({"active": true, "exp": now() + LIFE, "scope": "openid api"}));
    introspecting(evil, &[("refresh", "\"on-401\"")], "body = \"form\"")
}

fn says(evil: &Evil, body: Value) {
    evil.says("/introspect", "200 OK", &[], &body.to_string());
}

fn last(evil: &Evil) -> Request {
    evil.asked("/introspect").pop().expect("nobody asked")
}

#[track_caller]
fn expires_in(home: &Home) -> Option<i64> {
    let at = home.status("evil")["access_expires_at"].clone();
    Some(at.as_str()?.parse::<jiff::Timestamp>().unwrap().as_second() - now())
}

#[test]
fn a_token_without_a_life_gets_one_when_it_is_connected() {
    let evil = Evil::start();
    let home = salesforce(&evil);
    home.connect(&["evil"]).0.exits(&[0]);
    let left = expires_in(&home).expect("no life");
    assert!((LIFE - 60..=LIFE).contains(&left), "{left}");
    assert_eq!(home.status("evil")["scopes"], json!(["openid", "api"]));
    let asked = last(&evil);
    assert_eq!(asked.method, "POST");
    assert!(asked.field("token").unwrap().starts_with("CANARY-at-"));
    assert_eq!(asked.field("client_id").as_deref(), Some("client-evil"));
}

#[test]
fn a_token_without_a_life_gets_one_when_it_is_tested() {
    let evil = Evil::start();
    let home = salesforce(&evil);
    evil.says("/introspect", "500 Internal Server Error", &[], "");
    home.connect(&["evil"]).0.exits(&[0]);
    assert_eq!(expires_in(&home), None);
    says(&evil, json!({"active": true, "exp": now() + LIFE}));
    test(&home).0.exits(&[0]);
    assert!(expires_in(&home).is_some_and(|left| left > LIFE - 60));
}

#[test]
fn a_told_life_stands() {
    let evil = Evil::start();
    says(&evil, json!({"active": true, "exp": now() + 99_999}));
    let home = introspecting(&evil, &[], "");
    home.fresh(&evil, "evil");
    test(&home).0.exits(&[0]);
    assert!(expires_in(&home).is_some_and(|left| left <= 3_600));
}

#[test]
fn odd_lives_say_nothing() {
    for exp in [json!(0), json!(-1), json!(1), json!("soon"), json!(1e300), json!(null), json!(true)] {
        let evil = Evil::start();
        let home = salesforce(&evil);
        says(&evil, json!({"active": true, "exp": exp}));
        home.connect(&["evil"]).0.exits(&[0]);
        assert_eq!(expires_in(&home), None, "{exp}");
        test(&home).0.exits(&[0]);
    }
}

#[test]
fn a_dead_token_is_renewed_once_and_then_needs_a_person() {
    let evil = Evil::start();
    let home = introspecting(&evil, &[], "");
    says(&evil, json!({"active": true}));
    home.fresh(&evil, "evil");
    says(&evil, json!({"active": false}));
    let (output, row) = test(&home);
    assert_eq!(output.exits(&[3]).kind(), "needs_reauth");
    assert_eq!(row["outcome"], "needs_reauth");
    assert_eq!(evil.refreshes(), 1);
    output.says("no longer active");
}

#[test]
fn the_reason_of_a_dead_token_is_read() {
    let evil = Evil::start();
    let home = home(
        &evil,
        &[],
        "code = \"data.error.code\"\ndetail = \"data.error.subcode\"\n[error.reason]\n460 = \"password-changed\"",
        &format!(
            "[introspect]\nurl = \"{}/introspect\"\nmethod = \"GET\"\nauth = \"bearer\"\nparam = \"input_token\"\n\
             active = \"data.is_valid\"\nexpires-at = \"data.expires_at\"\nscopes = \"data.scopes\"",
            evil.base
        ),
    );
    let token = evil.state().grants.mint("openid").0;
    says(&evil, json!({"data": {"is_valid": true, "expires_at": 0, "scopes": ["a", "b"]}}));
    home.run_with(&["connect", "evil", "--token-stdin"], &token).exits(&[0]);
    assert_eq!(expires_in(&home), None, "0 stands for never");
    assert_eq!(home.status("evil")["scopes"], json!(["a", "b"]));
    let asked = last(&evil);
    assert_eq!((asked.method.as_str(), asked.param("input_token")), ("GET", Some(token.as_str())));
    assert_eq!(asked.bearer(), Some(token.as_str()));
    says(&evil, json!({"data": {"is_valid": false, "error": {"code": 190, "subcode": 460}}}));
    let (output, row) = test(&home);
    output.exits(&[3]).says("its password was changed");
    assert_eq!(row["reason"], "password_changed", "{row}");
    home.run(&["-vv", "test"]).exits(&[3]);
}

#[test]
fn a_connection_is_not_failed_by_a_question_about_it() {
    for (status, body) in [
        ("404 Not Found", ""),
        ("401 Unauthorized", "{\"error\": \"invalid_client\"}"),
        ("500 Internal Server Error", "{}"),
        ("429 Too Many Requests", "{}"),
        ("200 OK", "<html>"),
        ("200 OK", "[]"),
        ("302 Found", ""),
    ] {
        let evil = Evil::start();
        let home = introspecting(&evil, &[("refresh", "\"on-401\"")], "");
        evil.mode("token", "expires_in-missing");
        evil.says("/introspect", status, &[("Location", "/elsewhere")], body);
        home.connect(&["evil"]).0.exits(&[0]);
        let (output, row) = test(&home);
        output.exits(&[0]);
        assert_eq!(row["outcome"], "ok", "{status}");
        if body != "[]" {
            assert_eq!(row["warnings"][0]["name"], "introspection", "{status} {row}");
        }
        assert_eq!(home.status("evil")["state"], "connected", "{status}");
    }
}

#[test]
fn a_json_dialect_with_basic_authentication() {
    let evil = Evil::start();
    let home = introspecting(&evil, &[("client-auth", "\"basic\""), ("token-body", "\"json\"")], "");
    says(&evil, json!({"active": true}));
    home.connect_with_secret(&evil);
    test(&home).0.exits(&[0]);
    let asked = last(&evil);
    assert_eq!(asked.header("content-type"), Some("application/json"));
    let sent: Value = serde_json::from_slice(&asked.body).unwrap();
    assert_eq!(sent.as_object().unwrap().keys().collect::<Vec<_>>(), ["token"]);
    assert!(asked.header("authorization").is_some_and(|header| header.starts_with("Basic ")));
}

#[test]
fn a_form_dialect_with_the_client_in_the_body() {
    let evil = Evil::start();
    let table =
        "account = \"user\"\nworkspace = \"hub_domain\"\nexpires-in = \"expires_in\"\nscopes = \"scopes\"";
    let home = introspecting(&evil, &[("client-auth", "\"body\""), ("refresh", "\"on-401\"")], table);
    evil.mode("me", "null").mode("token", "expires_in-missing");
    says(
        &evil,
        json!({"active": true, "user": "ada@example.com", "hub_domain": "example.hub", "expires_in": 1_800, "scopes": ["calendar.readonly", "oauth"]}),
    );
    home.connect_with_secret(&evil);
    let asked = last(&evil);
    assert_eq!(asked.field("client_secret").as_deref(), Some("CANARY-of-the-client"));
    assert_eq!(asked.header("authorization"), None);
    let (output, row) = test(&home);
    output.exits(&[0]);
    // What "who am I" left open is filled in.
    assert_eq!(
        (&row["account"], &row["workspace"]),
        (&json!("ada@example.com"), &json!("example.hub")),
        "{row}"
    );
    assert_eq!(home.status("evil")["scopes"], json!(["calendar.readonly", "oauth"]));
    assert!(expires_in(&home).is_some_and(|left| (1_700..=1_800).contains(&left)));
}

#[test]
fn without_who_am_i_introspection_tells_whose_it_is() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let base = provider_toml(&evil, &[]);
    let (base, _) = base.split_once("[whoami]").unwrap();
    home.provider(
        "evil",
        &format!("{base}[introspect]\nurl = \"{}/introspect\"\naccount = \"username\"\n", evil.base),
    );
    says(&evil, json!({"active": true, "username": "ada"}));
    home.connect(&["evil"]).0.exits(&[0]);
    let status = home.status("evil");
    assert_eq!((&status["verified"], &status["account"]), (&json!(true), &json!("ada")), "{status}");
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!(row["account"], "ada");
}

#[test]
fn a_pasted_token_is_not_shown_to_a_client_that_did_not_get_it() {
    let evil = Evil::start();
    let home = introspecting(&evil, &[], "");
    says(&evil, json!({"active": false}));
    let token = evil.state().grants.mint("openid").0;
    home.run_with(&["connect", "evil", "--token-stdin"], &token).exits(&[0]);
    test(&home).0.exits(&[0]);
    assert!(evil.asked("/introspect").is_empty());
}

//! A provider that is asked by a document and refuses with status 200.

use serde_json::{Value, json};

use super::test;
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

const QUERY: &str = r#"{"query":"{viewer{id name email}}"}"#;

fn linear(evil: &Evil) -> Home {
    let home = Home::new(evil);
    let error = "code = \"errors.0.extensions.code\"\nmessage = \"errors.0.message\"\n\
                 reconnect = [\"AUTHENTICATION_ERROR\"]\n";
    let base = provider_toml(evil, &[]);
    let (base, _) = base.split_once("[whoami]").unwrap();
    let whoami = format!(
        "[whoami]\npath = \"/graphql\"\nbody = '{QUERY}'\nid = \"data.viewer.id\"\naccount = \"data.viewer.email\"\n[error]\n{error}"
    );
    home.provider("evil", &format!("{base}{whoami}"));
    works(evil);
    home
}

fn works(evil: &Evil) {
    evil.says("/graphql", "200 OK", &[], r#"{"data":{"viewer":{"id":"u1","email":"ada@example.com"}}}"#);
}

fn fails(evil: &Evil, status: &str, code: &str) {
    let body = json!({"data": null, "errors": [{"message": "no", "extensions": {"code": code}}]});
    evil.says("/graphql", status, &[], &body.to_string());
}

#[test]
fn the_document_is_posted_and_its_answer_read() {
    let evil = Evil::start();
    let home = linear(&evil);
    home.fresh(&evil, "evil");
    let (output, row) = test(&home);
    output.exits(&[0]);
    assert_eq!((&row["account"], &row["account_id"]), (&json!("ada@example.com"), &json!("u1")));
    let asked = evil.asked("/graphql").pop().unwrap();
    assert_eq!((asked.method.as_str(), asked.header("content-type")), ("POST", Some("application/json")));
    assert_eq!(asked.body, QUERY.as_bytes());
    assert!(asked.bearer().is_some());
}

#[test]
fn a_refusal_with_status_200_is_one() {
    for (status, code, outcome, kind, exit) in [
        ("200 OK", "AUTHENTICATION_ERROR", "needs_reauth", "needs_reauth", 3),
        ("400 Bad Request", "AUTHENTICATION_ERROR", "needs_reauth", "needs_reauth", 3),
        ("200 OK", "INTERNAL", "failed", "provider_error", 1),
    ] {
        let evil = Evil::start();
        let home = linear(&evil);
        let token = evil.state().grants.mint("openid").0;
        home.run_with(&["connect", "evil", "--token-stdin"], &token).exits(&[0]);
        fails(&evil, status, code);
        let (output, row) = test(&home);
        assert_eq!(output.exits(&[exit]).kind(), kind, "{row}");
        assert_eq!(row["outcome"], outcome, "{row}");
        let called = home.run(&["api", "evil", "/graphql", "--json", "-f", "query={viewer{id}}"]);
        assert_eq!(called.exits(&[exit]).json()["error"]["kind"], kind);
    }
}

#[test]
fn a_refused_token_is_renewed_once() {
    let evil = Evil::start();
    let home = linear(&evil);
    home.fresh(&evil, "evil");
    fails(&evil, "200 OK", "AUTHENTICATION_ERROR");
    test(&home).0.exits(&[3]);
    assert_eq!(evil.refreshes(), 1);
    assert_eq!(evil.asked("/graphql").len(), 2);
}

#[test]
fn a_harmless_field_of_that_name_is_no_refusal() {
    for body in [
        // What was asked for is there: the error is about something else.
        json!({"data": {"viewer": {"id": "u1"}}, "errors": [{"extensions": {"code": "X"}}]}),
        json!({"data": {"viewer": {"id": "u1"}}, "errors": []}),
        json!({"data": {"viewer": {"id": "u1"}}, "errors": null}),
    ] {
        let evil = Evil::start();
        let home = linear(&evil);
        home.fresh(&evil, "evil");
        evil.says("/graphql", "200 OK", &[], &body.to_string());
        let (output, row) = test(&home);
        output.exits(&[0]);
        assert_eq!((&row["outcome"], &row["error"]), (&json!("ok"), &Value::Null), "{body}");
    }
}

#[test]
fn a_refused_document_at_connect_stores_nothing_of_a_dead_token() {
    let evil = Evil::start();
    let home = linear(&evil);
    fails(&evil, "200 OK", "AUTHENTICATION_ERROR");
    let token = evil.state().grants.mint("openid").0;
    home.run_with(&["connect", "evil", "--token-stdin"], &token).exits(&[3]);
    assert!(home.vault_files().is_empty());
}

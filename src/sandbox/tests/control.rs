use super::client::{get, post, refresh, send, sign_in, with_token};
use super::{Sandbox, sandbox};

fn stats(sandbox: &Sandbox) -> serde_json::Value {
    get(sandbox, "/_sandbox/stats").json()
}

#[test]
fn a_failure_on_request_spends_nothing() {
    let sandbox = sandbox(true);
    let token = sign_in(&sandbox).text("refresh_token");
    sandbox.fail_next(1, 429, Some(7));
    let reply = refresh(&sandbox, &token);
    assert_eq!((reply.outcome().as_str(), reply.header("retry-after")), ("429 rate_limited", Some("7")));
    assert_eq!(post(&sandbox, "/_sandbox/fail?n=2&status=400&error=invalid_grant", &[]).status, 200);
    assert_eq!(refresh(&sandbox, &token).outcome(), "400 invalid_grant");
    assert_eq!(refresh(&sandbox, &token).outcome(), "400 invalid_grant");
    assert_eq!(refresh(&sandbox, &token).outcome(), "200");
    assert_eq!(stats(&sandbox)["told_to_fail"], 3);
}

#[test]
fn everything_is_counted_and_nothing_secret_is_logged() {
    let sandbox = sandbox(true);
    let first = sign_in(&sandbox);
    let second = refresh(&sandbox, &first.text("refresh_token"));
    with_token(&sandbox, "/me", &second.text("access_token"));
    with_token(&sandbox, "/api/items", &second.text("access_token"));
    let counts = stats(&sandbox);
    assert_eq!(counts["authorize"], 1);
    assert_eq!(counts["token"]["authorization_code"], 1);
    assert_eq!(counts["token"]["refresh_token"], 1);
    assert_eq!((&counts["me"], &counts["api"]), (&1.into(), &1.into()));
    assert_eq!((&counts["live_families"], &counts["spent_reuse"]), (&1.into(), &0.into()));
    refresh(&sandbox, &first.text("refresh_token"));
    let counts = stats(&sandbox);
    assert_eq!((&counts["live_families"], &counts["spent_reuse"]), (&0.into(), &1.into()));

    let log = get(&sandbox, "/_sandbox/log");
    let entries = log.json();
    assert_eq!(entries.as_array().unwrap().len(), 6);
    assert_eq!(entries[1]["grant_type"], "authorization_code");
    for secret in ["sandbox-at-", "sandbox-rt-", "sandbox-code-", "code_verifier"] {
        assert!(!log.body.contains(secret), "{secret}");
    }
}

#[test]
fn a_late_answer_is_still_an_answer() {
    let sandbox = sandbox(true);
    let token = sign_in(&sandbox).text("refresh_token");
    post(&sandbox, "/_sandbox/delay?ms=20", &[]);
    assert_eq!(refresh(&sandbox, &token).outcome(), "200");
}

#[test]
fn consent_can_be_steered() {
    let sandbox = sandbox(false);
    let steer = |query: &str| post(&sandbox, &format!("/_sandbox/consent?{query}"), &[]).status;
    assert_eq!(steer("as=bob@sandbox.example&withhold=calendars.read"), 200);
    let answer = sign_in(&sandbox);
    assert_eq!(answer.text("scope"), "profile items.read");
    assert_eq!(with_token(&sandbox, "/me", &answer.text("access_token")).text("name"), "Bob Example");
    assert_eq!(steer("as=deny"), 200);
    assert_eq!(super::client::authorize(&sandbox, &[]).returned("error").unwrap(), "access_denied");
    assert_eq!(steer("as=ask"), 200);
    assert_eq!(super::client::authorize(&sandbox, &[]).status, 200);
    assert_eq!(steer("as=mallory"), 400);
}

#[test]
fn web_pages_cannot_pull_the_strings() {
    let sandbox = sandbox(true);
    let token = sign_in(&sandbox).text("access_token");
    let reply = send(&sandbox, "POST", "/_sandbox/expire", &[("Origin", "https://evil.example")], "");
    assert_eq!(reply.status, 403);
    assert_eq!(with_token(&sandbox, "/me", &token).status, 200);
}

#[test]
fn controls_refuse_nonsense() {
    let sandbox = sandbox(true);
    for target in
        ["fail", "fail?status=200", "fail?status=503&n=-1", "delay", "delay?ms=x", "advance", "forget"]
    {
        assert_eq!(
            post(&sandbox, &format!("/_sandbox/{target}"), &[]).outcome(),
            "400 invalid_request",
            "{target}"
        );
    }
}

#[test]
fn stopping_closes_the_port_and_keeps_nobody_waiting() {
    let sandbox = sandbox(true);
    let address = sandbox.url().trim_start_matches("http://").to_owned();
    let idle = std::net::TcpStream::connect(&address).unwrap();
    sandbox.stop();
    assert!(std::net::TcpStream::connect(&address).is_err());
    drop(idle);
}

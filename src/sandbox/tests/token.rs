use super::client::{CLIENT, VERIFIER, code, encode, exchange, post, refresh, send, sign_in, with_token};
use super::sandbox;

#[test]
fn a_sign_in_gives_tokens_that_work() {
    let sandbox = sandbox(true);
    let reply = sign_in(&sandbox);
    let answer = reply.json();
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert_eq!(answer["scope"], "profile items.read calendars.read");
    assert!(reply.text("refresh_token").starts_with("sandbox-rt-"));
    let token = reply.text("access_token");
    assert!(token.starts_with("sandbox-at-"));
    let me = with_token(&sandbox, "/me", &token);
    assert_eq!(me.text("email"), "alice@sandbox.example");
    assert_eq!(me.text("workspace"), "Sandbox Inc");
}

#[test]
fn a_code_is_bound_to_verifier_client_and_address() {
    let sandbox = sandbox(true);
    let other = VERIFIER.replace('d', "e");
    for (change, outcome) in [
        (("code_verifier", other.as_str()), "400 invalid_grant"),
        (("code_verifier", "too-short"), "400 invalid_grant"),
        (("code_verifier", ""), "400 invalid_request"),
        (("redirect_uri", "http://127.0.0.1:54000/callback"), "400 invalid_grant"),
        (("client_id", "somebody"), "401 invalid_client"),
        (("client_id", ""), "401 invalid_client"),
        (("client_secret", "x"), "401 invalid_client"),
        (("grant_type", "password"), "400 unsupported_grant_type"),
        (("grant_type", ""), "400 invalid_request"),
    ] {
        assert_eq!(exchange(&sandbox, &code(&sandbox), &[change]).outcome(), outcome, "{change:?}");
    }
}

#[test]
fn a_wrong_verifier_burns_the_code() {
    let sandbox = sandbox(true);
    let code = code(&sandbox);
    let wrong = VERIFIER.replace('d', "e");
    assert_eq!(exchange(&sandbox, &code, &[("code_verifier", &wrong)]).outcome(), "400 invalid_grant");
    assert_eq!(exchange(&sandbox, &code, &[]).outcome(), "400 invalid_grant");
}

#[test]
fn a_replayed_code_takes_its_tokens_back() {
    let sandbox = sandbox(true);
    let code = code(&sandbox);
    let first = exchange(&sandbox, &code, &[]);
    assert_eq!(exchange(&sandbox, &code, &[]).outcome(), "400 invalid_grant");
    assert_eq!(with_token(&sandbox, "/me", &first.text("access_token")).status, 401);
    assert_eq!(refresh(&sandbox, &first.text("refresh_token")).outcome(), "400 invalid_grant");
}

#[test]
fn a_code_lives_for_a_minute() {
    let sandbox = sandbox(true);
    let code = code(&sandbox);
    post(&sandbox, "/_sandbox/advance?seconds=60", &[]);
    assert_eq!(exchange(&sandbox, &code, &[]).outcome(), "400 invalid_grant");
}

#[test]
fn the_body_must_be_a_form_and_hold_everything_once() {
    let sandbox = sandbox(true);
    let form = [("grant_type", "refresh_token"), ("client_id", CLIENT), ("refresh_token", "x")];
    let json = [("Content-Type", "application/json")];
    assert_eq!(send(&sandbox, "POST", "/token", &json, "{}").outcome(), "400 invalid_request");
    let target = format!("/token?{}", encode(&form));
    assert_eq!(post(&sandbox, &target, &form).outcome(), "400 invalid_request");
    let twice = [form[0], form[1], form[2], form[2]];
    assert_eq!(post(&sandbox, "/token", &twice).outcome(), "400 invalid_request");
    let reply = send(&sandbox, "GET", "/token", &[], "");
    assert_eq!((reply.status, reply.header("allow")), (405, Some("POST")));
}

#[test]
fn basic_authentication_is_answered_with_a_challenge() {
    let sandbox = sandbox(true);
    let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Authorization", "Basic eDp5")];
    let reply = send(&sandbox, "POST", "/token", &headers, "grant_type=refresh_token");
    assert_eq!(reply.outcome(), "401 invalid_client");
    assert!(reply.header("www-authenticate").unwrap().starts_with("Basic"));
}

use super::client::{CLIENT, Reply, get, post, with_token};
use super::{Sandbox, sandbox};

fn open(sandbox: &Sandbox) -> Reply {
    let reply =
        post(sandbox, "/device_authorization", &[("client_id", CLIENT), ("scope", "profile items.read")]);
    assert_eq!(reply.outcome(), "200");
    reply
}

fn poll(sandbox: &Sandbox, device: &Reply) -> Reply {
    post(sandbox, "/_sandbox/advance?seconds=2", &[]);
    poll_at_once(sandbox, device)
}

fn poll_at_once(sandbox: &Sandbox, device: &Reply) -> Reply {
    let code = device.text("device_code");
    let grant_type = "urn:ietf:params:oauth:grant-type:device_code";
    post(sandbox, "/token", &[("grant_type", grant_type), ("client_id", CLIENT), ("device_code", &code)])
}

#[test]
fn a_device_waits_until_the_person_has_answered() {
    let sandbox = sandbox(false);
    let device = open(&sandbox);
    let user_code = device.text("user_code");
    assert_eq!(user_code.len(), 9);
    assert_eq!(device.text("verification_uri"), format!("{}/device", sandbox.url()));
    assert_eq!(poll(&sandbox, &device).outcome(), "400 authorization_pending");
    let typed = user_code.to_lowercase().replace('-', " ");
    let page = get(&sandbox, &format!("/device?user_code={}", typed.replace(' ', "+")));
    assert_eq!(page.status, 200);
    assert!(page.body.contains(&user_code));
    let form = [("key", user_code.as_str()), ("account", "bob@sandbox.example")];
    assert_eq!(post(&sandbox, "/device/decision", &form).status, 200);
    assert_eq!(post(&sandbox, "/device/decision", &form).status, 400, "answered once");
    let answer = poll(&sandbox, &device);
    assert_eq!(answer.text("scope"), "profile");
    assert_eq!(
        with_token(&sandbox, "/me", &answer.text("access_token")).text("email"),
        "bob@sandbox.example"
    );
    assert_eq!(poll(&sandbox, &device).outcome(), "400 invalid_grant");
}

#[test]
fn the_complete_address_is_enough_when_consent_is_automatic() {
    let sandbox = sandbox(true);
    let device = open(&sandbox);
    let complete = device.text("verification_uri_complete");
    assert_eq!(get(&sandbox, complete.strip_prefix(sandbox.url()).unwrap()).status, 200);
    assert_eq!(poll(&sandbox, &device).outcome(), "200");
}

#[test]
fn denial_haste_and_delay_have_their_own_errors() {
    let sandbox = sandbox(false);
    let device = open(&sandbox);
    assert_eq!(poll_at_once(&sandbox, &device).outcome(), "400 authorization_pending");
    assert_eq!(poll_at_once(&sandbox, &device).outcome(), "400 slow_down");
    assert_eq!(poll(&sandbox, &device).outcome(), "400 slow_down", "the interval has grown by 5 seconds");
    post(&sandbox, "/device/decision", &[("key", &device.text("user_code")), ("deny", "1")]);
    post(&sandbox, "/_sandbox/advance?seconds=30", &[]);
    assert_eq!(poll(&sandbox, &device).outcome(), "400 access_denied");

    let late = open(&sandbox);
    post(&sandbox, "/_sandbox/advance?seconds=600", &[]);
    assert_eq!(poll(&sandbox, &late).outcome(), "400 expired_token");
    assert_eq!(get(&sandbox, &format!("/device?user_code={}", late.text("user_code"))).status, 404);
}

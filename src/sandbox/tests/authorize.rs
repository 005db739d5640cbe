use super::client::{REDIRECT, authorize, exchange, get, post, send, with_token};
use super::sandbox;

#[test]
fn a_good_request_returns_code_state_and_issuer() {
    let sandbox = sandbox(true);
    let reply = authorize(&sandbox, &[]);
    assert_eq!(reply.status, 303);
    assert!(reply.header("location").unwrap().starts_with(REDIRECT));
    assert!(reply.returned("code").unwrap().starts_with("sandbox-code-"));
    assert_eq!(reply.returned("state").unwrap(), "a state & more");
    assert_eq!(reply.returned("iss").unwrap(), sandbox.url());
}

#[test]
fn mistakes_go_back_to_the_app() {
    let sandbox = sandbox(true);
    for (change, error) in [
        (("code_challenge", ""), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("code_challenge_method", ""), "invalid_request"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("response_type", "token"), "unsupported_response_type"),
        (("response_type", ""), "invalid_request"),
        (("scope", "profile everything"), "invalid_scope"),
    ] {
        let reply = authorize(&sandbox, &[change]);
        assert_eq!(reply.returned("error").as_deref(), Some(error), "{change:?}");
        assert_eq!(reply.returned("state").unwrap(), "a state & more");
        assert_eq!(reply.returned("iss").unwrap(), sandbox.url());
        assert_eq!(reply.returned("code"), None);
    }
}

#[test]
fn an_uncertain_client_or_address_is_never_redirected_to() {
    let sandbox = sandbox(true);
    for change in [
        ("client_id", "somebody"),
        ("client_id", ""),
        ("redirect_uri", ""),
        ("redirect_uri", "http://127.0.0.1:53999/elsewhere"),
        ("redirect_uri", "http://127.0.0.1:53999/callback?x=1"),
        ("redirect_uri", "http://127.0.0.1:53999/callback#x"),
        ("redirect_uri", "http://user@127.0.0.1:53999/callback"),
        ("redirect_uri", "https://127.0.0.1:53999/callback"),
        ("redirect_uri", "http://127.0.0.2:53999/callback"),
        ("redirect_uri", "http://localhost:53999/callback"),
        ("redirect_uri", "http://example.com/callback"),
    ] {
        let reply = authorize(&sandbox, &[change]);
        assert_eq!((reply.status, reply.header("location")), (400, None), "{change:?}");
    }
}

#[test]
fn any_loopback_port_will_do() {
    let sandbox = sandbox(true);
    for redirect in ["http://127.0.0.1:1/callback", "http://127.0.0.1/callback", "http://[::1]:9/callback"] {
        let code = authorize(&sandbox, &[("redirect_uri", redirect)]).returned("code").unwrap();
        assert_eq!(exchange(&sandbox, &code, &[("redirect_uri", redirect)]).outcome(), "200");
    }
}

#[test]
fn the_hint_chooses_who_consents() {
    let sandbox = sandbox(true);
    let code = authorize(&sandbox, &[("login_hint", "bob@sandbox.example")]).returned("code").unwrap();
    let token = exchange(&sandbox, &code, &[]).text("access_token");
    assert_eq!(with_token(&sandbox, "/me", &token).text("email"), "bob@sandbox.example");
}

/// The hidden field of the consent page.
fn key(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"key\" value=\"").unwrap();
    rest.split_once('"').unwrap().0.to_owned()
}

#[test]
fn a_person_can_give_less_than_asked_but_only_once() {
    let sandbox = sandbox(false);
    let page = authorize(&sandbox, &[]);
    assert_eq!(page.status, 200);
    assert!(page.header("content-security-policy").unwrap().contains("default-src 'none'"));
    let key = key(&page.body);
    let form = [
        ("key", key.as_str()),
        ("account", "bob@sandbox.example"),
        ("scope", "items.read"),
        ("scope", "tasks.read"),
    ];
    let reply = post(&sandbox, "/authorize/decision", &form);
    let answer = exchange(&sandbox, &reply.returned("code").unwrap(), &[]);
    assert_eq!(
        answer.text("scope"),
        "profile items.read",
        "neither what was unticked nor what was not asked"
    );
    assert_eq!(post(&sandbox, "/authorize/decision", &form).status, 400);
}

#[test]
fn a_person_can_deny() {
    let sandbox = sandbox(false);
    let key = key(&authorize(&sandbox, &[]).body);
    let reply = post(&sandbox, "/authorize/decision", &[("key", key.as_str()), ("deny", "1")]);
    assert_eq!(reply.returned("error").unwrap(), "access_denied");
    assert_eq!(reply.returned("state").unwrap(), "a state & more");
}

#[test]
fn without_a_person_prompt_none_fails() {
    let sandbox = sandbox(false);
    assert_eq!(authorize(&sandbox, &[("prompt", "none")]).returned("error").unwrap(), "interaction_required");
}

#[test]
fn text_from_outside_is_escaped() {
    let sandbox = sandbox(false);
    let page = get(&sandbox, "/device?user_code=%22%3E%3Cscript%3E");
    assert_eq!(page.status, 404);
    assert!(!page.body.contains("<script>"));
}

#[test]
fn another_name_for_this_machine_is_not_served() {
    let sandbox = sandbox(true);
    let host = format!("evil.example:{}", sandbox.url().rsplit_once(':').unwrap().1);
    assert_eq!(send(&sandbox, "GET", "/me", &[("Host", &host)], "").status, 421);
}

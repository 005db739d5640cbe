//! The other ways in: no provider file at all, pushed requests, a device code, and the person's own browser.
use crate::harness::{Consent, Oidc, Sealed, browser_script, consent, needs};

#[test]
fn an_issuer_alone_is_enough() {
    if !needs("other_flows", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    home.watch(&server.url);
    home.connect(&["anywhere", "--issuer", &server.url]).out.ok();
    assert_eq!(server.noted("registration_create.success"), 1, "it registered itself once");
    home.integ(&["token", "anywhere"]).reveals().run().ok();
    home.integ(&["refresh", "anywhere", "--force"]).run().ok();
    home.integ(&["disconnect", "anywhere", "--yes"]).run().ok();
    assert!(!server.any_alive());
}

#[test]
fn a_request_is_pushed_where_the_provider_requires_it() {
    if !needs("other_flows", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("PAR", "1")]), Sealed::new());
    server.known_to(&home);
    let (running, url) = home.ask_to_connect(&["acme"]);
    assert!(url.contains("request_uri=") && !url.contains("code_challenge"), "{url}");
    let event: serde_json::Value = serde_json::from_str(running.so_far().lines().next().unwrap()).unwrap();
    consent(&url, &["--until", event["redirect_uri"].as_str().unwrap()]);
    running.finish().ok();
    assert_eq!(server.noted("pushed_authorization_request.success"), 1);
}

#[test]
fn a_device_code_is_confirmed_elsewhere() {
    if !needs("other_flows", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let mut running = home.integ(&["connect", "acme", "--device"]).start();
    let place = format!("{}/device", server.url);
    let Some(url) = running.line(|line| {
        line.split([' ', '"', '<', '>']).find(|word| word.starts_with(&place)).map(str::to_owned)
    }) else {
        panic!("no place to enter the code\n{}", running.finish());
    };
    let code = running.line(|line| {
        line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .find(|word| is_user_code(word))
            .map(str::to_owned)
    });
    let url = if url.contains("user_code=") { url } else { format!("{url}?user_code={}", code.unwrap()) };
    let Consent { page, .. } = consent(&url, &["--until", "http://127.0.0.1:1/never"]);
    let out = running.finish();
    assert_eq!(out.code, 0, "{out}\n{page}");
    home.integ(&["status", "--json"]).run().ok().says("alice@example.com");
}

fn is_user_code(word: &str) -> bool {
    word.len() == 9
        && word.as_bytes()[4] == b'-'
        && word.replace('-', "").bytes().all(|byte| byte.is_ascii_uppercase())
}

#[test]
fn the_persons_browser_gets_one_argument() {
    if !needs("other_flows", &["oidc-provider"]) {
        return;
    }
    let (server, mut home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let (script, calls) = browser_script(&home, "--user alice");
    home.set("BROWSER", &script.display().to_string());
    home.integ(&["connect", "acme"]).run().ok();
    let calls = std::fs::read_to_string(calls).unwrap();
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!((calls.len(), calls[0]), (2, "1"), "{calls:?}");
    assert!(calls[1].starts_with(&server.url), "{calls:?}");
}

#[test]
fn without_a_terminal_it_must_be_told_how() {
    if !needs("other_flows", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let out = home.integ(&["connect", "acme", "--json"]).run().exits(3);
    assert_eq!(out.error(), "interaction_needed");
    out.says("--no-browser");
}

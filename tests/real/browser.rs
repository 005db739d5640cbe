//! What a person sees at the end, in a real Chromium. The pictures stay in `target/test-artifacts`.
use serde_json::{Value, json};

use crate::harness::{Oidc, Sealed, browse, needs};

const NEEDS: [&str; 3] = ["oidc-provider", "playwright-core", "$chromium"];

fn start() -> Option<(Oidc, Sealed)> {
    needs("browser", &NEEDS).then(|| {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_to(&home);
        (server, home)
    })
}

fn lower(seen: &Value, what: &str) -> String {
    seen[what].as_str().unwrap().to_lowercase()
}

/// The page needs nothing but itself, and the browser has nothing to complain of.
fn is_clean(seen: &Value) {
    assert_eq!(seen["requests"], json!([]), "the page asked for more: {seen}");
    assert_eq!(seen["console"], json!([]), "the browser complained: {seen}");
}

#[test]
fn the_page_of_a_success_names_the_account() {
    let Some((_server, home)) = start() else { return };
    let (running, url) = home.ask_to_connect(&["acme"]);
    let seen = browse(&url, "connected", &["--user", "alice"]);
    running.finish().ok();
    is_clean(&seen);
    assert!(
        lower(&seen, "text").contains("alice@example.com") && lower(&seen, "text").contains("connected"),
        "{seen}"
    );
    assert!(lower(&seen, "title").contains("connected"), "{seen}");
}

#[test]
fn the_page_of_a_denial_says_so_and_what_to_do() {
    let Some((_server, home)) = start() else { return };
    let (running, url) = home.ask_to_connect(&["acme"]);
    let seen = browse(&url, "denied", &["--deny"]);
    running.finish().exits(1);
    is_clean(&seen);
    assert!(!lower(&seen, "title").starts_with("connected"), "{seen}");
    assert!(lower(&seen, "text").contains("integ connect acme"), "no cure on the page: {seen}");
}

#[test]
fn the_page_is_only_truthful_after_the_exchange() {
    let Some((server, home)) = start() else { return };
    let (running, url) = home.ask_to_connect(&["acme"]);
    let body = json!({ "error": "invalid_grant", "error_description": "<b>the code was</b> used before" });
    server.tell("faults", &json!({ "path": "/token", "fail": 1, "status": 400, "body": body }));
    let seen = browse(&url, "failed", &[]);
    let out = running.finish();
    assert_ne!(out.code, 0, "{out}");
    is_clean(&seen);
    assert!(!lower(&seen, "title").starts_with("connected"), "{seen}");
    assert!(
        lower(&seen, "text").contains("<b>the code was</b>")
            || !lower(&seen, "text").contains("the code was"),
        "not escaped: {seen}"
    );
}

#[test]
fn the_page_tells_a_stranger_to_the_connection() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["acme"]).out.ok();
    let (running, url) = home.ask_to_connect(&["acme"]);
    let seen = browse(&url, "other-account", &["--user", "bob"]);
    running.finish().exits(6);
    is_clean(&seen);
    assert!(!lower(&seen, "title").starts_with("connected"), "{seen}");
    assert!(lower(&seen, "text").contains("bob@example.com"), "{seen}");
}

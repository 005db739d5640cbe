//! A provider in trouble: nothing is lost, nothing is asked twice that must not be.
use serde_json::json;

use crate::harness::{Oidc, Sealed, needs};

fn expired() -> Option<(Oidc, Sealed)> {
    needs("refresh_faults", &["oidc-provider"]).then(|| {
        let (server, home) = (Oidc::start(&[]), Sealed::new());
        server.known_to(&home);
        server.connect_expired(&home, &["acme"]);
        (server, home)
    })
}

#[test]
fn a_provider_that_is_down_is_exit_4_and_the_next_run_works() {
    let Some((server, home)) = expired() else { return };
    for status in [500, 502, 503, 504] {
        server.tell(
            "faults",
            &json!({ "path": "/token", "fail": 1000, "status": status, "body": { "nothing": "useful" } }),
        );
        let out = home.integ(&["token", "acme", "--json"]).run().exits(4);
        // 503 says that nothing was done; after any other a rotating provider may have acted.
        let kinds: &[&str] = if status == 503 { &["unavailable"] } else { &["unavailable", "answer_lost"] };
        assert!(kinds.contains(&out.error().as_str()), "{status}: {out}");
        out.never_says("integ connect");
    }
    server.tell("faults", &json!({}));
    home.integ(&["token", "acme"]).reveals().run().ok();
    assert_eq!(server.noted("grant.revoked"), 0);
}

#[test]
fn a_long_retry_after_is_obeyed_at_once_and_said() {
    let Some((server, home)) = expired() else { return };
    server.tell("faults", &json!({ "path": "/token", "fail": 1000, "status": 429, "retry_after": 3600 }));
    let out = home.integ(&["token", "acme", "--json"]).run().exits(4);
    assert_eq!(out.error(), "rate_limited");
    assert_eq!(server.noted("fault"), 1, "asked again before its time");
    server.tell("faults", &json!({}));
    home.integ(&["token", "acme"]).run().exits(4);
    assert_eq!(server.token_requests(), 2, "the remembered wait was forgotten");
    home.integ(&["refresh", "acme", "--force"]).run().ok();
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_short_retry_after_is_waited_for() {
    let Some((server, home)) = expired() else { return };
    server.tell("faults", &json!({ "path": "/token", "fail": 1, "status": 503, "retry_after": 1 }));
    home.integ(&["token", "acme"]).reveals().run().ok();
    assert_eq!(server.token_requests(), 3, "one code, one refused, one answered");
}

#[test]
fn a_rotating_token_whose_answer_was_lost_is_not_presented_again_in_the_same_command() {
    let Some((server, home)) = expired() else { return };
    server.tell("faults", &json!({ "path": "/token", "lose": 1 }));
    let out = home.integ(&["token", "acme", "--json"]).run().exits(4);
    assert_eq!(out.error(), "answer_lost", "{out}");
    assert_eq!(server.token_requests(), 2, "the spent token was sent again\n{out}");
    // The provider did rotate: one more try finds out, and only then is a person needed.
    assert_eq!(home.integ(&["token", "acme", "--json"]).run().exits(3).error(), "needs_reauth");
    assert_eq!(server.token_requests(), 3);
    home.connect(&["acme"]).out.ok();
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_refused_client_is_not_the_persons_sign_in() {
    let Some((server, home)) = expired() else { return };
    let body = json!({ "error": "invalid_client", "error_description": "client authentication failed" });
    server.tell("faults", &json!({ "path": "/token", "fail": 1, "status": 401, "body": body }));
    let out = home.integ(&["token", "acme", "--json"]).run().exits(1);
    assert_eq!(out.error(), "client_misconfigured");
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_captive_portal_is_not_an_answer() {
    let Some((server, home)) = expired() else { return };
    server.tell("faults", &json!({ "path": "/token", "fail": 1000, "status": 200, "body": "<html>Please sign in to the Wi-Fi</html>" }));
    let out = home.integ(&["token", "acme", "--json"]).run();
    assert!([1, 4].contains(&out.code), "{out}");
    out.never_says("integ connect");
    server.tell("faults", &json!({}));
    home.integ(&["token", "acme"]).reveals().run().ok();
}

#[test]
fn a_provider_that_is_gone_is_exit_4() {
    let Some((server, home)) = expired() else { return };
    drop(server);
    let out = home.integ(&["token", "acme", "--json"]).run().exits(4);
    assert_eq!(out.error(), "unreachable");
    assert_eq!(home.vault_files().len(), 1);
}

//! The built-in Microsoft: a tenant in every address, a public client, a new refresh token each time, numbered errors.
use serde_json::{Value, json};

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("microsoft", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("microsoft", &[]), Sealed::new());
        server.known_to(&mut home);
        (server, home)
    })
}

fn connection(home: &Sealed) -> Value {
    home.integ(&["status", "--json"]).run().ok().json()["connections"][0].clone()
}

#[test]
fn outlook_connects_without_a_secret() {
    let Some((server, home)) = start() else { return };
    let signed_in = home.connect(&["outlook"]);
    signed_in.out.clone().ok();
    assert!(signed_in.url.contains("/common/oauth2/v2.0/authorize?"), "{}", signed_in.url);
    assert!(signed_in.url.contains("redirect_uri=http%3A%2F%2Flocalhost%3A"), "{}", signed_in.url);
    let microsoft = connection(&home);
    assert_eq!(
        (&microsoft["name"], &microsoft["state"], &microsoft["account"]),
        (&"microsoft".into(), &"connected".into(), &"alice@example.com".into()),
        "{microsoft}"
    );
    assert_eq!(microsoft["missing_scopes"], json!([]), "{microsoft}");
    let test = home.integ(&["test", "outlook", "--json"]).run().ok().json();
    assert_eq!(test["tests"][0]["outcome"], "ok", "{test}");
    assert_eq!(server.requests("POST", "/common/oauth2/v2.0/token"), 1);
}

#[test]
fn a_tenant_is_kept_for_the_refresh() {
    let Some((server, home)) = start() else { return };
    home.connect(&["outlook", "--option", "tenant=contoso.example"]).out.ok();
    let before = home.integ(&["token", "microsoft"]).reveals().run().ok().stdout;
    home.integ(&["refresh", "microsoft", "--force"]).run().ok();
    assert_ne!(home.integ(&["token", "microsoft"]).reveals().run().ok().stdout, before);
    assert_eq!(server.requests("POST", "/contoso.example/oauth2/v2.0/token"), 2);
}

#[test]
fn a_changed_password_is_named_and_needs_the_person() {
    let Some((server, home)) = start() else { return };
    home.connect(&["outlook"]).out.ok();
    let body = json!({ "error": "invalid_grant", "error_codes": [50173],
        "error_description": "AADSTS50173: The provided grant has expired due to it being revoked." });
    let fault = json!({ "path": "/common/oauth2/v2.0/token", "fail": 1, "status": 400, "body": body });
    server.tell("faults", &fault);
    home.integ(&["refresh", "microsoft", "--force"]).run().exits(3);
    let microsoft = home.integ(&["status", "--json"]).run().exits(3).json()["connections"][0].clone();
    assert_eq!(microsoft["state"], "needs_reauth", "{microsoft}");
    assert_eq!(microsoft["last_error"]["reason"], "password_changed", "{microsoft}");
    home.connect(&["outlook"]).out.ok();
    assert_eq!(connection(&home)["state"], "connected");
}

#[test]
fn without_revocation_the_page_for_it_is_named() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["outlook"]).out.ok();
    let out = home.integ(&["disconnect", "microsoft", "--yes", "--json"]).run().ok().json();
    let gone = &out["disconnected"][0];
    assert_eq!(gone["revoked"], Value::Null, "{out}");
    assert!(gone["manage_url"].as_str().unwrap_or_default().starts_with("https://"), "{out}");
}

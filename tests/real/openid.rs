//! The whole main job against a certified OpenID provider.
use crate::harness::{Oidc, Sealed, needs, request};

#[test]
fn a_person_connects_and_proves_it() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let signed_in = home.connect(&["acme"]);
    signed_in.out.clone().ok();
    let event = signed_in.out.last_line();
    assert_eq!((&event["event"], &event["name"]), (&"connected".into(), &"acme".into()), "{}", signed_in.out);
    assert_eq!(
        (&event["account"], &event["verified"]),
        (&"alice@example.com".into(), &true.into()),
        "{}",
        signed_in.out
    );
    assert_eq!(signed_in.browser.status, 200);
    assert!(signed_in.browser.page.contains("alice@example.com"), "{}", signed_in.browser.page);

    let status = home.integ(&["status", "--json"]).run().ok().json();
    let acme = &status["connections"][0];
    assert_eq!(status["vault"], "file");
    assert_eq!((&acme["name"], &acme["state"]), (&"acme".into(), &"connected".into()), "{status}");
    assert_eq!(
        (&acme["account"], &acme["account_id"]),
        (&"alice@example.com".into(), &"alice".into()),
        "{status}"
    );
    home.integ(&["status"]).run().ok().says("alice@example.com");

    let test = home.integ(&["test", "acme", "--json"]).run().ok().json();
    assert_eq!(
        (&test["tests"][0]["outcome"], &test["tests"][0]["account"]),
        (&"ok".into(), &"alice@example.com".into()),
        "{test}"
    );
    let me = home.integ(&["api", "acme", "/me"]).run().ok();
    assert!(me.stdout.contains("alice@example.com"), "{me}");
}

#[test]
fn the_printed_token_is_one_the_provider_honours() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let out = home.integ(&["token", "acme"]).reveals().run().ok();
    let token = out.text();
    let bearer = format!("Bearer {token}");
    let me = request("GET", &format!("{}/me", server.url), "", &[("authorization", &bearer)]).unwrap();
    assert_eq!(me.status, 200, "{}", me.body);
    let json = home.integ(&["token", "acme", "--json"]).reveals().run().ok().json();
    assert_eq!(json["tokens"][0]["access_token"], token);
    let header = home.integ(&["token", "acme", "--header"]).reveals().run().ok();
    assert_eq!(header.text(), format!("Authorization: Bearer {token}"));
    let child = home
        .integ(&["run", "--with", "acme", "--", "sh", "-c", "printf %s \"$ACME_TOKEN\""])
        .reveals()
        .run()
        .ok();
    assert_eq!(child.stdout, token);
    let child = home
        .integ(&["run", "--with", "acme=BEARER", "--", "sh", "-c", "printf %s \"$BEARER\"; exit 8"])
        .reveals()
        .run();
    assert_eq!((child.stdout.as_str(), child.code), (token, 8), "{child}");
    assert_eq!(server.token_requests(), 1, "a fresh token needs no request");
}

#[test]
fn the_authorization_request_is_a_careful_one() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let (first, second) = (home.connect(&["acme/one"]), home.connect(&["acme/two"]));
    let part = |url: &str, name: &str| {
        let query = url.split_once('?').unwrap().1;
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(&format!("{name}=")))
            .unwrap_or_default()
            .to_owned()
    };
    assert_eq!(part(&first.url, "code_challenge_method"), "S256");
    assert_eq!(part(&first.url, "code_challenge").len(), 43);
    assert!(part(&first.url, "state").len() >= 22, "{}", first.url);
    assert!(part(&first.url, "redirect_uri").starts_with("http%3A%2F%2F127.0.0.1%3A"), "{}", first.url);
    for name in ["state", "code_challenge"] {
        assert_ne!(part(&first.url, name), part(&second.url, name), "{name} was used twice");
    }
}

#[test]
fn a_denied_consent_is_exit_1_and_stores_nothing() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    let denied = home.connect_as(&["acme"], &["--deny"]);
    assert_eq!(denied.out.clone().exits(1).error(), "denied");
    assert!(!denied.browser.page.to_lowercase().contains(">connected"), "{}", denied.browser.page);
    assert_eq!(server.token_requests(), 0);
    assert_eq!(home.vault_files(), Vec::<std::path::PathBuf>::new());
    let token = home.integ(&["token", "acme", "--json"]).run().exits(3);
    assert_eq!(token.error(), "not_connected");
}

#[test]
fn somebody_else_does_not_take_over_a_connection() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    let before = home.integ(&["token", "acme"]).reveals().run().ok().stdout;
    let other = home.connect_as(&["acme"], &["--user", "bob"]);
    assert_eq!(other.out.clone().exits(6).error(), "account_mismatch");
    other.out.says("bob@example.com").says("--replace");
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().stdout, before);
    home.connect_as(&["acme", "--replace"], &["--user", "bob"]).out.ok();
    home.integ(&["status", "--json"]).run().ok().says("bob@example.com");

    let unexpected = home.connect_as(&["acme/work", "--expect", "carol@example.com"], &["--user", "bob"]);
    assert_eq!(unexpected.out.exits(6).error(), "account_mismatch");
}

#[test]
fn profiles_are_worlds_of_their_own() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    server.known_to(&home);
    home.connect(&["acme"]).out.ok();
    home.integ(&["vault", "init", "--profile", "other"]).run().ok();
    let elsewhere = home.integ(&["token", "acme", "--profile", "other", "--json"]).run();
    assert_eq!(elsewhere.exits(3).error(), "not_connected");
    let status = home.integ(&["status", "--profile", "other", "--json"]).run().ok().json();
    assert_eq!(status["connections"].as_array().unwrap().len(), 0, "{status}");
}

/// No call tells who somebody is: whose token it is and that it is dead, introspection says.
#[test]
fn a_token_is_asked_about() {
    if !needs("openid", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
    let url = &server.url;
    home.provider(
        "acme",
        &format!(
            r#"
title = "Acme"
authorize-url = "{url}/auth"
token-url = "{url}/token"
api-url = "{url}"
client-id = "desk"
client-auth = "none"
refresh = "none"
scopes = ["openid", "email"]
[introspect]
url = "{url}/token/introspection"
account = "sub"
"#
        ),
    );
    home.watch(url);
    home.connect(&["acme"]).out.ok();
    let test = home.integ(&["test", "acme", "--json"]).run().ok().json();
    assert_eq!(
        (&test["tests"][0]["outcome"], &test["tests"][0]["account"]),
        (&"ok".into(), &"alice".into()),
        "{test}"
    );
    server.tell("revoke", &serde_json::json!({ "account": "alice" }));
    let test = home.integ(&["test", "acme", "--json"]).run().exits(3);
    assert_eq!(test.json()["tests"][0]["outcome"], "needs_reauth", "{test}");
    assert_eq!(server.requests("GET", "/me"), 0);
}

//! A client that asks for a token of its own, with its secret.

use crate::evil::Evil;
use crate::evil::canary;
use crate::home::{Home, provider_toml};

const CLIENT: &str = "client evil/1";

/// `auth` is the literal of `client-auth`.
fn home(evil: &Evil, auth: &str) -> Home {
    let overrides = [
        ("client-credentials", "true"),
        ("client-auth", auth),
        ("client-id", ""),
        ("authorize-url", ""),
        ("scopes", "[\"openid\", \"jobs.run\"]"),
    ];
    let home = Home::new(evil);
    home.provider("evil", &provider_toml(evil, &overrides));
    let secret = canary("cs");
    evil.state().grants.client = Some((CLIENT.replace(' ', "-"), secret.clone()));
    let id = CLIENT.replace(' ', "-");
    home.run_with(&["setup", "evil", "--client-id", &id, "--client-secret-stdin"], secret);
    // Without a sign-in there is nothing that `setup` would be needed for but this.
    home
}

#[test]
fn a_client_connects_itself_and_asks_anew() {
    for auth in ["\"basic\"", "\"body\""] {
        let evil = Evil::start();
        let home = home(&evil, auth);
        home.run(&["connect", "evil/jobs", "--client-credentials"]).exits(&[0]);
        let asked = evil.log("token").last().unwrap().clone();
        assert_eq!(asked.field("grant_type").as_deref(), Some("client_credentials"));
        // What OpenID asks about a person is not asked about a program.
        assert_eq!(asked.field("scope").as_deref(), Some("jobs.run calendar.readonly calendar.events"));
        home.run(&["status"]).exits(&[0]).says("asked anew");
        let token = home.run(&["token", "evil/jobs"]).exits(&[0]).out();
        home.run(&["refresh", "evil/jobs", "--force"]).exits(&[0]);
        assert_ne!(home.run(&["token", "evil/jobs"]).out(), token);
        assert_eq!(evil.asked_by_machines(), 2);
        // A program without a browser needs no word for it.
        home.run(&["connect", "evil/jobs"]).exits(&[0]);
        home.run(&["disconnect", "evil/jobs", "--yes"]).exits(&[0]);
    }
}

#[test]
fn a_changed_secret_is_named() {
    let evil = Evil::start();
    let home = home(&evil, "\"basic\"");
    home.run(&["connect", "evil/jobs", "--client-credentials"]).exits(&[0]);
    evil.state().grants.client = Some(("another".into(), canary("cs")));
    let refused = home.run(&["refresh", "evil/jobs", "--force", "--json"]);
    assert_eq!(refused.exits(&[1]).kind(), "client_misconfigured");
    refused.says("integ setup evil");
}

#[test]
fn a_client_without_a_secret_is_nobody() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let overrides = [("client-credentials", "true"), ("client-auth", "\"body\"")];
    home.provider("evil", &provider_toml(&evil, &overrides));
    let refused = home.run(&["connect", "evil/jobs", "--client-credentials", "--json"]);
    assert_eq!(refused.exits(&[3]).kind(), "no_client");
    refused.says("--client-secret-stdin");
    assert_eq!(evil.requests(), 0);
}

#[test]
fn any_issuer_takes_a_client_that_asks_for_itself() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let secret = canary("cs");
    evil.state().grants.client = Some(("client-x".into(), secret.clone()));
    let args = ["connect", "srv", "--issuer", &evil.base, "--client-credentials", "--scope", "jobs.run"];
    let args = [&args[..], &["--client-id", "client-x", "--client-secret-stdin"]].concat();
    home.run_with(&args, secret).exits(&[0]);
    let asked = evil.log("token").pop().unwrap();
    // Nothing about a person, though a sign-in would ask for it.
    assert_eq!(asked.field("scope").as_deref(), Some("jobs.run"));
    let requests = evil.log("discovery").len();
    home.run(&["refresh", "srv", "--force"]).exits(&[0]);
    home.run(&["test", "srv"]).exits(&[0]);
    assert_eq!(evil.log("discovery").len(), requests, "where to ask is pinned");
    assert_eq!(evil.asked_by_machines(), 2);
}

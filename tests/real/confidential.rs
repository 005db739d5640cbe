//! Clients with a secret: in the header, in the body, and a wrong one.
use crate::harness::{Oidc, Sealed, needs};

fn with_secret(client: &str, auth: &str, secret: &str) -> Option<(Oidc, Sealed)> {
    needs("confidential", &["oidc-provider"]).then(|| {
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
        server.known_as(&home, "acme", &format!("client-auth = \"{auth}\""));
        home.secrets().plant(secret);
        home.integ(&["setup", "acme", "--client-id", client, "--client-secret-stdin"])
            .stdin(secret)
            .run()
            .ok();
        (server, home)
    })
}

#[test]
fn in_the_header_with_characters_that_must_be_encoded() {
    let Some((server, home)) = with_secret("desk-basic", "basic", "basic:100%+sure/& =canary-7f3a9c") else {
        return;
    };
    home.connect(&["acme"]).out.ok();
    home.integ(&["refresh", "acme", "--force"]).run().ok();
    assert_eq!(server.noted("grant.error"), 0);
}

#[test]
fn in_the_body() {
    let Some((server, home)) = with_secret("desk-post", "body", "post:100%+sure/& =canary-51be20") else {
        return;
    };
    home.connect(&["acme"]).out.ok();
    home.integ(&["refresh", "acme", "--force"]).run().ok();
    assert_eq!(server.noted("grant.error"), 0);
}

#[test]
fn a_wrong_secret_is_named_and_nothing_is_stored() {
    let Some((_server, home)) = with_secret("desk-basic", "basic", "canary-of-a-wrong-secret-0001") else {
        return;
    };
    let signed_in = home.connect(&["acme"]);
    assert_eq!(signed_in.out.clone().exits(1).error(), "client_misconfigured");
    signed_in.out.says("setup");
    assert!(!signed_in.browser.page.contains("alice@example.com"), "{}", signed_in.browser.page);
    assert_eq!(home.integ(&["token", "acme", "--json"]).run().exits(3).error(), "not_connected");
}

#[test]
fn a_missing_client_is_named_before_anything_else() {
    if !needs("confidential", &["oidc-provider"]) {
        return;
    }
    let (server, home) = (Oidc::start(&[]), Sealed::new());
    let url = &server.url;
    // Without discovery there is no registration endpoint either: a person must register the app.
    home.provider(
        "acme",
        &format!("title = \"Acme\"\nauthorize-url = \"{url}/auth\"\ntoken-url = \"{url}/token\"\napi-url = \"{url}\"\nclient-auth = \"basic\"\n"),
    );
    let out = home.integ(&["connect", "acme", "--no-browser", "--json"]).run().exits(3);
    assert_eq!(out.error(), "no_client");
    out.says("integ setup acme");
    assert_eq!(server.events().len(), 0, "{:?}", server.events());
}

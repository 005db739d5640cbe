//! Group AS: servers of which only an address is known: where their metadata may be, what a resource says, and what a
//! hostile document can do: nothing.

use std::fs;

use crate::evil::Evil;
use crate::home::Home;

fn file(home: &Home, name: &str) -> String {
    fs::read_to_string(home.config().join(format!("providers/{name}.toml"))).unwrap_or_default()
}

/// Nothing of it was kept, and nobody was sent anywhere.
#[track_caller]
fn is_untouched(evil: &Evil, home: &Home, mode: &str) {
    assert_eq!(file(home, "mine"), "", "{mode}: a provider file");
    assert!(!home.config().join("config.toml").exists(), "{mode}: a setting");
    assert!(home.vault_files().is_empty(), "{mode}: a vault item");
    for endpoint in ["authorize", "token", "register"] {
        assert_eq!(evil.log(endpoint).len(), 0, "{mode}: {endpoint} was asked");
    }
}

#[test]
fn as01_the_metadata_is_found_in_every_spelling() {
    for mode in ["at-oidc", "at-rfc8414", "at-oidc-inserted", "at-rfc8414-appended"] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("discovery", mode);
        let issuer = format!("{}/tenant", evil.base);
        home.connect(&["mine", "--issuer", &issuer, "--client-id", "c"]).0.exits(&[0]);
        assert!(file(&home, "mine").contains(&format!("issuer = \"{issuer}\"")), "{}", file(&home, "mine"));
        home.run(&["refresh", "mine", "--force"]).exits(&[0]);
    }
}

#[test]
fn as01_nonsense_at_one_place_does_not_hide_the_next() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.queue("discovery", &["disc-html", "ok"]);
    home.connect(&["mine", "--issuer", &evil.base, "--client-id", "c"]).0.exits(&[0]);
}

#[test]
fn as02_a_hostile_document_ends_it_and_changes_nothing() {
    for (mode, code) in [
        ("disc-issuer-mismatch", 6),
        ("disc-authz-js", 6),
        ("disc-authz-userinfo", 6),
        ("disc-token-other", 6),
        ("disc-register-other", 6),
        ("disc-http-endpoints", 6),
        ("disc-redirect-other", 6),
        ("disc-ansi", 6),
        ("disc-no-issuer", 2),
        ("disc-no-token", 2),
        ("disc-wrong-types", 2),
        ("disc-array", 2),
        ("disc-twice", 2),
        ("disc-truncated", 2),
        ("disc-deep", 2),
        ("disc-par-nowhere", 2),
        ("disc-html", 2),
        ("disc-key-only", 2),
        ("disc-flood", 2),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("discovery", mode).mode("resource", "absent");
        home.connect(&["mine", "--issuer", &evil.base, "--timeout", "5"]).0.exits(&[code]);
        is_untouched(&evil, &home, mode);
    }
}

#[test]
fn as03_an_address_that_is_none_is_refused_before_anybody_is_asked() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    for option in ["--issuer", "--resource"] {
        for bad in
            ["", "example", "http://as.example", "https://u:p@as.example", "file:///etc", "javascript:x"]
        {
            home.run(&["connect", "mine", option, bad, "--no-browser"]).exits(&[2]);
        }
    }
    for name in ["add", "check"] {
        home.run(&["connect", name, "--issuer", &evil.base, "--no-browser"]).exits(&[2]);
    }
    home.run(&["connect", "evil", "--issuer", &evil.base, "--no-browser"]).exits(&[2]);
    assert_eq!(evil.requests(), 0);
}

#[test]
fn as04_a_resource_leads_to_its_server_and_the_token_is_for_it() {
    for (option, mode) in [("--resource", "ok"), ("--resource", "challenge"), ("--issuer", "ok")] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("resource", mode).mode("discovery", "registration");
        let resource = format!("{}/mcp", evil.base);
        if option == "--issuer" {
            // Its own metadata is missing: two places for a path that is none of the server's.
            evil.queue("discovery", &["disc-404", "disc-404", "disc-404", "disc-404"]);
        }
        home.connect(&["mine", option, &resource]).0.exits(&[0]);
        let scope = if mode == "challenge" { "mcp:write" } else { "mcp:read" };
        let asked = &evil.log("authorize")[0];
        assert_eq!(asked.param("resource"), Some(resource.as_str()), "{option} {mode}");
        assert_eq!(asked.param("scope"), Some(scope), "{option} {mode}");
        home.run(&["refresh", "mine", "--force"]).exits(&[0]);
        for request in evil.log("token") {
            assert_eq!(request.field("resource").as_deref(), Some(resource.as_str()), "{option} {mode}");
        }
        assert_eq!(evil.log("me").len(), 0, "the server's own API was shown a token for the resource");
        let file = file(&home, "mine");
        for line in [
            format!("resource = \"{resource}\""),
            format!("api-url = \"{resource}\""),
            format!("issuer = \"{}\"", evil.base),
        ] {
            assert!(file.contains(&line), "{option} {mode}: {file}");
        }
        // From now on it is a provider like any other.
        home.connect(&["mine/two"]).0.exits(&[0]);
        home.connect(&["mine", "--resource", &resource]).0.exits(&[0]);
        assert_eq!(evil.log("register").len(), 1, "{option} {mode}");
    }
}

#[test]
fn as04_of_several_servers_the_first_that_works_is_used_and_said() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("resource", "first-is-dead");
    let resource = format!("{}/mcp", evil.base);
    let (output, _) = home.connect(&["mine", "--resource", &resource, "--client-id", "c"]);
    output.exits(&[0]).says("/dead").says(&format!("come from {}", evil.base));
}

#[test]
fn as04_a_resource_may_be_a_whole_host() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("resource", "root");
    let resource = format!("{}/mcp", evil.base);
    home.connect(&["mine", "--resource", &resource, "--client-id", "c"]).0.exits(&[0]);
    assert_eq!(evil.log("authorize")[0].param("resource"), Some(evil.base.as_str()));
}

#[test]
fn as04_the_issuer_can_be_given_beside_a_resource_that_does_not_tell() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("resource", "absent");
    let resource = format!("{}/mcp", evil.base);
    let wanted = ["mine", "--resource", &resource, "--issuer", &evil.base, "--client-id", "c"];
    home.run(&["connect", "mine", "--resource", &resource, "--no-browser"]).exits(&[2]).says("--issuer");
    home.connect(&wanted).0.exits(&[0]);
    assert_eq!(evil.log("token")[0].field("resource").as_deref(), Some(resource.as_str()));
}

#[test]
fn as05_a_hostile_resource_ends_it_and_changes_nothing() {
    for (mode, code) in [
        ("other-resource", 6),
        ("other-path", 6),
        ("server-js", 6),
        ("server-http", 6),
        ("server-userinfo", 6),
        ("redirect-other", 6),
        ("challenge-other", 6),
        ("all-dead", 6),
        ("challenge-garbage", 2),
        ("absent", 2),
        ("no-resource", 2),
        ("no-servers", 2),
        ("wrong-types", 2),
        ("array", 2),
        ("html", 2),
        ("truncated", 2),
        ("deep", 2),
        ("flood", 2),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("resource", mode);
        let resource = format!("{}/mcp", evil.base);
        home.connect(&["mine", "--resource", &resource, "--timeout", "5"]).0.exits(&[code]);
        is_untouched(&evil, &home, mode);
    }
}

#[test]
fn as06_a_pushed_request_that_is_not_taken_is_told_as_what_it_is() {
    for (mode, code, words) in [
        ("par-refused", 1, "refused: invalid_request: the redirect URI is not registered"),
        ("par-no-uri", 4, "no reference"),
        ("par-expired", 4, "expired"),
        ("par-html", 4, "not an OAuth answer"),
        ("par-redirect-other", 6, "redirects"),
        ("par-busy", 4, "try again in 7 s"),
    ] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        evil.mode("discovery", "par-required").mode("par", mode);
        let args = ["connect", "mine", "--issuer", &evil.base, "--client-id", "c", "--no-browser"];
        home.run(&args).exits(&[code]).says(words);
        assert_eq!(evil.log("authorize").len() + evil.log("token").len(), 0, "{mode}");
    }
}

#[test]
fn as07_the_very_redirect_uri_is_registered_and_kept() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("discovery", "registration");
    home.connect(&["mine", "--issuer", &evil.base]).0.exits(&[0]);
    home.connect(&["mine/two"]).0.exits(&[0]);
    let registered: serde_json::Value = serde_json::from_slice(&evil.log("register")[0].body).unwrap();
    assert_eq!(evil.log("register").len(), 1);
    let used: Vec<String> =
        evil.log("authorize").iter().map(|r| r.param("redirect_uri").unwrap().to_owned()).collect();
    assert_eq!(registered["redirect_uris"], serde_json::json!([used[0]]));
    assert_eq!(used[0], used[1], "a server that compares ports would refuse the second");
    // Another port is another URI: the server has to be told.
    home.connect(&["mine/three", "--port", &free_port()]).0.exits(&[0]);
    assert_eq!(evil.log("register").len(), 2);
    // Somebody else has the port meanwhile.
    let port = home.run(&["config", "get", "client.mine.port"]).exits(&[0]).out();
    let _taken = std::net::TcpListener::bind(format!("127.0.0.1:{}", port.trim())).unwrap();
    home.connect(&["mine/four"]).0.exits(&[0]);
    assert_eq!(evil.log("register").len(), 3);
}

pub(crate) fn free_port() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port().to_string()
}

#[test]
fn as08_a_secret_that_ends_is_said_and_replaced() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("discovery", "registration").mode("register", "reg-secret-ends");
    home.connect(&["mine", "--issuer", &evil.base]).0.exits(&[0]).says("until 2096");
    home.run(&["config", "set", "client.mine.expires", "1000"]).exits(&[0]);
    home.connect(&["mine"]).0.exits(&[0]);
    assert_eq!(evil.log("register").len(), 2);
    // A client that a person brings is theirs.
    home.connect(&["mine", "--client-id", "my-own"]).0.exits(&[0, 1]);
    assert_eq!(evil.log("register").len(), 2);
}

#[test]
fn as09_the_client_is_one_that_the_server_takes() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("discovery", "registration-post").mode("register", "reg-secret");
    home.connect(&["mine", "--issuer", &evil.base]).0.exits(&[0]);
    let asked: serde_json::Value = serde_json::from_slice(&evil.log("register")[0].body).unwrap();
    assert_eq!(asked["token_endpoint_auth_method"], "client_secret_post");
    let exchange = &evil.log("token")[0];
    assert!(exchange.field("client_secret").is_some() && exchange.header("authorization").is_none());
    home.run(&["refresh", "mine", "--force"]).exits(&[0]);
}

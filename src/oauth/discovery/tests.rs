//! Tables of documents: what is believed, what is refused, and as what.

use serde_json::{Value, json};

use super::*;

const ISSUER: &str = "https://as.example/tenant";

fn read(change: impl FnOnce(&mut Value)) -> Result<Server, OauthError> {
    let mut document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": "https://as.example/authorize",
        "token_endpoint": "https://as.example/token",
    });
    change(&mut document);
    let metadata =
        serde_json::from_value(document).map_err(|error| OauthError::Metadata(error.to_string()))?;
    let provider = Provider { title: "X".into(), ..Provider::default() };
    Server::read(metadata, &provider, ISSUER, &ISSUER.parse().unwrap())
}

#[test]
fn every_spelling_of_the_place_is_asked_once() {
    let of = |issuer: &str| {
        let places = metadata::places(&issuer.parse().unwrap());
        places.into_iter().map(|url| url.to_string()).collect::<Vec<_>>()
    };
    for issuer in ["https://as.example", "https://as.example/"] {
        assert_eq!(
            of(issuer),
            [
                "https://as.example/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server"
            ]
        );
    }
    for issuer in ["https://as.example/a/b", "https://as.example/a/b/"] {
        assert_eq!(
            of(issuer),
            [
                "https://as.example/a/b/.well-known/openid-configuration",
                "https://as.example/.well-known/oauth-authorization-server/a/b",
                "https://as.example/.well-known/openid-configuration/a/b",
                "https://as.example/a/b/.well-known/oauth-authorization-server"
            ]
        );
    }
}

#[test]
fn what_is_null_or_new_is_left_out() {
    assert!(read(|_| {}).is_ok());
    let server = read(|document| {
        for key in ["scopes_supported", "revocation_endpoint", "require_pushed_authorization_requests"] {
            document[key] = Value::Null;
        }
        document["something_new"] = json!({"deep": [1, 2]});
    });
    assert!(server.unwrap().scopes.is_empty());
}

#[test]
fn addresses_that_get_secrets_stay_at_home() {
    let secret = [
        "token_endpoint",
        "revocation_endpoint",
        "registration_endpoint",
        "userinfo_endpoint",
        "device_authorization_endpoint",
        "pushed_authorization_request_endpoint",
    ];
    for key in secret {
        for bad in [
            "https://evil.example/x",
            "https://as.example.evil.example/x",
            "https://as.example:8443/x",
            "https://as.example@evil.example/x",
            "https://user:pass@as.example/x",
            "http://as.example/x",
            "http://127.0.0.1/x",
            "//as.example/x",
            "/x",
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "https://\u{0430}s.example/x",
        ] {
            let outcome = read(|document| document[key] = json!(bad));
            assert!(matches!(outcome, Err(OauthError::Unsafe(_))), "{key} = {bad}: {outcome:?}");
        }
        assert!(read(|document| document[key] = json!("https://as.example/elsewhere")).is_ok(), "{key}");
    }
    assert!(read(|d| d["authorization_endpoint"] = json!("https://login.other.example/a")).is_ok());
    for bad in
        ["http://127.0.0.1/admin", "http://localhost:8080/", "javascript:alert(1)", "https://u@as.example"]
    {
        let outcome = read(|document| document["authorization_endpoint"] = json!(bad));
        assert!(matches!(outcome, Err(OauthError::Unsafe(_))), "{bad}");
    }
}

#[test]
fn a_document_that_makes_no_sense_is_named_as_that() {
    for (key, value) in [
        ("token_endpoint", json!(7)),
        ("token_endpoint", json!(["https://as.example/token"])),
        ("token_endpoint", Value::Null),
        ("issuer", Value::Null),
        ("issuer", json!({})),
        ("scopes_supported", json!("openid")),
        ("scopes_supported", json!([1])),
        ("code_challenge_methods_supported", json!({"S256": true})),
        ("require_pushed_authorization_requests", json!("yes")),
        ("require_pushed_authorization_requests", json!(true)),
    ] {
        let outcome = read(|document| document[key] = value.clone());
        assert!(matches!(outcome, Err(OauthError::Metadata(_))), "{key} = {value}: {outcome:?}");
    }
    for other in ["https://as.example", "https://as.example/tenant/", "https://AS.example/tenant", ""] {
        let outcome = read(|document| document["issuer"] = json!(other));
        assert!(matches!(outcome, Err(OauthError::Unsafe(_))), "{other}");
    }
}

#[test]
fn the_client_authenticates_as_the_server_wants_it() {
    let server = |methods: Option<&[&str]>| Server {
        auth_methods: methods.map(|m| m.iter().map(|s| (*s).to_owned()).collect()),
        ..Server::default()
    };
    for (methods, has_secret, expected) in [
        (None, false, Some(ClientAuth::None)),
        (None, true, Some(ClientAuth::Basic)),
        (Some(&["client_secret_post", "client_secret_basic"][..]), true, Some(ClientAuth::Basic)),
        (Some(&["client_secret_post", "private_key_jwt"]), true, Some(ClientAuth::Body)),
        (Some(&["none"]), true, Some(ClientAuth::None)),
        (Some(&["private_key_jwt"]), true, None),
        (Some(&["client_secret_basic"]), false, Some(ClientAuth::None)),
    ] {
        assert_eq!(server(methods).client_auth(has_secret).ok(), expected, "{methods:?} {has_secret}");
    }
}

#[test]
fn a_token_for_a_resource_is_not_shown_to_the_server_that_gave_it() {
    let server = read(|document| document["userinfo_endpoint"] = json!("https://as.example/me")).unwrap();
    let mut provider = Provider::default();
    assert!(server.pinned(&provider).whoami.is_some());
    provider.resource = Some("https://r.example".into());
    let pinned = server.pinned(&provider);
    assert_eq!((pinned.whoami, pinned.resource.as_deref()), (None, Some("https://r.example")));
}

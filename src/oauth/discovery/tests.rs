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

fn discovered(
    file: &str,
    answers: impl Fn(&str) -> Vec<String>,
) -> (Result<Server, OauthError>, Vec<String>) {
    use crate::http::scripted::{Scripted, client, run};
    // The documents name the server, which is known only once it listens: so it is asked what its address is.
    let known = std::sync::Arc::new(std::sync::Mutex::new(std::collections::VecDeque::new()));
    let script = std::sync::Arc::clone(&known);
    let server = Scripted::answering(8, move || script.lock().unwrap().pop_front().unwrap_or_default());
    let issuer = server.base.as_str().trim_end_matches('/').to_owned();
    known.lock().unwrap().extend(answers(&issuer));
    let provider = crate::oauth::stage::provider(&format!("issuer = \"{issuer}\"\n{file}"));
    let http = client();
    let outcome = run(Server::of(&provider, &http, Budget::starting_now(http.limits().deadline)));
    (outcome, server.asked().into_iter().map(|asked| asked.line).collect())
}

fn document(issuer: &str) -> String {
    json!({"issuer": issuer, "token_endpoint": format!("{issuer}/t"), "authorization_endpoint": format!("{issuer}/a")})
        .to_string()
}

#[test]
fn the_first_place_that_answers_counts_and_nonsense_hides_none() {
    use crate::http::scripted::{reply, reply_with};
    let (oidc, oauth) =
        ("GET /.well-known/openid-configuration", "GET /.well-known/oauth-authorization-server");
    let (server, asked) = discovered("", |issuer| vec![reply(200, &document(issuer))]);
    assert_eq!((server.unwrap().token.unwrap().path(), asked), ("/t", vec![oidc.to_owned()]));
    let redirect = || reply_with(302, "location: /x\r\n", "");
    for first in [reply(404, "{}"), reply(200, "<html>"), redirect(), reply(503, "")] {
        let (server, asked) = discovered("", |issuer| vec![first.clone(), reply(200, &document(issuer))]);
        assert!(server.is_ok(), "{first}");
        assert_eq!(asked, [oidc, oauth]);
    }
    let error = |answers: [String; 2]| discovered("", |_| answers.to_vec()).0.unwrap_err();
    let none = || reply(404, "");
    assert!(matches!(error([none(), none()]), OauthError::NoMetadata(_)));
    assert!(matches!(error([none(), redirect()]), OauthError::Unsafe(_)));
    assert!(
        matches!(error([reply(503, ""), redirect()]), OauthError::Unavailable { .. }),
        "the first trouble"
    );
    let odd = error([none(), reply(200, r#"{"issuer":7}"#)]).to_string();
    assert!(odd.contains("is not OAuth metadata: invalid type"), "what is wrong with it: {odd}");
    let page = error([reply(200, "<html>"), none()]).to_string();
    assert!(page.ends_with("is not OAuth metadata"), "{page}");
    let large = error([reply(200, &"x".repeat(2 << 20)), none()]);
    assert!(matches!(large, OauthError::Metadata(_)), "{large:?}");
    assert!(matches!(error([String::new(), none()]), OauthError::Http(_)));
}

/// What the provider file names goes before what the server says of itself.
#[test]
fn the_provider_file_has_the_last_word() {
    let found =
        |file: &str| discovered(file, |issuer| vec![crate::http::scripted::reply(200, &document(issuer))]).0;
    let file = "authorize-url = \"https://f.example/a\"\ntoken-url = \"https://f.example/t\"\n\
        revoke-url = \"https://f.example/r\"\ndevice-url = \"https://f.example/d\"";
    let server = found(file).unwrap();
    for (url, path) in
        [(server.authorize, "/a"), (server.token, "/t"), (server.revoke, "/r"), (server.device, "/d")]
    {
        assert_eq!(url.unwrap().as_str(), format!("https://f.example{path}"));
    }
    let server = found("").unwrap();
    assert_eq!((server.authorize.unwrap().path(), server.revoke, server.device), ("/a", None, None));
    let without = crate::oauth::stage::provider("token-url = \"https://f.example/t\"");
    let http = crate::http::scripted::client();
    let budget = Budget::starting_now(std::time::Duration::ZERO);
    let server = crate::http::scripted::run(Server::of(&without, &http, budget)).unwrap();
    assert_eq!((server.issuer, server.token.unwrap().path()), (None, "/t"), "nobody is asked");
}

#[test]
fn what_the_server_says_of_itself_is_taken_over() {
    let server = read(|document| {
        for (key, path) in [
            ("revocation_endpoint", "r"),
            ("device_authorization_endpoint", "d"),
            ("registration_endpoint", "n"),
            ("userinfo_endpoint", "w"),
            ("pushed_authorization_request_endpoint", "p"),
        ] {
            document[key] = json!(format!("https://as.example/{path}"));
        }
        document["authorization_response_iss_parameter_supported"] = json!(true);
        document["scopes_supported"] = json!(["a"]);
        document["code_challenge_methods_supported"] = json!(["S256"]);
        document["token_endpoint_auth_methods_supported"] = json!(["none"]);
    })
    .unwrap();
    let paths =
        [&server.authorize, &server.token, &server.revoke, &server.device, &server.register, &server.whoami];
    assert_eq!(
        paths.map(|url| url.as_ref().unwrap().path()),
        ["/authorize", "/token", "/r", "/d", "/n", "/w"]
    );
    assert_eq!(server.push, None, "it is not required");
    assert!(server.announces_iss && !server.lacks_s256());
    assert_eq!((server.scopes, server.auth_methods), (vec!["a".to_owned()], Some(vec!["none".to_owned()])));
    assert_eq!(server.issuer.as_deref(), Some(ISSUER));
    let pushed = read(|document| {
        document["pushed_authorization_request_endpoint"] = json!("https://as.example/p");
        document["require_pushed_authorization_requests"] = json!(true);
    });
    assert_eq!(pushed.unwrap().push.unwrap().path(), "/p");
    assert!(!read(|_| {}).unwrap().announces_iss);
}

#[test]
fn s256_counts_only_where_it_is_announced() {
    let of = |methods: Option<&[&str]>| {
        let pkce = methods.map(|list| list.iter().map(|m| (*m).to_owned()).collect());
        Server { pkce, ..Server::default() }.lacks_s256()
    };
    assert!(of(None) && of(Some(&[])) && of(Some(&["plain"])));
    assert!(!of(Some(&["S256"])) && !of(Some(&["plain", "S256"])));
}

#[test]
fn what_is_pinned_is_what_was_found() {
    let server = read(|document| document["revocation_endpoint"] = json!("https://as.example/r")).unwrap();
    let pinned = server.pinned(&Provider::default());
    assert_eq!(pinned.issuer.as_deref(), Some(ISSUER));
    assert_eq!(pinned.token.as_deref(), Some("https://as.example/token"));
    assert_eq!((pinned.revoke.as_deref(), pinned.whoami), (Some("https://as.example/r"), None));
}

#[test]
fn a_provider_file_may_send_secrets_elsewhere_but_not_to_this_machine() {
    let provider = Provider { hosts: vec!["t.other.example".into()], ..Provider::default() };
    let issuer: Url = "https://as.example/".parse().unwrap();
    let of = |text: &str, secret| {
        endpoint(&provider, &issuer, "token_endpoint", Some(text.into()), secret).is_ok()
    };
    assert!(of("https://t.other.example/x", true) && !of("https://u.other.example/x", true));
    assert!(of("https://u.other.example/x", false), "what gets no secret may be anywhere");
    assert!(!of("http://127.0.0.1:1/x", false));
    let here: Url = "http://127.0.0.1:5/".parse().unwrap();
    let local = |text: &str| endpoint(&provider, &here, "x", Some(text.into()), true).is_ok();
    assert!(local("http://127.0.0.1:5/x") && !local("http://127.0.0.1:6/x"));
    assert!(matches!(endpoint(&provider, &here, "x", None, true), Ok(None)));
    for (text, good) in [("https://as.example", true), ("as.example", false), ("http://as.example", false)] {
        assert_eq!(address(text).is_ok(), good, "{text}");
    }
}

#[test]
fn a_slash_too_many_is_pointed_out() {
    let hint = |named: &str| read(|document| document["issuer"] = json!(named)).unwrap_err().to_string();
    assert!(hint("https://as.example/tenant/").ends_with("(the slash counts)"));
    assert!(!hint("https://as.example/other").contains("slash"));
}

/// RFC 9728: at the place of its path, then by knocking, then for the whole host.
#[test]
fn a_resource_says_who_gives_tokens_for_it() {
    use crate::http::scripted::{Scripted, client, reply, reply_with, run};
    let ask = |path: &str, answers: &dyn Fn(&str) -> Vec<String>| {
        let script = std::sync::Arc::new(std::sync::Mutex::new(std::collections::VecDeque::new()));
        let playing = std::sync::Arc::clone(&script);
        let server = Scripted::answering(8, move || playing.lock().unwrap().pop_front().unwrap_or_default());
        let base = server.base.as_str().trim_end_matches('/').to_owned();
        script.lock().unwrap().extend(answers(&base));
        let (http, text) = (client(), format!("{base}{path}"));
        let budget = Budget::starting_now(http.limits().deadline);
        let outcome = run(protected_resource(&text, &http, budget));
        (outcome, server.asked().into_iter().map(|asked| asked.line).collect::<Vec<_>>())
    };
    let about = |id: String| {
        json!({"resource": id, "authorization_servers": ["https://as.example"], "scopes_supported": ["own"]})
            .to_string()
    };
    let place = "GET /.well-known/oauth-protected-resource";
    let none = || reply(404, "");
    let knocked = |lines: &str| reply_with(401, lines, "");

    let (resource, asked) = ask("/mcp", &|base| vec![reply(200, &about(format!("{base}/mcp")))]);
    let resource = resource.unwrap();
    assert_eq!(
        (resource.issuers, resource.scopes),
        (vec!["https://as.example".to_owned()], vec!["own".to_owned()])
    );
    assert_eq!(asked, [format!("{place}/mcp")]);

    let told = "www-authenticate: Bearer resource_metadata=\"/m\", scope=\"asked\"\r\n";
    let (resource, asked) =
        ask("/mcp", &|base| vec![none(), knocked(told), reply(200, &about(format!("{base}/mcp")))]);
    assert_eq!(resource.unwrap().scopes, ["asked"], "what the 401 asks for goes before");
    assert_eq!(asked, [&format!("{place}/mcp"), "GET /mcp", "GET /m"]);

    let (resource, asked) =
        ask("/mcp?x=1", &|base| vec![none(), none(), reply(200, &about(format!("{base}/")))]);
    assert!(resource.unwrap().id.ends_with('/'), "the whole host");
    assert_eq!(asked, [&format!("{place}/mcp?x=1"), "GET /mcp?x=1", place]);

    // Where the resource is the host, it is not asked twice; what is no 401 says nothing.
    let open = reply_with(200, told, "");
    let (resource, asked) = ask("/", &|_| vec![none(), open.clone()]);
    assert!(matches!(resource, Err(OauthError::NoMetadata(_))));
    assert_eq!(asked, [place, "GET /"]);

    let (resource, _) = ask("/mcp", &|_| vec![reply(200, "<html>"), none(), none()]);
    assert!(matches!(resource, Err(OauthError::Metadata(_))), "the first trouble is told");
    let evil = "www-authenticate: Bearer resource_metadata=\"https://evil.example/m\"\r\n";
    let (resource, _) = ask("/mcp", &|_| vec![none(), knocked(evil)]);
    assert!(matches!(resource, Err(OauthError::Unsafe(_))));
}

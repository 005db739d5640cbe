use super::*;
use crate::http::{Budget, Client as Http, Limits};
use crate::oauth::Client;
use crate::providers::Provider;
use std::collections::HashSet;
use std::time::Duration;

fn begin(provider: &Provider) -> SignIn {
    let limits = Limits { connect: Duration::ZERO, deadline: Duration::ZERO, tries: 1, body: 0 };
    let (http, client) =
        (Http::new(limits), Client { id: "cid".into(), secret: Some(Secret::new("s3cret")) });
    let context =
        Context { http: &http, provider, client: &client, budget: Budget::starting_now(Duration::ZERO) };
    let server = Server { authorize: "https://as.example/authorize?a=1".parse().ok(), ..Server::default() };
    let scopes = ["x y".to_owned(), "z".to_owned()];
    let scopes = Scopes { all: &scopes, optional: &[] };
    let begun = SignIn::begin(&context, &server, "http://127.0.0.1:5/callback", &scopes, None);
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(begun).unwrap()
}

#[test]
fn a_thousand_requests_are_sound_and_share_nothing() {
    let provider = Provider { title: "X".into(), ..Provider::default() };
    let mut seen = HashSet::new();
    for _ in 0..1_000 {
        let signin = begin(&provider);
        let query: std::collections::HashMap<_, _> = signin.url.query_pairs().into_owned().collect();
        let verifier = signin.verifier.as_ref().unwrap().secret().clone();
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["code_challenge"].len(), 43);
        assert!((43..=128).contains(&verifier.len()));
        assert!(verifier.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b)));
        assert!(query["state"].len() >= 22, "128 bits and more");
        assert_eq!((query["response_type"].as_str(), query["a"].as_str()), ("code", "1"));
        assert!(!signin.url.as_str().contains("s3cret"));
        assert!(seen.insert(verifier) && seen.insert(query["state"].clone()));
    }
}

#[test]
fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
    let verifier = PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into());
    let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
    assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

#[test]
fn the_issuer_is_compared_character_by_character() {
    let signin = begin(&Provider { title: "X".into(), ..Provider::default() });
    let mut server =
        Server { issuer: Some("https://as.example".into()), announces_iss: true, ..Server::default() };
    let check = |server: &Server, iss: &[&str]| {
        signin.check_issuer(server, &iss.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>()).is_ok()
    };
    assert!(check(&server, &["https://as.example"]));
    for bad in [&[][..], &["https://as.example/"], &["https://other.example"], &["https://as.example"; 2]] {
        assert!(!check(&server, bad), "{bad:?}");
    }
    server.announces_iss = false;
    assert!(check(&server, &[]));
    assert!(!check(&server, &["https://other.example"]));
}

/// The request for this provider file, at this server.
fn begun(file: &str, server: &Server, scopes: &Scopes<'_>, hint: Option<&str>) -> Result<SignIn, OauthError> {
    let stage = crate::oauth::stage::Stage::new(file, [""; 0]);
    let context = stage.context();
    crate::http::scripted::run(SignIn::begin(&context, server, "http://127.0.0.1:5/callback", scopes, hint))
}

fn as_server() -> Server {
    Server { authorize: "https://as.example/authorize".parse().ok(), ..Server::default() }
}

fn query(signin: &SignIn) -> std::collections::BTreeMap<String, String> {
    signin.url.query_pairs().into_owned().collect()
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn what_the_provider_file_adds_is_in_the_request() {
    let file = "scope-separator = \",\"\nauthorize-params = { prompt = \"consent\" }\nresource = \"https://r.example\"";
    let all = words(&["a", "b", "c"]);
    let optional = words(&["b"]);
    let scopes = Scopes { all: &all, optional: &optional };
    let asked = query(&begun(file, &as_server(), &scopes, Some("ada@example.com")).unwrap());
    for (name, expected) in [
        ("scope", "a,b,c"),
        ("prompt", "consent"),
        ("resource", "https://r.example"),
        ("login_hint", "ada@example.com"),
        ("client_id", "cid"),
        ("redirect_uri", "http://127.0.0.1:5/callback"),
    ] {
        assert_eq!(asked.get(name).map(String::as_str), Some(expected), "{name}");
    }
    let apart = "scope-param = \"user_scope\"\noptional-scope-param = \"optional_scope\"";
    let asked = query(&begun(apart, &as_server(), &scopes, None).unwrap());
    assert_eq!((asked["user_scope"].as_str(), asked["optional_scope"].as_str()), ("a c", "b"));
    assert!(!asked.contains_key("scope") && !asked.contains_key("login_hint"));
    let none = Scopes { all: &[], optional: &[] };
    let asked = query(&begun(apart, &as_server(), &none, None).unwrap());
    assert!(!asked.contains_key("user_scope") && !asked.contains_key("optional_scope"), "{asked:?}");
}

#[test]
fn without_pkce_a_bare_code_proves_nothing_unless_nothing_else_is_shown() {
    use crate::oauth::paste::BareCode::{Refused, Taken};
    let none = Scopes { all: &[], optional: &[] };
    let with = begun("", &as_server(), &none, None).unwrap();
    let without = begun("pkce = false", &as_server(), &none, None).unwrap();
    assert_eq!((with.bare_code(), without.bare_code()), (Taken, Refused));
    assert!(query(&with).contains_key("code_challenge") && !query(&without).contains_key("code_challenge"));
    let shown = SignIn { redirect_uri: "urn:ietf:wg:oauth:2.0:oob".into(), ..without };
    assert_eq!(shown.bare_code(), Taken);
    assert_eq!(
        (shown.redirect_uri(), with.redirect_uri()),
        ("urn:ietf:wg:oauth:2.0:oob", "http://127.0.0.1:5/callback")
    );
    assert_eq!(query(&with)["state"], with.state());
}

#[test]
fn no_request_goes_to_an_unsafe_place() {
    let none = Scopes { all: &[], optional: &[] };
    let at = |url: &str| Server { authorize: url.parse().ok(), ..Server::default() };
    let of = |server: &Server| begun("", server, &none, None).map(|_| "a sign-in").unwrap_err();
    assert!(matches!(of(&Server::default()), OauthError::Unsupported(_)));
    for bad in ["http://as.example/", "https://u:p@as.example/", "file:///x"] {
        assert!(matches!(of(&at(bad)), OauthError::Unsafe(_)), "{bad}");
    }
}

/// RFC 9126: what the browser sees is a reference; what it is about went over the back channel.
#[test]
fn a_pushed_request_leaves_only_a_reference_in_the_address() {
    use crate::http::scripted::{reply, run};
    use crate::oauth::stage::Stage;
    let push = |file: &str, answer: String, public: bool| {
        let stage = Stage::new(file, [answer]);
        let stage = if public { stage.public() } else { stage };
        let server = Server { push: Some(stage.server.url("par")), ..as_server() };
        let (all, context) = (words(&["a"]), stage.context());
        let scopes = Scopes { all: &all, optional: &[] };
        let begun = run(SignIn::begin(&context, &server, "http://127.0.0.1:5/callback", &scopes, None));
        (begun, stage.only())
    };
    let good = || reply(201, r#"{"request_uri":"urn:x:1","expires_in":60}"#);
    let (signin, asked) = push("", good(), false);
    let signin = signin.unwrap();
    assert_eq!(signin.url.as_str(), "https://as.example/authorize?client_id=cid&request_uri=urn%3Ax%3A1");
    assert_eq!(signin.good_for, Some(60));
    let form = asked.form();
    assert_eq!((asked.line.as_str(), form["state"].as_str()), ("POST /par", signin.state()));
    assert_eq!((form["scope"].as_str(), form["client_secret"].as_str()), ("a", "s3cret-of-client"));
    let (_, asked) = push("client-auth = \"basic\"", good(), false);
    assert!(
        asked.header("authorization").starts_with("Basic ") && !asked.form().contains_key("client_secret")
    );
    for (file, public) in [("", true), ("client-auth = \"none\"", false)] {
        let (_, asked) = push(file, good(), public);
        assert!(asked.header("authorization").is_empty() && !asked.form().contains_key("client_secret"));
    }
    let error = |answer| push("", answer, false).0.map(|_| "a sign-in").unwrap_err();
    let refused = error(reply(400, r#"{"error":"invalid_scope","error_description":"no"}"#));
    assert!(matches!(&refused, OauthError::Refused { code, .. } if code == "invalid_scope"), "{refused:?}");
    assert!(matches!(error(reply(201, "{}")), OauthError::Malformed(_)));
    assert!(matches!(error(reply(400, "")), OauthError::Refused { .. }));
}

#[test]
fn what_the_browser_brought_instead_of_a_code_is_in_safe_words() {
    let stage = crate::oauth::stage::Stage::new("[error.words]\naccess_denied = \"you said no\"", [""; 0]);
    let of = |code: &str, words: Option<&str>| SignIn::denied(&stage.context(), code, words).to_string();
    assert_eq!(of("access_denied", None), "Acme did not grant access: you said no (access_denied)");
    for (code, status) in [("server_error", 500), ("temporarily_unavailable", 503)] {
        assert_eq!(of(code, Some("words")), format!("Acme cannot answer now ({status})"));
        assert!(SignIn::denied(&stage.context(), code, None).left_no_trace());
    }
    assert_eq!(of("other", Some("because\u{1b}[2J")), "Acme did not grant access: other: because\u{FFFD}[2J");
}

#[test]
fn a_kept_sign_in_is_the_same_one() {
    let none = Scopes { all: &[], optional: &[] };
    let of = |file: &str| {
        let signin = begun(file, &as_server(), &none, None).unwrap();
        let kept = serde_json::to_string(&signin.keep()).unwrap();
        let again = SignIn::from(&serde_json::from_str::<KeptSignIn>(&kept).unwrap());
        let verifier = |signin: &SignIn| signin.verifier.as_ref().map(|verifier| verifier.secret().clone());
        assert_eq!(
            (again.state(), again.redirect_uri(), &again.url),
            (signin.state(), signin.redirect_uri(), &signin.url)
        );
        assert_eq!(verifier(&again), verifier(&signin));
        verifier(&again).is_some()
    };
    assert!(of("") && !of("pkce = false"));
}

#[test]
fn a_code_goes_where_the_server_takes_codes() {
    use crate::http::scripted::{reply, run};
    let stage =
        crate::oauth::stage::Stage::new("", [reply(200, r#"{"access_token":"a","token_type":"Bearer"}"#)]);
    let none = Scopes { all: &[], optional: &[] };
    let server = Server { token: Some(stage.server.url("token")), ..as_server() };
    let signin =
        run(SignIn::begin(&stage.context(), &server, "http://127.0.0.1:5/callback", &none, None)).unwrap();
    let verifier = signin.verifier.as_ref().unwrap().secret().clone();
    run(signin.exchange(&stage.context(), &server, &Secret::new("the-code"))).unwrap();
    let form = stage.only().form();
    assert_eq!((form["code"].as_str(), form["code_verifier"].as_str()), ("the-code", verifier.as_str()));
    assert!(matches!(token_endpoint(&stage.context(), &as_server()), Err(OauthError::Unsupported(_))));
}

#[test]
fn a_code_that_was_answered_is_not_presented_again() {
    use crate::http::scripted::{reply, run};
    let tokens = || reply(200, r#"{"access_token":"a","token_type":"Bearer"}"#);
    for first in [reply(503, ""), reply(429, ""), reply(500, ""), reply(200, "{}")] {
        let stage = crate::oauth::stage::Stage::new("", [first.clone(), tokens()]);
        let none = Scopes { all: &[], optional: &[] };
        let server = Server { token: Some(stage.server.url("token")), ..as_server() };
        let redirect = "http://127.0.0.1:5/callback";
        let signin = run(SignIn::begin(&stage.context(), &server, redirect, &none, None)).unwrap();
        let outcome = run(signin.exchange(&stage.context(), &server, &Secret::new("the-code")));
        let asked = stage.server.asked();
        assert_eq!((outcome.is_err(), asked.len()), (true, 1), "{first}");
    }
}

#[test]
fn an_id_is_small_letters_and_digits_and_no_other_one() {
    let (one, other) = (fresh_id(20), fresh_id(20));
    assert!(one.len() == 20 && one.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()), "{one}");
    assert_ne!(one, other);
    assert_eq!(fresh_id(4).len(), 4);
}

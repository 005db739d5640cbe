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

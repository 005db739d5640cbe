//! `--dry-run`: the request as it would be sent, secrets masked; nothing reaches the provider, nothing changes here.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::evil::{Evil, canary, wire};
use crate::home::{GrantText, Home, Output, files_below, provider_toml};
use crate::machines;

fn contents(home: &Home) -> BTreeMap<PathBuf, Vec<u8>> {
    files_below(&home.path("home")).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// What a command would send. Nothing is sent, and the home stays as it is to the byte.
#[track_caller]
fn shown(evil: &Evil, home: &Home, args: &[&str], stdin: &str) -> Vec<Value> {
    let (before, requests) = (contents(home), evil.requests());
    let run = |more: &[&str]| -> Output {
        let args: Vec<&str> = args.iter().chain(&["--dry-run"]).chain(more).copied().collect();
        let output = home.run_with(&args, stdin);
        output.exits(&[0]);
        output
    };
    let document = run(&["--json"]).json();
    let text = run(&[]);
    assert_eq!(evil.requests(), requests, "something was sent");
    assert!(contents(home) == before, "something was written\n{}", text.err());
    assert_eq!(document["v"], 1);
    let listed = document["requests"].as_array().unwrap().clone();
    for request in &listed {
        text.says(&format!("{} ", request["method"].as_str().unwrap()));
        for (name, value) in request["headers"].as_object().unwrap() {
            text.says(&format!("{name}: {}", value.as_str().unwrap()));
        }
    }
    text.says(if listed.is_empty() { "nothing would be sent" } else { "nothing was sent" });
    listed
}

fn fields(request: &Value) -> Vec<(String, String)> {
    wire::form(request["body"].as_str().unwrap().as_bytes())
}

/// What was really sent, as `--dry-run` should have told it.
fn sent(request: &wire::Request, masked: &[&str]) -> Vec<(String, String)> {
    let mask = |(name, value): (String, String)| {
        let value = if masked.contains(&name.as_str()) { "***".to_owned() } else { value };
        (name, value)
    };
    wire::form(&request.body).into_iter().map(mask).collect()
}

#[test]
fn a_refresh_is_shown_as_it_is_then_sent() {
    for auth in ["\"basic\"", "\"body\"", "\"none\""] {
        let evil = Evil::start();
        let home = Home::new(&evil);
        home.provider(
            "evil",
            &provider_toml(&evil, &[("client-auth", auth), ("token-params", "{ x = \"a b\" }")]),
        );
        let secret = canary("cs");
        home.run_with(&["setup", "evil", "--client-id", "c", "--client-secret-stdin"], &secret).exits(&[0]);
        home.expired(&evil, "evil");
        let listed = shown(&evil, &home, &["refresh", "evil"], "");
        let [one] = listed.as_slice() else { panic!("{listed:?}") };
        home.run(&["refresh", "evil"]).exits(&[0]);
        let real = evil.log("token").pop().unwrap();
        assert_eq!(fields(one), sent(&real, &["refresh_token", "client_secret"]));
        assert_eq!((&one["method"], &one["url"]), (&json!("POST"), &json!(format!("{}/token", evil.base))));
        // Every header but what frames the message.
        for (name, value) in &real.headers {
            let name = name.to_lowercase();
            if !["host", "content-length"].contains(&name.as_str()) {
                let masked = value.split_once(' ').filter(|_| name == "authorization");
                let expected = masked.map_or(value.clone(), |(scheme, _)| format!("{scheme} ***"));
                assert_eq!(one["headers"][&name], expected, "{name}");
            }
        }
        // Fresh: there is nothing to send.
        assert!(shown(&evil, &home, &["refresh", "evil"], "").is_empty());
    }
}

#[test]
fn a_json_dialect_is_shown_in_json() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.provider("evil", &provider_toml(&evil, &[("token-body", "\"json\"")]));
    home.fresh(&evil, "evil");
    let listed = shown(&evil, &home, &["refresh", "evil", "--force"], "");
    let body: Value = serde_json::from_str(listed[0]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["grant_type"], "refresh_token");
    assert_eq!(body["refresh_token"], "***");
    assert_eq!(listed[0]["headers"]["content-type"], "application/json");
}

#[test]
fn a_sign_in_is_shown_from_the_browser_to_the_exchange() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let listed = shown(&evil, &home, &["connect", "evil", "--client-id", "c-1"], "");
    let [browser, exchange] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((&browser["method"], &browser["headers"]), (&json!("GET"), &json!({})));
    let url = browser["url"].as_str().unwrap();
    for part in
        ["/authorize?", "client_id=c-1", "code_challenge_method=S256", "redirect_uri=http%3A%2F%2F127.0.0.1"]
    {
        assert!(url.contains(part), "{url}");
    }
    let names: Vec<String> = fields(exchange).into_iter().map(|(name, _)| name).collect();
    for name in ["grant_type", "code", "code_verifier", "redirect_uri", "client_id"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
    assert!(fields(exchange).contains(&("code_verifier".into(), "***".into())));
    // Neither the client nor the vault was set up in passing.
    home.run(&["connect", "evil", "--token-stdin", "--dry-run", "--json"]).exits(&[2]);
    let pasted = shown(&evil, &home, &["connect", "evil", "--token-stdin"], &canary("at"));
    assert_eq!(pasted[0]["url"], format!("{}/me", evil.base));
    assert_eq!(pasted[0]["headers"]["authorization"], "Bearer ***");
    // A server that only its issuer is known of is asked for its metadata first.
    let issuer = shown(&evil, &home, &["connect", "srv", "--issuer", &evil.base], "");
    assert!(issuer[0]["url"].as_str().unwrap().contains("/.well-known/"));
}

#[test]
fn a_machines_request_is_shown_without_its_signature() {
    let evil = Evil::start();
    let home = machines::home(&evil);
    let document = machines::document(&evil).to_string();
    let listed = shown(&evil, &home, &["connect", "evil/robot", "--service-account", "-"], &document);
    let assertion = fields(&listed[0]).into_iter().find(|(name, _)| name == "assertion").unwrap().1;
    let (says, signature) = assertion.rsplit_once('.').unwrap();
    assert_eq!((says.split('.').count(), signature), (2, "***"));
    machines::expired(&evil, &home);
    let listed = shown(&evil, &home, &["refresh", "evil/robot"], "");
    assert_eq!(fields(&listed[0])[0].1, "urn:ietf:params:oauth:grant-type:jwt-bearer");
}

#[test]
fn a_revocation_is_shown_and_nothing_is_deleted() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    // Nobody has to say --yes to nothing; and --force forces nothing.
    for args in [&["disconnect", "evil"][..], &["disconnect", "evil", "--force", "--yes"]] {
        let listed = shown(&evil, &home, args, "");
        assert_eq!(listed[0]["url"], format!("{}/revoke", evil.base));
        assert!(fields(&listed[0]).contains(&("token".into(), "***".into())));
    }
    home.run(&["disconnect", "evil", "--yes"]).exits(&[0]);
    let real = evil.log("revoke").pop().unwrap();
    assert_eq!(sent(&real, &["token"])[0], ("token".into(), "***".into()));
}

#[test]
fn a_call_is_shown_with_the_refresh_that_it_needs() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    let call = ["api", "evil", "/api/things?x=1", "-X", "PATCH", "-f", "name=Ada L", "-H", "X-Trace: 7"];
    let listed = shown(&evil, &home, &call, "");
    let [refresh, patch] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!(refresh["url"], format!("{}/token", evil.base));
    assert_eq!(patch["method"], "PATCH");
    assert_eq!(patch["url"], format!("{}/api/things?x=1", evil.base));
    assert_eq!(patch["body"], r#"{"name":"Ada L"}"#);
    assert_eq!(patch["headers"]["authorization"], "Bearer ***");
    assert_eq!(patch["headers"]["x-trace"], "7");
    // What is not an address of the provider is refused as ever.
    home.run(&["api", "evil", &format!("{}/x", evil.other), "--dry-run"]).exits(&[6]);
}

#[test]
fn a_token_in_the_path_is_masked() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let keys = [
        ("token-in", "\"path\""),
        ("api-prefix", "\"/bot{token}\""),
        ("authorize-url", ""),
        ("revoke-url", ""),
    ];
    home.provider("bot", &provider_toml(&evil, &keys));
    evil.mode("me", "http-404");
    home.run_with(&["connect", "bot", "--token-stdin"], canary("at")).exits(&[0]);
    let listed = shown(&evil, &home, &["api", "bot", "/sendMessage", "-f", "text=hello"], "");
    assert_eq!(listed[0]["url"], format!("{}/bot***/sendMessage", evil.base));
}

#[test]
fn an_import_is_shown_and_keeps_nothing() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let (_, fresh) = GrantText::new(&evil, "evil/a", 4_000_000_000);
    let (_, spent) = GrantText::new(&evil, "evil/b", 1_000_000_000);
    let both = json!([fresh.0, spent.0]).to_string();
    let listed = shown(&evil, &home, &["import", "-"], &both);
    let urls: Vec<&str> = listed.iter().filter_map(|request| request["url"].as_str()).collect();
    assert_eq!(urls, [format!("{}/me", evil.base), format!("{}/token", evil.base)]);
}

#[test]
fn an_error_before_the_request_is_still_an_error() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let missing = home.run(&["refresh", "nobody", "--dry-run", "--json"]);
    missing.exits(&[3]);
    home.run(&["disconnect", "nobody", "--dry-run"]).exits(&[3]);
    home.run(&["connect", "unknown-provider", "--dry-run"]).exits(&[2]);
    assert_eq!(evil.requests(), 0);
}

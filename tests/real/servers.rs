//! The software under these tests does what they rely on: else a pass would prove nothing.
use std::io::{Read, Write};
use std::net::TcpListener;

use crate::harness::{Emulate, Keyring, Oidc, browse, consent, needs, request};
use serde_json::Value;

const FORM: [(&str, &str); 1] = [("content-type", "application/x-www-form-urlencoded")];
const VERIFIER: &str = "0123456789-0123456789-0123456789-0123456789";
const CHALLENGE: &str = "XqV1tflYS9pE1bnDmj-YXExN3vTo8j8ECd_IY8HtNUY";

fn token(server: &Oidc, body: &str) -> Value {
    let answer =
        request("POST", &format!("{}/token", server.url), &format!("client_id=desk&{body}"), &FORM).unwrap();
    serde_json::from_str(&answer.body).unwrap()
}

/// A grant got by hand, without `integ`.
fn grant(server: &Oidc) -> Value {
    let back = "http://127.0.0.1:1/callback";
    let url = format!(
        "{}/auth?client_id=desk&response_type=code&scope=openid&state=s&redirect_uri={back}&code_challenge={CHALLENGE}&code_challenge_method=S256",
        server.url
    );
    let callback = consent(&url, &["--no-deliver"]).callback.unwrap();
    let code = callback.split("code=").nth(1).unwrap().split('&').next().unwrap();
    token(
        server,
        &format!("grant_type=authorization_code&code={code}&redirect_uri={back}&code_verifier={VERIFIER}"),
    )
}

#[test]
fn a_used_refresh_token_ends_the_grant() {
    if !needs("servers", &["oidc-provider"]) {
        return;
    }
    let server = Oidc::start(&[]);
    let first = grant(&server);
    let present = |grant: &Value| {
        token(
            &server,
            &format!("grant_type=refresh_token&refresh_token={}", grant["refresh_token"].as_str().unwrap()),
        )
    };
    let second = present(&first);
    assert!(second["access_token"].is_string(), "{second}");
    assert_eq!(present(&first)["error"], "invalid_grant");
    assert_eq!(present(&second)["error"], "invalid_grant", "reuse did not end the grant");
    assert!(!server.any_alive());
}

#[test]
fn an_access_token_expires_when_it_says() {
    if !needs("servers", &["oidc-provider"]) {
        return;
    }
    let server = Oidc::start(&[("ACCESS_TTL", "1")]);
    let grant = grant(&server);
    assert_eq!(grant["expires_in"], 1);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    let bearer = format!("Bearer {}", grant["access_token"].as_str().unwrap());
    assert_eq!(
        request("GET", &format!("{}/me", server.url), "", &[("authorization", &bearer)]).unwrap().status,
        401
    );
}

#[test]
fn the_emulators_refuse_invented_tokens() {
    if !needs("servers", &["emulate"]) {
        return;
    }
    let bearer = [("authorization", "Bearer invented")];
    let google = Emulate::start("google", &[]);
    assert_eq!(
        request("GET", &format!("{}/oauth2/v2/userinfo", google.url), "", &bearer).unwrap().status,
        401
    );
    let slack = Emulate::start("slack", &[]);
    let answer = request("POST", &format!("{}/api/auth.test", slack.url), "", &bearer).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&answer.body).unwrap()["error"], "invalid_auth");
}

#[test]
fn the_keyring_keeps_locks_and_opens() {
    if !needs("servers", &["$gnome-keyring-daemon", "$dbus-daemon", "$secret-tool", "$gdbus"]) {
        return;
    }
    let mut keyring = Keyring::unlocked();
    let find = ["lookup", "service", "integ", "username", "proof/of-keyring"];
    keyring.secret_tool(
        &["store", "--label", "proof", "service", "integ", "username", "proof/of-keyring"],
        "kept",
    );
    assert_eq!(keyring.secret_tool(&find, "").as_deref(), Some("kept"));
    keyring.lock();
    assert_eq!(keyring.secret_tool(&find, ""), None);
    keyring.unlock();
    assert_eq!(keyring.secret_tool(&find, "").as_deref(), Some("kept"));
}

#[test]
fn the_browser_signs_in() {
    if !needs("servers", &["oidc-provider", "playwright-core", "$chromium"]) {
        return;
    }
    let server = Oidc::start(&[]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let back = format!("http://{}/callback", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut visitor in listener.incoming().flatten() {
            let page = "<!doctype html><title>Arrived</title><p>Arrived<script src=/more.js></script>";
            let _ = visitor.read(&mut [0; 4096]);
            let _ = write!(
                visitor,
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\ncontent-length: {}\r\ncontent-security-policy: default-src 'none'\r\n\r\n{page}",
                page.len()
            );
        }
    });
    let url = format!(
        "{}/auth?client_id=desk&response_type=code&scope=openid&state=s&redirect_uri={back}&code_challenge={CHALLENGE}&code_challenge_method=S256",
        server.url
    );
    let seen = browse(&url, "provider", &[]);
    assert!(seen["url"].as_str().unwrap().contains("code="), "{seen}");
    assert_eq!(seen["title"], "Arrived");
    assert_ne!(seen["console"], serde_json::json!([]), "a violated policy went unnoticed: {seen}");
}

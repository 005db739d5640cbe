//! The evil provider is a test instrument: here it is tested itself, without the binary.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::browser::{self, Page};
use super::grants::Rotation;
use super::{Evil, token_modes};

fn refresh(evil: &Evil, token: &str) -> Page {
    let page = browser::fetch(
        "POST",
        &format!("{}/token", evil.base),
        &format!("grant_type=refresh_token&refresh_token={token}"),
    );
    assert_ne!(page.status, 0);
    page
}

fn field(page: &Page, name: &str) -> String {
    let document: Value = serde_json::from_str(&page.body).unwrap();
    document[name].as_str().unwrap_or_default().to_owned()
}

#[test]
fn strict_rotation_revokes_the_family_on_reuse() {
    let evil = Evil::start();
    let (_, first) = evil.state().grants.mint("openid");
    let second = field(&refresh(&evil, &first), "refresh_token");
    assert_ne!(first, second);
    assert_eq!(refresh(&evil, &first).status, 400);
    assert_eq!(refresh(&evil, &second).status, 400);
    assert_eq!((evil.refreshes(), evil.state().grants.revoked()), (3, 1));
}

#[test]
fn grace_gives_the_same_successor_and_none_keeps_the_token() {
    let evil = Evil::start();
    evil.state().grants.rotation = Rotation::Grace;
    let (_, first) = evil.state().grants.mint("openid");
    let second = field(&refresh(&evil, &first), "refresh_token");
    assert_eq!(field(&refresh(&evil, &first), "refresh_token"), second);
    evil.state().grants.rotation = Rotation::None;
    assert_eq!(field(&refresh(&evil, &second), "refresh_token"), second);
}

#[test]
fn a_code_needs_its_verifier_and_works_once() {
    let evil = Evil::start();
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(b"the-verifier"));
    let back = "http%3A%2F%2F127.0.0.1%3A9%2Fcallback";
    let url = format!(
        "{}/authorize?response_type=code&client_id=c&state={}&redirect_uri={back}&code_challenge={challenge}&\
         code_challenge_method=S256",
        evil.base,
        "s".repeat(22)
    );
    let location = browser::fetch("GET", &url, "").header("location").unwrap().to_owned();
    let code = location.split("code=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let redeem = |verifier: &str| {
        let body = format!(
            "grant_type=authorization_code&client_id=c&code={code}&redirect_uri={back}&code_verifier={verifier}"
        );
        browser::fetch("POST", &format!("{}/token", evil.base), &body).status
    };
    assert_eq!((redeem("another"), redeem("the-verifier"), redeem("the-verifier")), (400, 200, 400));
    assert_eq!(evil.state().problems, Vec::<String>::new());
}

#[test]
fn what_goes_elsewhere_is_seen() {
    let evil = Evil::start();
    browser::fetch("GET", &format!("{}/stolen", evil.other), "");
    assert_eq!(evil.leaks().len(), 1);
}

#[test]
fn every_mode_has_a_name_of_its_own() {
    let mut names: Vec<_> = token_modes::all().map(|mode| mode.name).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all);
    assert!(all > 90, "only {all} modes");
}

#[test]
fn a_mode_lasts_and_a_queue_does_not() {
    let evil = Evil::start();
    let (_, token) = evil.state().grants.mint("openid");
    evil.mode("token", "http-503").queue("token", &["http-404", "ok"]);
    let seen = [0; 4].map(|_| refresh(&evil, &token).status);
    assert_eq!(seen, [404, 200, 503, 503]);
}

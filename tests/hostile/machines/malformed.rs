//! Key files that are none: a clear word, exit 2, nothing sent, nothing stored, nothing quoted.

use serde_json::{Value, json};

use super::{document, home, key_file, keys};
use crate::evil::Evil;
use crate::home::{Home, provider_toml};

fn with(evil: &Evil, name: &str, value: Value) -> String {
    let mut document = document(evil);
    if value.is_null() {
        document.as_object_mut().unwrap().remove(name);
    } else {
        document[name] = value;
    }
    document.to_string()
}

#[track_caller]
fn is_refused(evil: &Evil, home: &Home, text: &str, words: &str) {
    let file = key_file(home, text);
    let args = ["connect", "evil/robot", "--service-account", &file, "--subject", "ada@example.com"];
    home.run(&args).exits(&[2]).says(words).says("nothing was stored");
    assert_eq!(evil.requests(), 0, "{words}");
    assert_eq!(home.status("evil/robot"), Value::Null, "{words}");
}

#[test]
fn no_malformed_service_account_is_stored_or_quoted() {
    let evil = Evil::start();
    let home = home(&evil);
    let one = keys::one();
    let cut = format!("{}{}", &one[..one.len() / 2], &one[one.len() / 2 + 40..]);
    let oauth_client = json!({"installed": {"client_id": "x", "client_secret": "CANARY-cs-1"}}).to_string();
    let whole = document(&evil).to_string();
    let locked = keys::armoured("ENCRYPTED PRIVATE KEY", "MIIFLTBXBgkqhkiG9w0BBQ0wSjAp\n");
    for (text, words) in [
        (String::new(), "not json"),
        (whole[..whole.len() / 2].to_owned(), "not json"),
        (keys::one(), "the json file that the key came in"),
        ("[]".into(), "not a service account"),
        ("{}".into(), "service_account"),
        (oauth_client, "integ setup evil"),
        (with(&evil, "type", json!("authorized_user")), "service_account"),
        (with(&evil, "client_email", Value::Null), "client_email"),
        (with(&evil, "client_email", json!("a\nb")), "client_email"),
        (with(&evil, "private_key", Value::Null), "private_key"),
        (with(&evil, "private_key", json!(["x"])), "private_key"),
        (with(&evil, "private_key", json!("hunter2")), "no private key in pem"),
        (with(&evil, "private_key", json!(keys::short())), "2048 bits"),
        (with(&evil, "private_key", json!(cut)), "key"),
        (with(&evil, "private_key", json!(locked)), "passphrase"),
        (with(&evil, "private_key", json!(keys::elliptic())), "rsa"),
        (with(&evil, "token_uri", json!(format!("{}/token", evil.other))), "token_uri"),
        ("x".repeat(80_000), "too large"),
    ] {
        is_refused_or_too_large(&evil, &home, &text, words);
    }
}

/// What is too large was not read, so nothing needs to be said of storing it.
#[track_caller]
fn is_refused_or_too_large(evil: &Evil, home: &Home, text: &str, words: &str) {
    if text.len() < 65_536 {
        return is_refused(evil, home, text, words);
    }
    let file = key_file(home, text);
    home.run(&["connect", "evil/robot", "--service-account", &file]).exits(&[2]).says(words);
    assert_eq!(evil.requests(), 0);
}

#[test]
fn no_malformed_bare_key_is_stored_or_quoted() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    home.provider("evil", &(provider_toml(&evil, &[]) + "\n[jwt-bearer]\nkey = \"pem\"\n"));
    home.secrets.extend(keys::marks());
    for (text, words) in [
        (document(&evil).to_string(), "takes a private key in pem"),
        (keys::armoured("CERTIFICATE", "MIIB\n"), "no private key in pem"),
        (keys::armoured("EC PRIVATE KEY", "MIIB\n"), "rsa"),
        (keys::short(), "2048 bits"),
    ] {
        is_refused(&evil, &home, &text, words);
    }
}

#[test]
fn what_cannot_be_read_or_is_not_offered_is_named() {
    let evil = Evil::start();
    let home = home(&evil);
    let missing = home.path("nowhere").to_str().unwrap().to_owned();
    home.run(&["connect", "evil/robot", "--service-account", &missing]).exits(&[2]).says("nowhere");
    home.run(&["connect", "evil/robot", "--service-account", "/"]).exits(&[2]);
    home.provider("plain", &provider_toml(&evil, &[]));
    let file = key_file(&home, &document(&evil).to_string());
    home.run(&["connect", "plain", "--service-account", &file]).exits(&[2]).says("no service accounts");
    home.run(&["connect", "plain", "--client-credentials"]).exits(&[2]).says("client-credentials = true");
    home.run(&["connect", "evil", "--subject", "ada@example.com"]).exits(&[2]);
    home.run(&["connect", "evil", "--service-account", &file, "--device"]).exits(&[2]);
    assert_eq!(evil.requests(), 0);
}

//! TE7 to TE11, TE13, TE14, TE18, RF14: a token document with one member that is odd.

use serde_json::{Value, json};

use super::super::wire::{self, Answer, JSON};
use super::{DONE, EITHER, Facts, Mode, REFUSED, alters, says};

/// `null` as it stands in JSON, where `Facts::with` would take the member out.
fn null(f: &Facts, name: &str) -> Answer {
    let mut document = f.document.clone();
    document[name] = Value::Null;
    wire::json("200 OK", &document)
}

fn token(f: &Facts, tail: &str) -> Answer {
    f.with("access_token", json!(format!("{}{tail}", f.document["access_token"].as_str().unwrap())))
}

pub(crate) const MODES: &[Mode] = &[
    says("TE7", "no-access_token", |f| f.with("access_token", Value::Null), REFUSED, REFUSED),
    says("TE7", "empty-access_token", |f| f.with("access_token", json!("")), REFUSED, REFUSED),
    says("TE7", "number-access_token", |f| f.with("access_token", json!(12345)), REFUSED, REFUSED),
    says("TE7", "null-access_token", |f| null(f, "access_token"), REFUSED, REFUSED),
    says("TE7", "no-token_type", |f| f.with("token_type", Value::Null), REFUSED, REFUSED),
    says("TE7", "token_type-mac", |f| f.with("token_type", json!("mac")), REFUSED, REFUSED),
    alters("TE8", "token_type-lower", |f| f.with("token_type", json!("bearer")), DONE, DONE),
    alters("TE9", "expires_in-string", |f| f.with("expires_in", json!("3600")), DONE, DONE),
    alters("TE9", "expires_in-float", |f| f.with("expires_in", json!(3599.5)), DONE, DONE),
    alters("TE9", "expires_in-negative", |f| f.with("expires_in", json!(-5)), DONE, DONE),
    alters("TE9", "expires_in-zero", |f| f.with("expires_in", json!(0)), DONE, DONE),
    alters("TE9", "expires_in-bool", |f| f.with("expires_in", json!(true)), DONE, DONE),
    alters("TE9", "expires_in-null", |f| null(f, "expires_in"), DONE, DONE),
    alters("TE9", "expires_in-missing", |f| f.with("expires_in", Value::Null), DONE, DONE),
    alters(
        "TE9",
        "expires_in-huge",
        |f| f.with("expires_in", json!(9_000_000_000_000_000_000_u64)),
        DONE,
        DONE,
    ),
    alters("TE10", "expires_in-tiny", |f| f.with("expires_in", json!(1)), DONE, DONE),
    alters("TE11", "scope-down", |f| f.with("scope", json!("openid")), DONE, DONE),
    alters("TE11", "scope-missing", |f| f.with("scope", Value::Null), DONE, DONE),
    alters(
        "TE11",
        "scope-array",
        |f| f.with("scope", json!(["openid", "calendar.readonly"])),
        EITHER,
        EITHER,
    ),
    alters("TE11", "scope-empty", |f| f.with("scope", json!("")), DONE, DONE),
    alters(
        "TE11",
        "scope-up",
        |f| f.with("scope", json!("openid calendar.readonly calendar.events admin.everything")),
        DONE,
        DONE,
    ),
    says(
        "TE13",
        "json-dupkeys",
        |f| {
            let twice =
                f.text().replacen('{', "{\"access_token\":\"at-first\",\"refresh_token\":\"rt-first\",", 1);
            wire::http("200 OK", &[JSON], twice)
        },
        &[1, 4],
        &[1, 4],
    ),
    says("TE14", "token-crlf", |f| token(f, "\r\nX-Injected: 1"), REFUSED, REFUSED),
    says("TE14", "token-ansi", |f| token(f, "\u{1b}[2J"), REFUSED, REFUSED),
    says("TE14", "token-space", |f| token(f, " and more"), REFUSED, REFUSED),
    says("TE14", "token-unicode", |f| token(f, "\u{202e}é"), REFUSED, REFUSED),
    // Where the API lives is the provider file's word, not the answer's.
    alters("TE18", "instance_url-other", |f| f.with("instance_url", json!(f.other)), &[0, 6], &[0, 6]),
    alters(
        "TE18",
        "instance_url-metadata",
        |f| f.with("instance_url", json!("http://169.254.169.254/latest")),
        &[0, 6],
        &[0, 6],
    ),
    alters(
        "TE18",
        "instance_url-userinfo",
        |f| f.with("instance_url", json!(f.other.replace("http://", "http://127.0.0.1@"))),
        &[0, 6],
        &[0, 6],
    ),
    alters("RF14", "no-refresh_token", |f| f.with("refresh_token", Value::Null), DONE, DONE),
    alters("RF14", "refresh_token-null", |f| null(f, "refresh_token"), DONE, DONE),
    alters("RF14", "refresh_token-empty", |f| f.with("refresh_token", json!("")), DONE, DONE),
    alters("RF14", "refresh_token-ends", |f| f.with("refresh_token_expires_in", json!(86_399)), DONE, DONE),
    alters("RF14", "refresh_token-same", |f| wire::json("200 OK", &f.document), DONE, DONE),
];

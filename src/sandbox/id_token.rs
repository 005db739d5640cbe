//! Who signed in, for clients that asked for `openid`. Unsigned (`alg` none), which OpenID Connect allows to a
//! client that got it straight from the token endpoint: there is no key here to sign with.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::answer::set;
use super::grants::Family;

pub(crate) fn text(issuer: &str, family: &Family, life: Duration, nonce: Option<&str>) -> String {
    let now = unix_seconds();
    let mut claims = json!({
        "iss": issuer,
        "aud": family.client_id,
        "sub": family.person.id,
        "iat": now,
        "exp": now + life.as_secs(),
    });
    if let Some(nonce) = nonce {
        set(&mut claims, "nonce", nonce);
    }
    if family.granted.contains(&"email") {
        set(&mut claims, "email", family.person.email);
        set(&mut claims, "email_verified", true);
    }
    format!("{}.{}.", encode(&json!({ "alg": "none" })), encode(&claims))
}

pub(crate) fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

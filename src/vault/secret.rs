//! A string that must not be seen: no `Display`, a mute `Debug`, wiped from memory when dropped.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serializer};
use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// What cannot be done with it is tried in `tests/supply/secret_type.rs`.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    pub(crate) fn new(text: impl Into<String>) -> Secret {
        let mut text = text.into();
        // Of the right size: a box that is made smaller leaves a copy behind that nobody wipes.
        let exact: Box<str> = text.as_str().into();
        text.zeroize();
        Secret(SecretString::from(exact))
    }

    /// The text itself: for a header, a form or the vault, never for a message.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Secret {
    /// Whether it can be a password: letters of any kind, spaces among them, and nothing that controls.
    pub(crate) fn is_password(&self) -> bool {
        let text = self.expose();
        !text.is_empty() && text.len() <= 1024 && !text.chars().any(char::is_control)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose().as_bytes().ct_eq(other.expose().as_bytes()).into()
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}

/// Writing a secret out is asked for by name, field by field: `#[serde(serialize_with = "sealed")]`. Only what
/// ends in the vault or in a sealed bundle does.
pub(crate) fn sealed<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

pub(crate) fn sealed_option<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => sealed(secret, serializer),
        None => serializer.serialize_none(),
    }
}

pub(crate) fn sealed_map<S: Serializer>(
    secrets: &BTreeMap<String, Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(secrets.iter().map(|(name, secret)| (name, secret.expose())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_mute() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "***");
        assert_eq!(format!("{:#?}", Some(Secret::new("hunter2"))), "Some(\n    ***,\n)");
    }

    #[test]
    fn what_is_inside_is_wiped_when_it_goes() {
        fn is_wiped<T: zeroize::ZeroizeOnDrop>(_: &T) {}
        let Secret(inner) = Secret::new("hunter2");
        is_wiped(&inner);
    }

    #[test]
    fn equal_is_equal_to_the_last_byte() {
        let same = |one: &str, other: &str| Secret::new(one) == Secret::new(other);
        assert!(same("hunter2", "hunter2") && same("", ""));
        assert!(!same("hunter2", "hunter3") && !same("hunter2", "hunter") && !same("hunter2", "Hunter2"));
    }

    #[test]
    fn a_secret_is_written_only_where_a_field_asks_for_it() {
        #[derive(serde::Serialize)]
        struct Kept {
            #[serde(serialize_with = "sealed")]
            one: Secret,
            #[serde(serialize_with = "sealed_option")]
            none: Option<Secret>,
            #[serde(serialize_with = "sealed_option")]
            some: Option<Secret>,
            #[serde(serialize_with = "sealed_map")]
            many: BTreeMap<String, Secret>,
        }
        let secret = |text: &str| Secret::new(text);
        let kept = Kept {
            one: secret("a"),
            none: None,
            some: Some(secret("b")),
            many: [("k".to_owned(), secret("c"))].into(),
        };
        let json = serde_json::to_string(&kept).unwrap();
        assert_eq!(json, r#"{"one":"a","none":null,"some":"b","many":{"k":"c"}}"#);
    }

    #[test]
    fn a_password_is_any_text_that_does_not_control() {
        for good in ["pass word", "ü", "x".repeat(1_024).as_str()] {
            assert!(Secret::new(good).is_password(), "{good:.9}");
        }
        for bad in ["", "a\nb", "\u{85}", "x".repeat(1_025).as_str()] {
            assert!(!Secret::new(bad).is_password(), "{bad:.9}");
        }
    }
}

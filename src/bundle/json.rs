//! The first look at a JSON text: its size and shape, and no key twice in one object. Two readers of a text with a
//! doubled key may see different tokens; nobody writes one by accident.

use std::collections::HashSet;
use std::fmt;

use serde::de::{DeserializeOwned, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::BundleError;

/// Of JSON, opened (bytes).
pub(super) const LARGEST: usize = 1 << 20;

/// What a bundle says that it is.
pub(super) const KIND: &str = "integ-bundle";

/// What kind of document it says it is.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Head {
    pub v: Option<u64>,
    pub kind: Option<String>,
}

impl Head {
    pub(super) fn is_bundle(&self) -> bool {
        self.kind.as_deref() == Some(KIND)
    }
}

pub(super) fn check(text: &[u8]) -> Result<Head, BundleError> {
    read::<Distinct>(text)?;
    // Anything but an object has no head.
    Ok(serde_json::from_slice::<Head>(text).unwrap_or_default())
}

pub(super) fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, BundleError> {
    serde_json::from_slice(text).map_err(|error| BundleError::BadJson {
        line: error.line(),
        column: error.column(),
        why: words(&error.to_string()),
    })
}

/// serde's messages may quote a value; only those that name a field of ours or say nothing else are passed on.
fn words(message: &str) -> String {
    let names_a_field =
        ["missing field `", "duplicate field `"].iter().any(|start| message.starts_with(start));
    match message.split_once(" at line ") {
        Some((words, _)) if names_a_field || words == DOUBLED => format!(": {words}"),
        _ => String::new(),
    }
}

const DOUBLED: &str = "a key stands twice in one object";

/// Any value in which no object has a key twice.
struct Distinct;

impl<'de> Deserialize<'de> for Distinct {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Walk)
    }
}

struct Walk;

impl<'de> Visitor<'de> for Walk {
    type Value = Distinct;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_str<E>(self, _: &str) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_unit<E>(self) -> Result<Distinct, E> {
        Ok(Distinct)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Distinct, A::Error> {
        while items.next_element::<Distinct>()?.is_some() {}
        Ok(Distinct)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Distinct, A::Error> {
        let mut seen = HashSet::new();
        while let Some(key) = fields.next_key::<String>()? {
            if !seen.insert(key) {
                return Err(A::Error::custom(DOUBLED));
            }
            fields.next_value::<Distinct>()?;
        }
        Ok(Distinct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_twice_is_refused_at_any_depth() {
        for text in [r#"{"a":1,"a":2}"#, r#"[{"x":{"b":1,"b":1}}]"#, r#"{"a":1,"\u0061":2}"#] {
            let message = check(text.as_bytes()).err().unwrap().to_string();
            assert!(message.contains(DOUBLED), "{message}");
        }
        assert!(check(br#"{"a":{"b":1},"b":[{"a":1},{"a":2}]}"#).is_ok());
    }

    #[test]
    fn no_message_quotes_the_text() {
        #[derive(Deserialize)]
        struct Number {
            #[serde(rename = "n")]
            _n: u8,
        }
        for text in [r#"{"n":"hunter2"}"#, r#"{"hunter2"}"#, r#"hunter2"#, r#"{"n":1,"n":"hunter2"}"#] {
            let message = read::<Number>(text.as_bytes()).err().unwrap().to_string();
            assert!(!message.contains("hunter2"), "{message}");
        }
        assert!(check(&b"[".repeat(100_000)).is_err(), "depth is bounded");
    }
}

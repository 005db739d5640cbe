//! The name of a connection (`notion`, `google/work`) and of a profile.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// `[a-z0-9._-]{1,64}` in one part or two. No part starts with `.` or `-`, so that a name is never an
/// option, a hidden file or a way out of a folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the slash: the provider or service a person named.
    pub(crate) fn head(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }

    pub(crate) fn label(&self) -> Option<&str> {
        self.0.split_once('/').map(|(_, label)| label)
    }

    /// The same label under another head: `gmail/work` is a view of `google/work`.
    pub(crate) fn under(&self, head: &str) -> Name {
        match self.label() {
            Some(label) => Name(format!("{head}/{label}")),
            None => Name(head.to_owned()),
        }
    }

    /// The default environment variable of this name: `google/work` and `TOKEN` give `GOOGLE_WORK_TOKEN`.
    pub(crate) fn variable(&self, suffix: &str) -> String {
        variable(&self.0, suffix)
    }
}

/// Upper case, everything that is not a letter or digit becomes `_`.
pub(crate) fn variable(name: &str, suffix: &str) -> String {
    let stem: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' }).collect();
    format!("{stem}_{suffix}")
}

fn part_is_sound(part: &str) -> bool {
    (1..=64).contains(&part.len())
        && !part.starts_with(['.', '-'])
        && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
}

impl FromStr for Name {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split('/').collect();
        if parts.len() <= 2 && parts.iter().all(|part| part_is_sound(part)) {
            Ok(Name(text.to_owned()))
        } else {
            Err("a name is lower-case letters, digits, `.`, `_` or `-`, 64 at most, with one optional `/label`"
                .to_owned())
        }
    }
}

impl TryFrom<String> for Name {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Name> for String {
    fn from(name: Name) -> String {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A profile or provider name: one part of a [`Name`].
pub(crate) fn simple(text: &str) -> Result<String, String> {
    if part_is_sound(text) {
        Ok(text.to_owned())
    } else {
        Err("use lower-case letters, digits, `.`, `_` or `-`, 64 at most".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_one_or_two_parts_and_nothing_that_could_be_a_path() {
        for good in ["notion", "google/work", "a.b-c_d", "9"] {
            assert!(good.parse::<Name>().is_ok(), "{good}");
        }
        let long = "x".repeat(65);
        for bad in [
            "", "/", "a/", "/a", "a/b/c", "..", "../x", "a/..", ".a", "-a", "A", "a b", "a:b", "a\n", "ä",
            &long,
        ] {
            assert!(bad.parse::<Name>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn variables_are_shell_words() {
        assert_eq!(variable("google/work.two", "TOKEN"), "GOOGLE_WORK_TWO_TOKEN");
    }
}

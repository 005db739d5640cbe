//! A command that is told to a person is pasted by them: it has to mean the profile that they are working in.

use std::borrow::Cow;
use std::sync::OnceLock;

struct Asked {
    profile: String,
    is_command: fn(&str) -> bool,
}

static ASKED: OnceLock<Asked> = OnceLock::new();

/// From now on every `integ COMMAND` in a help names this profile. For one that the environment does not name.
pub(crate) fn of_profile(profile: String, is_command: fn(&str) -> bool) {
    let _ = ASKED.set(Asked { profile, is_command });
}

pub(crate) fn cure(text: &str) -> Cow<'_, str> {
    match ASKED.get() {
        Some(asked) => Cow::Owned(named(text, &asked.profile, asked.is_command)),
        None => Cow::Borrowed(text),
    }
}

fn named(text: &str, profile: &str, is_command: impl Fn(&str) -> bool) -> String {
    const PROGRAM: &str = "integ ";
    let mut told = String::with_capacity(text.len() + 32);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(PROGRAM) {
        told.push_str(before);
        told.push_str(PROGRAM);
        let word = after.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').next().unwrap_or_default();
        let stands_alone =
            before.chars().next_back().is_none_or(|c| c.is_whitespace() || "(`'\"".contains(c));
        if stands_alone && is_command(word) {
            told.push_str("--profile ");
            told.push_str(profile);
            told.push(' ');
        }
        rest = after;
    }
    told + rest
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_command_is_told_with_its_profile_and_nothing_else_is() {
        let is_command = |word: &str| ["connect", "vault", "sync"].contains(&word);
        let named = |text| super::named(text, "two", is_command);
        assert_eq!(named("integ connect x"), "integ --profile two connect x");
        assert_eq!(
            named("try again, or: integ vault move file; (integ sync)"),
            "try again, or: integ --profile two vault move file; (integ --profile two sync)"
        );
        for same in ["use the newer integ", "integ makes one", "/etc/integ sync", "integ", ""] {
            assert_eq!(named(same), same);
        }
    }
}

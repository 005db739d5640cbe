//! FUZZING: what strangers may send, and what must hold whatever it is. A target takes any bytes and panics where
//! something did not hold; it stands in the room whose words it needs. `cargo test` gives each a few seconds of damaged
//! copies of its corpus, `tests/fuzz` as long as is wanted, led by what the program does with them.

#[cfg(test)]
mod brief;
#[cfg(test)]
pub(crate) mod damage;

use crate::output::sanitise;

pub struct Target {
    /// And its folder in `tests/fuzzing/corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
}

pub const TARGETS: &[Target] = &[
    Target { name: "callback", run: crate::oauth::fuzz::callback },
    Target { name: "token-answer", run: crate::oauth::fuzz::token_answer },
    Target { name: "pasted", run: crate::oauth::fuzz::pasted },
    Target { name: "discovery", run: crate::oauth::fuzz::discovery },
    Target { name: "bundle", run: crate::bundle::fuzz::bundle },
    Target { name: "vault-header", run: crate::vault::fuzz::header },
    Target { name: "grant", run: crate::vault::fuzz::grant },
    Target { name: "provider-file", run: crate::providers::fuzz::provider_file },
    Target { name: "ics", run: crate::calendar::fuzz::ics },
    Target { name: "csv", run: crate::calendar::fuzz::csv },
    Target { name: "retry-after", run: crate::http::fuzz::retry_after_and_date },
    Target { name: "sanitiser", run: crate::output::fuzz::sanitiser },
];

/// Stands in the corpora wherever a secret stands in life.
pub(crate) const CANARY: &str = "CANARY";

/// What an error says: fit for a terminal as it is, and of bounded length.
pub(crate) fn is_presentable(error: &impl std::fmt::Display) {
    let words = error.to_string();
    assert_eq!(sanitise::lines(&words), words, "fit for a terminal");
    assert!(words.chars().count() < 2_000, "{} characters", words.chars().count());
}

/// And of what was read without a word that may be secret.
pub(crate) fn quotes_nothing(error: &impl std::fmt::Display) {
    is_presentable(error);
    assert!(!error.to_string().contains(CANARY), "a secret in: {error}");
}

/// The parts of an input that is made of several texts: 0xFF stands in no text.
pub(crate) fn texts(data: &[u8]) -> Vec<String> {
    data.split(|byte| *byte == 0xff).map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}

/// The first line, and what follows it.
pub(crate) fn line_and_rest(data: &[u8]) -> (String, &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    (String::from_utf8_lossy(&data[..end]).into_owned(), data.get(end + 1..).unwrap_or_default())
}

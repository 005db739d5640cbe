//! What must hold of whatever is said about an input, and how an input of several parts is told apart.

use crate::output::sanitise;

/// Stands in the corpora wherever a secret stands in life.
const CANARY: &str = "CANARY";

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

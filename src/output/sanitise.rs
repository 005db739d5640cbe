//! Nothing that somebody else wrote reaches a terminal raw: escape sequences, control characters and the marks that
//! turn text around are made visible or dropped.

use std::borrow::Cow;

/// Longer texts of a provider are cut here (characters).
const LONGEST: usize = 300;

fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2028}' | '\u{2029}'
            | '\u{2060}'..='\u{2069}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

/// Most texts are, and it is told many bytes at a time.
fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~'))
}

/// One line: line breaks and tabs become spaces, everything hostile becomes `�`.
pub(crate) fn line(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\n' | '\r' | '\t' => ' ',
                c if is_hostile(c) => '\u{FFFD}',
                c => c,
            })
            .collect(),
    )
}

/// As [`line`], but line breaks and tabs stay: for documents.
pub(crate) fn lines(text: &str) -> Cow<'_, str> {
    let hostile = |c: char| is_hostile(c) && !matches!(c, '\n' | '\t');
    if is_plain(text) || !text.chars().any(hostile) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace("\r\n", "\n").chars().map(|c| if hostile(c) { '\u{FFFD}' } else { c }).collect())
}

/// JSON text with what is hostile in its strings escaped: nothing is lost, and a terminal is safe.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_hostile) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 64);
    for c in text.chars() {
        if is_hostile(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                escaped.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// A text in which a server repeats what it was sent, without the secrets in it.
pub(crate) fn masked<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> String {
    // Shorter ones would mask ordinary words, and are no secrets.
    secrets
        .into_iter()
        .filter(|secret| secret.len() >= 8)
        .fold(text.to_owned(), |text, s| text.replace(s, "***"))
}

/// One line of bounded length: what a provider says of an error.
pub(crate) fn excerpt(text: &str) -> String {
    let clean = line(text.trim());
    match clean.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", clean.get(..end).unwrap_or_default()),
        None => clean.into_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_hostile_character_survives() {
        let everything: String = (0..=0x10_FFFF_u32).filter_map(char::from_u32).collect();
        assert!(!line(&everything).chars().any(is_hostile));
        assert!(!lines(&everything).chars().any(|c| is_hostile(c) && c != '\n' && c != '\t'));
        assert_eq!(line("Ünïcode 日本 👩 stays"), "Ünïcode 日本 👩 stays");
        assert_eq!(line("\u{1b}]52;c;x\u{7}"), "\u{FFFD}]52;c;x\u{FFFD}");
    }

    #[test]
    fn json_loses_nothing() {
        let text = "\u{1b}[2J\u{202e}\u{85}\u{e0041}ok";
        let shown = json(&serde_json::json!(text).to_string()).into_owned();
        assert!(!shown.chars().any(is_hostile), "{shown}");
        assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), text);
    }

    #[test]
    fn excerpts_are_bounded() {
        assert_eq!(excerpt(&"é".repeat(10_000)).chars().count(), LONGEST + 1);
    }
}

//! Nothing of what somebody else wrote controls a terminal.

use super::sanitise;
use crate::fuzz::holds::texts;

/// What a terminal may act on, said a second time: by the ranges of Unicode.
fn controls(c: char) -> bool {
    matches!(u32::from(c), 0..=0x1f | 0x7f..=0x9f | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e
        | 0x2060..=0x2069 | 0xfeff | 0xfff9..=0xfffb | 0xe0000..=0xe007f)
}

pub(crate) fn sanitiser(data: &[u8]) {
    let texts = texts(data);
    for text in &texts {
        let line = sanitise::line(text);
        assert!(!line.contains(controls), "{line:?}");
        assert_eq!(sanitise::line(&line), line);
        assert_eq!(console::strip_ansi_codes(&line), line, "a sequence is left");
        assert_eq!(line.chars().count(), text.chars().count(), "nothing vanishes");

        let lines = sanitise::lines(text);
        assert!(!lines.contains(|c| controls(c) && !matches!(c, '\n' | '\t')), "{lines:?}");
        assert_eq!(sanitise::lines(&lines), lines);

        let json = serde_json::Value::from(text.as_str()).to_string();
        let shown = sanitise::json(&json);
        assert!(!shown.contains(controls), "{shown:?}");
        assert_eq!(&serde_json::from_str::<String>(&shown).unwrap(), text, "nothing is lost");

        let excerpt = sanitise::excerpt(text);
        assert!(excerpt.chars().count() <= 301 && !excerpt.contains(controls));
        assert_eq!(sanitise::excerpt(&excerpt), excerpt);
    }
    if let [text, secrets @ ..] = texts.as_slice() {
        let masked = sanitise::masked(text, secrets.iter().map(String::as_str));
        for secret in secrets.iter().filter(|secret| secret.len() >= 8 && !secret.contains('*')) {
            assert!(!masked.contains(secret.as_str()), "{secret:?} in {masked:?}");
        }
    }
}

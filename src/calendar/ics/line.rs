//! Content lines (RFC 5545 §3.1, §3.3.11). Written here because no library does it right: `icalendar` 0.17 leaves a bare
//! CR as it is, which ends the line for many readers, and folds in quadratic time; `ics` 0.5 makes lines of 76 octets.

use std::borrow::Cow;

/// Octets of a line, without its end.
const LONGEST: usize = 75;

#[derive(Default)]
pub(super) struct Lines {
    pub(super) text: String,
}

impl Lines {
    /// A value that needs no escaping.
    pub(super) fn plain(&mut self, name: &str, value: &str) {
        self.fold(&format!("{name}:{value}"));
    }

    pub(super) fn text(&mut self, name: &str, value: &str) {
        self.plain(name, &escape(value));
    }

    pub(super) fn texts(&mut self, name: &str, values: &[&str]) {
        if !values.is_empty() {
            let values: Vec<String> = values.iter().map(|value| escape(value)).collect();
            self.plain(name, &values.join(","));
        }
    }

    /// The blank before what is continued counts.
    fn fold(&mut self, line: &str) {
        let (mut rest, mut room) = (line, LONGEST);
        while rest.len() > room {
            // No character is longer than the room of a line.
            let whole = (0..=room).rev().find(|at| rest.is_char_boundary(*at)).unwrap_or(rest.len());
            let (now, later) = rest.split_at(whole);
            self.text.push_str(now);
            self.text.push_str("\r\n ");
            (rest, room) = (later, LONGEST - 1);
        }
        self.text.push_str(rest);
        self.text.push_str("\r\n");
    }
}

/// Every kind of line break is one, and no control character but the tab may stand in a value.
pub(super) fn escape(text: &str) -> String {
    let text = if text.contains('\r') { text.replace("\r\n", "\n").into() } else { Cow::Borrowed(text) };
    let mut escaped = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// `mailto:` of what looks like an address; the rest of what providers put there is nobody's.
pub(super) fn address(text: &str) -> Option<String> {
    let text = text.trim();
    let (user, host) = text.rsplit_once('@')?;
    if user.is_empty() || host.is_empty() {
        return None;
    }
    let mut uri = String::from("mailto:");
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => uri.push(char::from(byte)),
            _ if b"-._~!$'()*+@".contains(&byte) => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    Some(uri)
}

/// An address of the web in its written form: ASCII, nothing in it that ends a line.
pub(super) fn link(text: &str) -> Option<String> {
    let url = url::Url::parse(text.trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_its_line() {
        assert_eq!(escape("a\\b;c,d"), "a\\\\b\\;c\\,d");
        assert_eq!(escape("1\r\n2\n3\r4\u{85}5\u{2028}6"), "1\\n2\\n3\\n4\\n5\\n6");
        assert_eq!(escape("\0a\u{1b}[2J\u{9b}b\tc\u{7f}"), "a[2Jb\tc");
        assert_eq!(address("a b\r\nX:y@example.org").as_deref(), Some("mailto:a%20b%0D%0AX%3Ay@example.org"));
        assert_eq!(address("ö@example.org").as_deref(), Some("mailto:%C3%B6@example.org"));
        assert_eq!((address("room 5"), address("@x"), address("x@")), (None, None, None));
        assert_eq!(link("https://x.example/a\r\nb c").as_deref(), Some("https://x.example/ab%20c"));
        assert_eq!((link("javascript:alert(1)"), link("no")), (None, None));
    }

    #[test]
    fn lines_have_at_most_75_octets_and_unfold_to_what_they_were() {
        for piece in ["a", "é", "日", "👩‍🚀", " ", "x y", "\t"] {
            for length in [0, 1, 30, 74, 75, 76, 148, 149, 150, 1_000] {
                let value = piece.repeat(length);
                let mut lines = Lines::default();
                lines.plain("SUMMARY", &value);
                let text = lines.text.strip_suffix("\r\n").unwrap();
                assert!(text.split("\r\n").all(|line| line.len() <= 75), "{piece} × {length}");
                assert_eq!(text.replace("\r\n ", ""), format!("SUMMARY:{value}"));
            }
        }
    }
}

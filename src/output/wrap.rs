//! Prose on a narrow terminal: broken between words, and never within one, so that an address can still be copied.

use console::measure_text_width;

/// `text` behind `head`, in lines of at most so many columns; the further ones are indented as the first.
pub(super) fn hanging(head: &str, text: &str, columns: usize) -> String {
    let indent = measure_text_width(head);
    let mut lines = vec![head.to_owned()];
    let mut used = indent;
    for word in text.split(' ') {
        let width = measure_text_width(word);
        if used > indent && used + 1 + width > columns {
            lines.push(" ".repeat(indent));
            used = indent;
        }
        if let Some(line) = lines.last_mut() {
            if used > indent {
                line.push(' ');
                used += 1;
            }
            line.push_str(word);
            used += width;
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_whole_and_lines_are_indented() {
        assert_eq!(hanging(" 1. ", "one two three", 12), " 1. one two\n    three");
        assert_eq!(hanging(" 1. ", "one two three", 400), " 1. one two three");
        assert_eq!(hanging("- ", "a https://a.example/long b", 8), "- a\n  https://a.example/long\n  b");
        assert_eq!(hanging("- ", "", 8), "- ");
    }
}

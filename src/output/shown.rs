//! The one type that is printed. What it is made of is made harmless on the way in, whoever wrote it; only this room's own
//! colours stay. It has no way back to a `String`, so nobody can mix raw text into it or print around it.

use std::borrow::Cow;

use console::{Style, measure_text_width};

use super::sanitise;

#[derive(Debug, Default)]
pub(crate) struct Shown<'a>(Cow<'a, str>);

impl<'a> From<&'a str> for Shown<'a> {
    fn from(text: &'a str) -> Shown<'a> {
        Shown(sanitise::lines(text))
    }
}

impl<'a> From<&'a String> for Shown<'a> {
    fn from(text: &'a String) -> Shown<'a> {
        Shown::from(text.as_str())
    }
}

impl<'a> From<&'a Cow<'_, str>> for Shown<'a> {
    fn from(text: &'a Cow<'_, str>) -> Shown<'a> {
        Shown::from(text.as_ref())
    }
}

impl From<String> for Shown<'_> {
    fn from(text: String) -> Self {
        Shown::from(text.as_str()).owned()
    }
}

impl<'a> Shown<'a> {
    /// In a style for stderr, or for stdout (`Style::for_stdout`): nothing where colours are not wanted or not seen.
    pub(crate) fn painted(text: impl Into<Shown<'a>>, style: &Style) -> Shown<'static> {
        Shown(Cow::Owned(style.apply_to(&text.into().0).to_string()))
    }

    #[must_use]
    pub(crate) fn and<'b>(self, more: impl Into<Shown<'b>>) -> Shown<'static> {
        let mut text = self.0.into_owned();
        text.push_str(&more.into().0);
        Shown(Cow::Owned(text))
    }

    /// One under the other.
    pub(crate) fn lines(all: impl IntoIterator<Item = Shown<'a>>) -> Shown<'static> {
        Shown::joined(all, "\n")
    }

    pub(crate) fn joined(all: impl IntoIterator<Item = Shown<'a>>, between: &str) -> Shown<'static> {
        Shown(Cow::Owned(all.into_iter().map(|one| one.0).collect::<Vec<_>>().join(between)))
    }

    /// The columns that it takes, colours left out.
    pub(crate) fn width(&self) -> usize {
        measure_text_width(&self.0)
    }

    #[cfg(test)]
    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(super) fn bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    fn owned(self) -> Shown<'static> {
        Shown(Cow::Owned(self.0.into_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_ours_alone() {
        let red = Style::new().red().force_styling(true);
        let shown = Shown::painted("a\u{1b}[2Jb", &red).and(" \u{9b}1m").and("\u{202e}c".to_owned());
        assert_eq!(shown.0, "\u{1b}[31ma\u{FFFD}[2Jb\u{1b}[0m \u{FFFD}1m\u{FFFD}c");
        assert_eq!(shown.width(), 12);
    }
}

//! Markdown as blocks and spans, for targets that want to be told in a language of their own.

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use url::Url;

/// What is nested deeper stands beside, not below.
const DEEPEST: usize = 6;
/// A longer address is no link anywhere (bytes).
const LONGEST_LINK: usize = 2_000;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub struck: bool,
    pub code: bool,
    pub link: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Paragraph,
    Heading(u8),
    /// `done`: it is an item of a checklist.
    Item {
        is_numbered: bool,
        done: Option<bool>,
    },
    Quote,
    /// In this language, or none.
    Code(String),
    Rule,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: Kind,
    pub spans: Vec<Span>,
    pub children: Vec<Block>,
}

impl Block {
    fn new(kind: Kind) -> Block {
        Block { kind, spans: Vec::new(), children: Vec::new() }
    }

    pub(super) fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    fn add(&mut self, span: Span) {
        match self.spans.last_mut() {
            Some(last)
                if Span { text: String::new(), ..last.clone() }
                    == Span { text: String::new(), ..span.clone() } =>
            {
                last.text.push_str(&span.text);
            }
            _ => self.spans.push(span),
        }
    }
}

pub(super) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS) {
        reader.take(event);
    }
    while !reader.open.is_empty() {
        reader.close();
    }
    reader.done
}

#[derive(Default)]
struct Reader {
    done: Vec<Block>,
    open: Vec<Block>,
    /// Of each block that began: whether it is one of `open`, or its text belongs to the one around it.
    own: Vec<bool>,
    /// Of each list that began: whether it is numbered.
    lists: Vec<bool>,
    style: Span,
}

impl Reader {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text, false),
            Event::Code(text) => self.say(&text, true),
            Event::SoftBreak | Event::HardBreak => self.say("\n", false),
            Event::Rule => self.put(Block::new(Kind::Rule)),
            Event::TaskListMarker(is_done) => {
                if let Some(Block { kind: Kind::Item { done, .. }, .. }) = self.open.last_mut() {
                    *done = Some(is_done);
                }
            }
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        let kind = match tag {
            Tag::Paragraph | Tag::HtmlBlock => Kind::Paragraph,
            Tag::Heading { level, .. } => Kind::Heading(level as u8),
            Tag::BlockQuote(_) => Kind::Quote,
            Tag::CodeBlock(CodeBlockKind::Fenced(language)) => Kind::Code(
                language.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_owned(),
            ),
            Tag::CodeBlock(CodeBlockKind::Indented) => Kind::Code(String::new()),
            Tag::Item => Kind::Item { is_numbered: self.lists.last().copied().unwrap_or(false), done: None },
            Tag::List(start) => return self.lists.push(start.is_some()),
            Tag::Emphasis => return self.style.italic = true,
            Tag::Strong => return self.style.bold = true,
            Tag::Strikethrough => return self.style.struck = true,
            Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. } => {
                return self.style.link = Some(dest_url.into_string());
            }
            _ => return,
        };
        // The first paragraph of an item or a quote is the item's own text.
        let is_first = self.open.last().is_some_and(|around| {
            matches!(around.kind, Kind::Item { .. } | Kind::Quote)
                && around.spans.is_empty()
                && around.children.is_empty()
        });
        let is_inside = kind == Kind::Paragraph && is_first;
        let is_too_deep = self.open.len() >= DEEPEST;
        if is_too_deep && self.open.last().is_some_and(|around| !around.spans.is_empty()) {
            self.say("\n", false);
        }
        self.own.push(!is_inside && !is_too_deep);
        if !is_inside && !is_too_deep {
            self.open.push(Block::new(kind));
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => drop(self.lists.pop()),
            TagEnd::Emphasis => self.style.italic = false,
            TagEnd::Strong => self.style.bold = false,
            TagEnd::Strikethrough => self.style.struck = false,
            TagEnd::Link | TagEnd::Image => {
                // What cannot be followed is shown.
                if let Some(address) = self.style.link.take().filter(|address| followed(address).is_none()) {
                    self.say(&format!(" ({address})"), false);
                }
            }
            TagEnd::Paragraph
            | TagEnd::HtmlBlock
            | TagEnd::Heading(_)
            | TagEnd::BlockQuote(_)
            | TagEnd::CodeBlock
            | TagEnd::Item
                if self.own.pop() == Some(true) =>
            {
                self.close();
            }
            _ => {}
        }
    }

    fn say(&mut self, text: &str, code: bool) {
        let link = self.style.link.as_deref().and_then(followed);
        let span = Span { text: text.to_owned(), code, link, ..self.style.clone() };
        match self.open.last_mut() {
            Some(block) => block.add(span),
            None => {
                let mut block = Block::new(Kind::Paragraph);
                block.add(span);
                self.done.push(block);
            }
        }
    }

    fn close(&mut self) {
        let Some(mut block) = self.open.pop() else { return };
        // The fence's own line break is not the code's.
        if let Some(last) = block.spans.last_mut()
            && matches!(block.kind, Kind::Code(_))
        {
            last.text.truncate(last.text.trim_end_matches('\n').len());
        }
        self.put(block);
    }

    fn put(&mut self, block: Block) {
        match self.open.last_mut() {
            Some(around) => around.children.push(block),
            None => self.done.push(block),
        }
    }
}

fn followed(address: &str) -> Option<String> {
    let url: Url = address.parse().ok()?;
    let is_known = matches!(url.scheme(), "http" | "https" | "mailto");
    (is_known && url.as_str().len() <= LONGEST_LINK).then(|| url.into())
}

#[cfg(test)]
mod tests {
    use super::super::html::html;
    use super::*;

    #[test]
    fn markdown_becomes_blocks() {
        let text = "# Plan\n\nWith **bold _both_** and `x`,\nsee [it](https://x.example/a?b=1&c).\n\n- [x] one\n  - deeper\n- two\n\n1. first\n\n> said\n\n```sh\nls\n```\n\n---\n<b>raw</b>";
        let found = blocks(text);
        let kinds: Vec<String> =
            found.iter().map(|block| format!("{:?} {}", block.kind, block.text())).collect();
        assert_eq!(
            kinds,
            [
                "Heading(1) Plan",
                "Paragraph With bold both and x,\nsee it.",
                "Item { is_numbered: false, done: Some(true) } one",
                "Item { is_numbered: false, done: None } two",
                "Item { is_numbered: true, done: None } first",
                "Quote said",
                "Code(\"sh\") ls",
                "Rule ",
                "Paragraph <b>raw</b>",
            ]
        );
        assert_eq!(found[2].children[0].text(), "deeper");
        assert!(found[1].spans.iter().any(|span| span.bold && span.italic && span.text == "both"));
        assert_eq!(
            html(&found[1..4], false),
            "With <strong>bold </strong><strong><em>both</em></strong> and <code>x</code>,\nsee \
             <a href=\"https://x.example/a?b=1&amp;c\">it</a>.<ul><li>[x] one<ul><li>deeper</li></ul></li><li>two</li></ul>"
        );
        assert_eq!(html(&found[7..], true), "<hr/><p>&lt;b&gt;raw&lt;/b&gt;</p>");
    }

    #[test]
    fn what_no_one_may_follow_is_no_link() {
        let found = blocks("[a](javascript:alert(1)) ![b](/x.png)");
        assert_eq!(found[0].text(), "a (javascript:alert(1)) b (/x.png)");
        assert!(found[0].spans.iter().all(|span| span.link.is_none()));
    }

    #[test]
    fn nothing_is_nested_without_end() {
        let mut deepest = &blocks(&format!("{} end", "> ".repeat(5_000)));
        let mut depth = 0;
        while let Some(block) = deepest.first() {
            depth += 1;
            deepest = &block.children;
        }
        assert!(depth <= DEEPEST, "{depth}");
        assert_eq!(blocks("\u{0}\u{202e}*a").len(), 1);
        assert!(blocks("").is_empty());
    }
}

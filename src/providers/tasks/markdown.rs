//! Notes are markdown. What a target understands is made of it here: HTML, or blocks of runs for those that have a
//! document format of their own. Raw HTML in notes is text, and a link leads to a web page or a mailbox.

use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html,
};

/// A paragraph and its like, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub kind: Kind,
    /// How many lists a list's item is inside of, from 0.
    pub depth: usize,
    pub runs: Vec<Run>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Paragraph,
    /// 1 to 6.
    Heading(u8),
    Bullet,
    Numbered,
    /// A checkbox, and whether it is ticked.
    Check(bool),
    Quote,
    /// Its language, where it is given.
    Code(Option<String>),
    Rule,
}

/// Text that looks the same from its beginning to its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Run {
    pub text: String,
    pub bold: bool,
    pub italic: bool,
    pub strike: bool,
    pub code: bool,
    pub link: Option<String>,
}

const OPTIONS: Options = Options::ENABLE_STRIKETHROUGH.union(Options::ENABLE_TASKLISTS);

/// For targets that take HTML. Nothing of the person's own HTML is in it.
pub(crate) fn to_html(markdown: &str) -> String {
    let harmless = Parser::new_ext(markdown, OPTIONS).map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
        Event::TaskListMarker(ticked) => Event::Text(CowStr::Borrowed(if ticked { "☑ " } else { "☐ " })),
        Event::SoftBreak => Event::HardBreak,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url =
                if leads_somewhere(link_type, &dest_url) { dest_url } else { CowStr::Borrowed("") };
            Event::Start(Tag::Link { link_type, dest_url, title, id })
        }
        // A picture is fetched by whoever reads: its address is enough.
        Event::Start(Tag::Image { dest_url, .. }) => {
            Event::Text(CowStr::Boxed(format!("{dest_url} ").into()))
        }
        Event::End(TagEnd::Image) => Event::Text(CowStr::Borrowed("")),
        other => other,
    });
    let mut text = String::with_capacity(markdown.len() * 2);
    html::push_html(&mut text, harmless);
    text
}

/// For targets that have a document format of their own.
pub(crate) fn blocks(markdown: &str) -> Vec<Block> {
    let mut reading = Reading::default();
    for event in Parser::new_ext(markdown, OPTIONS) {
        reading.event(event);
    }
    reading.close();
    reading.found
}

#[derive(Default)]
struct Reading {
    found: Vec<Block>,
    open: Option<Block>,
    /// The lists that we are in, and whether each is numbered.
    lists: Vec<bool>,
    quotes: usize,
    style: Run,
}

impl Reading {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.say(&text, false),
            Event::Code(text) => self.say(&text, true),
            Event::SoftBreak | Event::HardBreak => self.say("\n", false),
            Event::TaskListMarker(ticked) => {
                if let Some(block) = &mut self.open {
                    block.kind = Kind::Check(ticked);
                }
            }
            Event::Rule => {
                self.begin(Kind::Rule);
                self.close();
            }
            Event::FootnoteReference(text) => self.say(&text, false),
            Event::InlineMath(text) | Event::DisplayMath(text) => self.say(&text, true),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph if self.open.is_none() => {
                self.begin(if self.quotes > 0 { Kind::Quote } else { Kind::Paragraph });
            }
            Tag::Paragraph if self.open.as_ref().is_some_and(|block| !block.runs.is_empty()) => {
                self.say("\n", false);
            }
            Tag::Heading { level, .. } => self.begin(Kind::Heading(number(level))),
            Tag::BlockQuote(_) => {
                self.close();
                self.quotes += 1;
            }
            Tag::CodeBlock(kind) => self.begin(Kind::Code(match kind {
                CodeBlockKind::Fenced(language) if !language.is_empty() => Some(language.to_string()),
                _ => None,
            })),
            Tag::List(first) => {
                self.close();
                self.lists.push(first.is_some());
            }
            Tag::Item => {
                let numbered = self.lists.last().copied().unwrap_or(false);
                self.begin(if numbered { Kind::Numbered } else { Kind::Bullet });
            }
            Tag::Strong => self.style.bold = true,
            Tag::Emphasis => self.style.italic = true,
            Tag::Strikethrough => self.style.strike = true,
            Tag::Link { link_type, dest_url, .. } if leads_somewhere(link_type, &dest_url) => {
                self.style.link = Some(address(link_type, &dest_url));
            }
            Tag::Image { dest_url, .. } => self.say(&format!("{dest_url} "), false),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph if self.lists.is_empty() => self.close(),
            TagEnd::Heading(_) | TagEnd::CodeBlock | TagEnd::Item => self.close(),
            TagEnd::BlockQuote(_) => {
                self.close();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) => {
                self.close();
                self.lists.pop();
            }
            TagEnd::Strong => self.style.bold = false,
            TagEnd::Emphasis => self.style.italic = false,
            TagEnd::Strikethrough => self.style.strike = false,
            TagEnd::Link => self.style.link = None,
            _ => {}
        }
    }

    fn begin(&mut self, kind: Kind) {
        self.close();
        self.open = Some(Block { kind, depth: self.lists.len().saturating_sub(1), runs: Vec::new() });
    }

    fn close(&mut self) {
        if let Some(mut block) = self.open.take() {
            if let (Kind::Code(_), Some(last)) = (&block.kind, block.runs.last_mut()) {
                last.text.truncate(last.text.trim_end_matches('\n').len());
            }
            self.found.push(block);
        }
    }

    fn say(&mut self, text: &str, code: bool) {
        if self.open.is_none() {
            self.begin(if self.quotes > 0 { Kind::Quote } else { Kind::Paragraph });
        }
        let Some(block) = &mut self.open else { return };
        let run = Run { text: String::new(), code, ..self.style.clone() };
        match block.runs.last_mut() {
            Some(last) if (Run { text: String::new(), ..last.clone() }) == run => last.text.push_str(text),
            _ => block.runs.push(Run { text: text.to_owned(), ..run }),
        }
    }
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// Nothing that runs something in the browser of whoever reads it.
fn leads_somewhere(kind: LinkType, address: &str) -> bool {
    kind == LinkType::Email
        || address.parse::<url::Url>().is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto"))
}

fn address(kind: LinkType, text: &str) -> String {
    if kind == LinkType::Email { format!("mailto:{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_ours_alone() {
        assert_eq!(
            to_html("**a** <script>x</script>").trim(),
            "<p><strong>a</strong> &lt;script&gt;x&lt;/script&gt;</p>"
        );
        assert!(!to_html("[x](javascript:alert(1))").contains("javascript"));
        assert!(to_html("- [x] a\n- b").contains("<li>☑ a</li>"));
    }

    #[test]
    fn blocks_and_runs() {
        let found = blocks(
            "# T\n\na *b* `c` [d](https://x.example/)\n\n- [ ] e\n  1. f\n\n> g\n\n```rs\nh\n```\n\n---\n",
        );
        let kinds: Vec<(Kind, usize)> = found.iter().map(|block| (block.kind.clone(), block.depth)).collect();
        assert_eq!(
            kinds,
            [
                (Kind::Heading(1), 0),
                (Kind::Paragraph, 0),
                (Kind::Check(false), 0),
                (Kind::Numbered, 1),
                (Kind::Quote, 0),
                (Kind::Code(Some("rs".into())), 0),
                (Kind::Rule, 0)
            ]
        );
        let runs = &found.get(1).unwrap().runs;
        assert_eq!(runs.len(), 6, "{runs:?}");
        assert!(runs.iter().any(|run| run.italic && run.text == "b") && runs.iter().any(|run| run.code));
        assert_eq!(runs.last().unwrap().link.as_deref(), Some("https://x.example/"));
        assert_eq!(found.get(5).unwrap().runs.first().unwrap().text, "h");
    }

    #[test]
    fn no_text_is_lost_and_none_is_too_odd() {
        for text in ["", "\u{0}", "[", "****", "<", "\r\n\r\n", "- \n- ", "![p](https://x.example/p.png)"] {
            let _ = to_html(text);
            let _ = blocks(text);
        }
        assert_eq!(blocks("a\nb").first().unwrap().runs.first().unwrap().text, "a\nb");
    }
}

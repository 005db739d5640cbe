//! Blocks of text as HTML, for targets that speak it.

use super::prose::{Block, Kind, Span};

/// HTML of the plainest kind. `paragraphs`: the target knows `<p>`; else an empty line divides.
pub(super) fn html(blocks: &[Block], paragraphs: bool) -> String {
    let mut text = String::new();
    let mut list: Option<&str> = None;
    for block in blocks {
        let wanted = match block.kind {
            Kind::Item { is_numbered: true, .. } => Some("ol"),
            Kind::Item { .. } => Some("ul"),
            _ => None,
        };
        if list != wanted {
            list.into_iter().for_each(|tag| text.push_str(&format!("</{tag}>")));
            wanted.into_iter().for_each(|tag| text.push_str(&format!("<{tag}>")));
            list = wanted;
        }
        let inner = block.spans.iter().map(spoken).collect::<String>();
        let below = html(&block.children, paragraphs);
        text.push_str(&match &block.kind {
            Kind::Paragraph if paragraphs => format!("<p>{}</p>", inner.replace('\n', "<br>")),
            Kind::Paragraph if text.is_empty() || text.ends_with('>') => inner,
            Kind::Paragraph => format!("\n\n{inner}"),
            Kind::Heading(1) => format!("<h1>{inner}</h1>"),
            Kind::Heading(_) => format!("<h2>{inner}</h2>"),
            Kind::Item { done, .. } => {
                let mark = done.map_or("", |is_done| if is_done { "[x] " } else { "[ ] " });
                format!("<li>{mark}{inner}{below}</li>")
            }
            Kind::Quote => format!("<blockquote>{inner}{below}</blockquote>"),
            Kind::Code(_) => format!("<pre>{inner}</pre>"),
            Kind::Rule => "<hr/>".to_owned(),
        });
    }
    list.into_iter().for_each(|tag| text.push_str(&format!("</{tag}>")));
    text
}

fn spoken(span: &Span) -> String {
    let mut text = escaped(&span.text);
    for (is_so, tag) in [(span.code, "code"), (span.struck, "s"), (span.italic, "em"), (span.bold, "strong")]
    {
        if is_so {
            text = format!("<{tag}>{text}</{tag}>");
        }
    }
    match &span.link {
        Some(link) => format!("<a href=\"{}\">{text}</a>", escaped(link)),
        None => text,
    }
}

pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

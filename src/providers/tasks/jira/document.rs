//! Markdown as Atlassian's document format.

use serde_json::{Value, json};

use super::super::prose::{self, Block, Kind, Span};
use super::super::put;

pub(super) fn document(markdown: &str) -> Value {
    json!({"type": "doc", "version": 1, "content": nodes(&prose::blocks(markdown))})
}

fn nodes(blocks: &[Block]) -> Vec<Value> {
    let mut found: Vec<Value> = Vec::new();
    let mut list = "";
    for block in blocks {
        let is_item = matches!(block.kind, Kind::Item { .. });
        let paragraph = || json!({"type": "paragraph", "content": inline(&block.spans)});
        let node = match &block.kind {
            Kind::Paragraph => paragraph(),
            Kind::Heading(level) => {
                json!({"type": "heading", "attrs": {"level": level}, "content": inline(&block.spans)})
            }
            Kind::Rule => json!({"type": "rule"}),
            Kind::Code(language) => {
                let mut node = json!({"type": "codeBlock"});
                let code = block.text();
                put(&mut node, "attrs", (!language.is_empty()).then(|| json!({"language": language})));
                put(
                    &mut node,
                    "content",
                    (!code.is_empty()).then(|| json!([{"type": "text", "text": code}])),
                );
                node
            }
            Kind::Quote => {
                // Nothing but paragraphs and lists may be in a quote.
                let below =
                    block.children.iter().filter(|b| matches!(b.kind, Kind::Paragraph | Kind::Item { .. }));
                let below: Vec<Block> = below.cloned().collect();
                let content: Vec<Value> = std::iter::once(paragraph()).chain(nodes(&below)).collect();
                let rest =
                    block.children.iter().filter(|b| !matches!(b.kind, Kind::Paragraph | Kind::Item { .. }));
                let rest: Vec<Block> = rest.cloned().collect();
                found.push(json!({"type": "blockquote", "content": content}));
                found.extend(nodes(&rest));
                list = "";
                continue;
            }
            Kind::Item { is_numbered, done } => {
                let wanted = if *is_numbered { "orderedList" } else { "bulletList" };
                let mut spans = block.spans.clone();
                if let Some(is_done) = done {
                    let text = if *is_done { "[x] " } else { "[ ] " }.to_owned();
                    spans.insert(0, Span { text, ..Span::default() });
                }
                let own = json!({"type": "paragraph", "content": inline(&spans)});
                let below = block.children.iter().map(|block| match block.kind {
                    Kind::Paragraph | Kind::Item { .. } | Kind::Code(_) => block.clone(),
                    _ => Block { kind: Kind::Paragraph, ..block.clone() },
                });
                let below: Vec<Block> = below.collect();
                let content: Vec<Value> = std::iter::once(own).chain(nodes(&below)).collect();
                let item = json!({"type": "listItem", "content": content});
                let last = found.last_mut().filter(|_| list == wanted);
                if let Some(Value::Array(items)) = last.and_then(|list| list.get_mut("content")) {
                    items.push(item);
                    continue;
                }
                list = wanted;
                json!({"type": wanted, "content": [item]})
            }
        };
        if !is_item {
            list = "";
        }
        found.push(node);
    }
    found
}

fn inline(spans: &[Span]) -> Vec<Value> {
    let mut found = Vec::new();
    for span in spans {
        let mut marks = Vec::new();
        // Beside code only a link may stand.
        let styles = [("strong", span.bold), ("em", span.italic), ("strike", span.struck)];
        marks.extend(
            styles
                .into_iter()
                .filter(|(_, is_so)| *is_so && !span.code)
                .map(|(name, _)| json!({"type": name})),
        );
        marks.extend(span.code.then(|| json!({"type": "code"})));
        marks.extend(span.link.as_ref().map(|link| json!({"type": "link", "attrs": {"href": link}})));
        for (place, text) in span.text.split('\n').enumerate() {
            found.extend((place > 0).then(|| json!({"type": "hardBreak"})));
            if !text.is_empty() {
                let mut node = json!({"type": "text", "text": text});
                put(&mut node, "marks", (!marks.is_empty()).then(|| marks.clone()));
                found.push(node);
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_becomes_a_document() {
        let found = document("# A\n\n**b** `c`\nd\n\n- e\n  1. f\n- [x] g\n\n> h\n>\n> i");
        let kinds: Vec<&str> =
            found["content"].as_array().unwrap().iter().map(|n| n["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["heading", "paragraph", "bulletList", "blockquote"]);
        let paragraph = &found["content"][1]["content"];
        assert_eq!(paragraph[0], json!({"type": "text", "text": "b", "marks": [{"type": "strong"}]}));
        assert_eq!(paragraph[3], json!({"type": "hardBreak"}));
        let list = &found["content"][2]["content"];
        assert_eq!(list.as_array().unwrap().len(), 2);
        assert_eq!(list[0]["content"][1]["type"], "orderedList");
        assert_eq!(list[1]["content"][0]["content"][0]["text"], "[x] ");
    }
}

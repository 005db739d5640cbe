//! The body of a page: markdown as Notion's blocks.

use serde_json::{Value, json};

use crate::providers::tasks::prose::{self, Block, Kind, Span};
use crate::providers::tasks::{Order, items, mark, text};

/// Children of one page or block, and texts of one block, in one request.
const MOST: usize = 100;
/// Of one text (UTF-16, as JavaScript counts).
const LONGEST: usize = 2_000;
/// Blocks within blocks of the request, the page's own not counted.
const DEEPEST: usize = 2;

/// Languages of code blocks that Notion knows by the name that people type; all others are plain text.
const LANGUAGES: &[&str] = &[
    "bash",
    "c",
    "clojure",
    "css",
    "dart",
    "diff",
    "docker",
    "elixir",
    "erlang",
    "go",
    "graphql",
    "groovy",
    "haskell",
    "html",
    "java",
    "javascript",
    "json",
    "julia",
    "kotlin",
    "lua",
    "makefile",
    "markdown",
    "mermaid",
    "nix",
    "perl",
    "php",
    "powershell",
    "python",
    "r",
    "ruby",
    "rust",
    "sass",
    "scala",
    "scss",
    "shell",
    "sql",
    "swift",
    "toml",
    "typescript",
    "xml",
    "yaml",
];

/// The notes, and below them our mark.
pub(super) fn children(order: &Order<'_>) -> Vec<Value> {
    let notes = order.notes.as_deref().unwrap_or_default();
    let found = prose::blocks(notes);
    let mut blocks: Vec<Value> = match fits(&found, 0) {
        true => found.iter().map(block_of).collect(),
        // Too many for one request: they stand as they were typed.
        false => pieces(notes).chunks(MOST).map(plain).collect(),
    };
    let mark = json!({"type": "text", "text": {"content": mark(order)}, "annotations": {"color": "gray"}});
    blocks.push(json!({"object": "block", "type": "paragraph", "paragraph": {"rich_text": [mark]}}));
    blocks
}

/// Whether there is room for them, our mark included.
fn fits(blocks: &[Block], depth: usize) -> bool {
    blocks.len() < MOST
        && blocks.iter().all(|block| {
            let texts: usize = block.spans.iter().map(|span| pieces(&span.text).len()).sum();
            texts <= MOST
                && (block.children.is_empty() || depth < DEEPEST && fits(&block.children, depth + 1))
        })
}

fn plain(texts: &[&str]) -> Value {
    let texts: Vec<Value> =
        texts.iter().map(|text| json!({"type": "text", "text": {"content": text}})).collect();
    json!({"object": "block", "type": "paragraph", "paragraph": {"rich_text": texts}})
}

fn block_of(block: &Block) -> Value {
    let mut body = json!({"rich_text": rich(&block.spans)});
    let kind = match &block.kind {
        Kind::Paragraph => "paragraph",
        Kind::Heading(1) => "heading_1",
        Kind::Heading(2) => "heading_2",
        Kind::Heading(_) => "heading_3",
        Kind::Item { done: Some(is_done), .. } => {
            set(&mut body, "checked", json!(is_done));
            "to_do"
        }
        Kind::Item { is_numbered: true, .. } => "numbered_list_item",
        Kind::Item { .. } => "bulleted_list_item",
        Kind::Quote => "quote",
        Kind::Code(language) => {
            let language = language.to_ascii_lowercase();
            let language = match language.as_str() {
                "sh" => "shell",
                "js" => "javascript",
                "ts" => "typescript",
                "py" => "python",
                "yml" => "yaml",
                known if LANGUAGES.contains(&known) => known,
                _ => "plain text",
            };
            set(&mut body, "language", json!(language));
            "code"
        }
        Kind::Rule => {
            body = json!({});
            "divider"
        }
    };
    if !block.children.is_empty() {
        let below: Vec<Value> = block.children.iter().map(block_of).collect();
        set(&mut body, "children", json!(below));
    }
    let mut whole = json!({"object": "block", "type": kind});
    set(&mut whole, kind, body);
    whole
}

fn set(value: &mut Value, field: &str, to: Value) {
    super::super::put(value, field, Some(to));
}

fn rich(spans: &[Span]) -> Vec<Value> {
    spans.iter().flat_map(|span| pieces(&span.text).into_iter().map(|piece| rich_text(span, piece))).collect()
}

fn rich_text(span: &Span, piece: &str) -> Value {
    let mut text = json!({"content": piece});
    if let Some(link) = &span.link {
        set(&mut text, "link", json!({"url": link}));
    }
    let mut whole = json!({"type": "text", "text": text});
    let styles =
        [("bold", span.bold), ("italic", span.italic), ("strikethrough", span.struck), ("code", span.code)];
    let styles: serde_json::Map<String, Value> = styles
        .into_iter()
        .filter(|(_, is_so)| *is_so)
        .map(|(name, _)| (name.to_owned(), json!(true)))
        .collect();
    if !styles.is_empty() {
        set(&mut whole, "annotations", Value::Object(styles));
    }
    whole
}

/// A text in pieces that Notion takes, cut between characters.
pub(super) fn pieces(text: &str) -> Vec<&str> {
    let (mut found, mut start, mut length) = (Vec::new(), 0, 0);
    for (at, character) in text.char_indices() {
        if length + character.len_utf16() > LONGEST {
            found.extend(text.get(start..at));
            (start, length) = (at, 0);
        }
        length += character.len_utf16();
    }
    found.extend(text.get(start..).filter(|rest| !rest.is_empty()));
    found
}

/// Whether this block of an answer holds the mark.
pub(super) fn has(block: &Value, mark: &str) -> bool {
    items(block, "/paragraph/rich_text").iter().any(|piece| {
        let own =
            text(piece, "plain_text").or_else(|| piece.get("text").and_then(|inner| text(inner, "content")));
        own.is_some_and(|own| own.contains(mark))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::new_task::NewTask;

    fn body(notes: &str) -> Vec<Value> {
        let task = NewTask::default();
        children(&Order {
            task: &task,
            notes: Some(notes.to_owned()),
            list: None,
            assignee: None,
            tags: Vec::new(),
            mark: "m",
            since: 0,
        })
    }

    #[test]
    fn markdown_becomes_blocks_and_the_mark_is_the_last() {
        let found = body("# A\n\n- [ ] b\n  - c\n\n```py\nx\n```");
        let kinds: Vec<&str> = found.iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["heading_1", "to_do", "code", "paragraph"]);
        assert_eq!(found[1]["to_do"]["children"][0]["type"], "bulleted_list_item");
        assert_eq!(found[2]["code"]["language"], "python");
        assert!(has(&found[3], "integ:m"));
    }

    #[test]
    fn what_is_too_much_for_blocks_arrives_as_it_was_typed() {
        let many = "a\n\n".repeat(150);
        let found = body(&many);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0]["paragraph"]["rich_text"][0]["text"]["content"], many);
        let long = "😀".repeat(2_500);
        let found = body(&long);
        let texts = found[0]["paragraph"]["rich_text"].as_array().unwrap();
        let lengths: Vec<usize> = texts
            .iter()
            .map(|text| text["text"]["content"].as_str().unwrap().encode_utf16().count())
            .collect();
        assert_eq!(lengths, [2_000, 2_000, 1_000]);
    }
}

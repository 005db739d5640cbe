//! Many tasks in one text: JSON lines (or a JSON list), CSV with a header, or a markdown checklist. A line that is wrong is
//! that line's error. The same text gives the same keys, so that running it again creates nothing new.

mod json;
mod markdown;
mod table;

use std::collections::HashMap;

use super::mark::key_of_line;
use crate::new_task::NewTask;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    Markdown,
}

#[derive(Debug)]
pub(crate) struct Batch {
    pub lines: Vec<Line>,
    /// So many lines of text are no task that is open.
    pub left_out: usize,
}

/// One line: what it asks for, and where.
#[derive(Debug)]
pub(crate) struct Line {
    /// The line of the text at which it begins, from 1.
    pub number: usize,
    pub wanted: Result<Wanted, String>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub task: NewTask,
    pub to: Option<String>,
    pub list: Option<String>,
    pub key: Option<String>,
}

impl Format {
    /// By what the text looks like, where the name of its file does not say.
    pub(crate) fn of(name: Option<&str>, text: &str) -> Format {
        let ending =
            name.and_then(|name| name.rsplit_once('.')).map(|(_, ending)| ending.to_ascii_lowercase());
        match ending.as_deref() {
            Some("jsonl" | "ndjson" | "json") => return Format::Json,
            Some("csv") => return Format::Csv,
            Some("md" | "markdown") => return Format::Markdown,
            _ => {}
        }
        let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
        if first.starts_with(['{', '[']) && !first.starts_with("[ ]") {
            Format::Json
        } else if first.starts_with('#') || markdown::item(first).is_some() {
            Format::Markdown
        } else {
            Format::Csv
        }
    }
}

/// `scope` belongs into the keys: what was asked for on the command line, where it decides what a line means.
pub(crate) fn read(text: &str, format: Format, scope: &str) -> Result<Batch, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (found, left_out) = match format {
        Format::Json => (json::json(text), 0),
        Format::Csv => (table::csv(text)?, 0),
        Format::Markdown => markdown::markdown(text),
    };
    if found.is_empty() {
        return Err("there is no task in it".to_owned());
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    let lines = found
        .into_iter()
        .map(|(number, raw, wanted)| {
            let count = seen.entry(raw.clone()).and_modify(|count| *count += 1).or_insert(0);
            let wanted = wanted.map(|mut wanted| {
                wanted.key.get_or_insert_with(|| key_of_line(scope, &raw, *count));
                wanted
            });
            Line { number, wanted }
        })
        .collect();
    Ok(Batch { lines, left_out })
}

type Found = Vec<(usize, String, Result<Wanted, String>)>;

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(text: &str, format: Format) -> Vec<String> {
        let lines = read(text, format, "").unwrap().lines;
        lines.into_iter().map(|line| line.wanted.map_or_else(|e| format!("!{e}"), |w| w.task.title)).collect()
    }

    #[test]
    fn three_ways_to_write_a_list() {
        let json =
            "{\"title\":\"a\",\"priority\":1,\"tags\":[\"x\"]}\n\n{\"title\":\"b\",\"due\":\"2026-12-01\"}\n";
        assert_eq!(titles(json, Format::of(None, json)), ["a", "b"]);
        let list = "[{\"title\":\"a\"},\n {\"title\":\"b\"}]";
        assert_eq!(titles(list, Format::of(Some("x.json"), list)), ["a", "b"]);
        let csv = "title,tags,field:State\n\"a, \"\"b\"\"\",\"x; y\",Open\nc,,\n";
        assert_eq!(titles(csv, Format::of(None, csv)), ["a, \"b\"", "c"]);
        let lines = read(csv, Format::Csv, "").unwrap().lines;
        let task = &lines[0].wanted.as_ref().unwrap().task;
        assert_eq!((task.tags.len(), &task.fields[0]), (2, &("State".into(), "Open".into())));
        let markdown = "# Today\n\n- [ ] a\n  more of a\n- [x] done\n  not of a\n* b\n";
        assert_eq!(titles(markdown, Format::of(None, markdown)), ["a", "b"]);
        let lines = read(markdown, Format::Markdown, "").unwrap().lines;
        assert_eq!(lines[0].wanted.as_ref().unwrap().task.notes.as_deref(), Some("more of a"));
    }

    #[test]
    fn numbered_boxes_are_tasks_and_what_is_none_is_counted() {
        let text =
            "1. [ ] a\n10) [ ] b\n   of b\n2. [x] done\n* * *\n---\n- - -\nsome text\n3. a sentence\n- c\n";
        assert_eq!(Format::of(None, text), Format::Markdown);
        assert_eq!(titles(text, Format::Markdown), ["a", "b", "c"]);
        assert_eq!(read(text, Format::Markdown, "").unwrap().left_out, 3);
    }

    #[test]
    fn a_wrong_line_is_no_other_lines_error() {
        let found = titles("{\"title\":\"a\"}\n{\"titel\":\"b\"}\n{\"title\":\"c\"}", Format::Json);
        assert_eq!((found[0].as_str(), found[2].as_str()), ("a", "c"));
        assert!(found[1].starts_with("!not a task: unknown field `titel`"), "{}", found[1]);
        assert!(read("title,colour\na,b\n", Format::Csv, "").unwrap_err().contains("`colour`"));
        assert!(read("notes\na\n", Format::Csv, "").is_err() && read("", Format::Json, "").is_err());
        assert!(titles("title\na,b\n", Format::Csv)[0].starts_with('!'));
    }

    #[test]
    fn the_same_text_has_the_same_keys_and_a_line_twice_two() {
        let keys = |text: &str, scope: &str| -> Vec<String> {
            let lines = read(text, Format::Markdown, scope).unwrap().lines;
            lines.into_iter().map(|line| line.wanted.unwrap().key.unwrap()).collect()
        };
        let first = keys("- a\n- b\n- a\n", "");
        assert_eq!(first, keys("- a\n- b\n- a\n", ""));
        assert_ne!(first[0], first[2]);
        assert_eq!(first[..2], keys("- a\n\n- b\n", "")[..], "a line that is added changes no other key");
        assert_ne!(first[0], keys("- a\n", "linear")[0]);
    }
}

//! Many tasks in one text: JSON lines (or a JSON list), CSV with a header, or a markdown checklist. A line that is wrong is
//! that line's error. The same text gives the same keys, so that running it again creates nothing new.

use std::collections::HashMap;

use serde::Deserialize;

use super::due;
use super::mark::key_of_line;
use crate::new_task::{NewTask, Priority};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Json,
    Csv,
    Markdown,
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
        } else if first.starts_with("- ") || first.starts_with("* ") || first.starts_with('#') {
            Format::Markdown
        } else {
            Format::Csv
        }
    }
}

/// `scope` belongs into the keys: what was asked for on the command line, where it decides what a line means.
pub(crate) fn read(text: &str, format: Format, scope: &str) -> Result<Vec<Line>, String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let found = match format {
        Format::Json => json(text),
        Format::Csv => csv(text)?,
        Format::Markdown => markdown(text),
    };
    if found.is_empty() {
        return Err("there is no task in it".to_owned());
    }
    let mut seen: HashMap<String, u64> = HashMap::new();
    Ok(found
        .into_iter()
        .map(|(number, raw, wanted)| {
            let count = seen.entry(raw.clone()).and_modify(|count| *count += 1).or_insert(0);
            let wanted = wanted.map(|mut wanted| {
                wanted.key.get_or_insert_with(|| key_of_line(scope, &raw, *count));
                wanted
            });
            Line { number, wanted }
        })
        .collect())
}

type Found = Vec<(usize, String, Result<Wanted, String>)>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    title: String,
    notes: Option<String>,
    due: Option<String>,
    assignee: Option<String>,
    priority: Option<Level>,
    #[serde(default)]
    tags: Tags,
    to: Option<String>,
    #[serde(alias = "project")]
    list: Option<String>,
    parent: Option<String>,
    url: Option<String>,
    key: Option<String>,
    #[serde(default)]
    fields: std::collections::BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Level {
    Word(String),
    Number(u8),
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Tags {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

fn wanted(fields: Fields) -> Result<Wanted, String> {
    let full = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    let level = |level: Level| match level {
        Level::Word(word) if word.trim().is_empty() => Ok(None),
        Level::Word(word) => Priority::parse(&word).map(Some),
        Level::Number(number) => Priority::parse(&number.to_string()).map(Some),
    };
    let tags = match fields.tags {
        Tags::None => Vec::new(),
        Tags::One(text) => split_tags(&text),
        Tags::Many(tags) => tags,
    };
    Ok(Wanted {
        task: NewTask {
            title: fields.title,
            notes: full(fields.notes),
            due: full(fields.due).map(|text| due::parse(&text, &due::now())).transpose()?,
            assignee: full(fields.assignee),
            priority: fields.priority.map(level).transpose()?.flatten(),
            tags,
            parent: full(fields.parent),
            url: full(fields.url),
            fields: fields.fields.into_iter().collect(),
        },
        to: full(fields.to),
        list: full(fields.list),
        key: full(fields.key),
    })
}

fn split_tags(text: &str) -> Vec<String> {
    text.split([',', ';']).map(str::trim).filter(|tag| !tag.is_empty()).map(str::to_owned).collect()
}

fn json(text: &str) -> Found {
    let one = |number: usize, raw: &str| {
        let fields = serde_json::from_str::<Fields>(raw).map_err(|error| format!("not a task: {error}"));
        (number, raw.trim().to_owned(), fields.and_then(wanted))
    };
    if text.trim_start().starts_with('[') {
        return match serde_json::from_str::<Vec<Box<serde_json::value::RawValue>>>(text) {
            Ok(items) => items.iter().enumerate().map(|(at, item)| one(at + 1, item.get())).collect(),
            Err(error) => vec![(error.line(), String::new(), Err(format!("not a list of tasks: {error}")))],
        };
    }
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(at, line)| one(at + 1, line)).collect()
}

const COLUMNS: [&str; 12] = [
    "title", "notes", "due", "assignee", "priority", "tags", "to", "list", "project", "parent", "url", "key",
];

/// The header names the columns; `field:NAME` is a field of the target's own.
fn csv(text: &str) -> Result<Found, String> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header: Vec<String> = reader
        .headers()
        .map_err(|error| format!("the header cannot be read: {error}"))?
        .iter()
        .map(|name| name.trim().to_owned())
        .collect();
    let is_known = |name: &str| COLUMNS.contains(&name.to_lowercase().as_str()) || name.starts_with("field:");
    if let Some(stray) = header.iter().find(|name| !is_known(name)) {
        return Err(format!(
            "there is no column `{stray}`; the first line names: {}, field:NAME",
            COLUMNS.join(", ")
        ));
    }
    if !header.iter().any(|name| name.eq_ignore_ascii_case("title")) {
        return Err("the first line names the columns, and `title` is not among them".to_owned());
    }
    let mut found = Found::new();
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
                found.push((line, String::new(), Err(format!("cannot be read: {error}"))));
                continue;
            }
        };
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        if record.len() > header.len() {
            let words = format!("it has {} cells, and the header names {}", record.len(), header.len());
            found.push((line, String::new(), Err(words)));
            continue;
        }
        let cell = |name: &str| {
            let at = header.iter().position(|own| own.eq_ignore_ascii_case(name))?;
            record.get(at).filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let own = header.iter().zip(record.iter()).filter_map(|(name, value)| {
            let name = name.strip_prefix("field:")?;
            (!value.is_empty()).then(|| (name.to_owned(), value.to_owned()))
        });
        let fields = Fields {
            title: cell("title").unwrap_or_default(),
            notes: cell("notes"),
            due: cell("due"),
            assignee: cell("assignee"),
            priority: cell("priority").map(Level::Word),
            tags: cell("tags").map_or(Tags::None, Tags::One),
            to: cell("to"),
            list: cell("list").or_else(|| cell("project")),
            parent: cell("parent"),
            url: cell("url"),
            key: cell("key"),
            fields: own.collect(),
        };
        let raw: Vec<String> = record.iter().map(|cell| format!("{}:{cell}", cell.len())).collect();
        found.push((line, raw.join(","), wanted(fields)));
    }
    Ok(found)
}

/// `- [ ] title`; what is ticked is done and is not created. Text that is indented below an item is its notes.
fn markdown(text: &str) -> Found {
    let mut found = Found::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let indented = trimmed.len() < line.len();
        let item = ["- ", "* ", "+ "].iter().find_map(|bullet| trimmed.strip_prefix(bullet));
        match item {
            Some(item) => {
                let ticked = ["[x]", "[X]"].iter().any(|mark| item.starts_with(mark));
                let title = item.strip_prefix("[ ]").unwrap_or(item).trim();
                open = !ticked && !title.is_empty();
                if open {
                    let task = NewTask { title: title.to_owned(), ..NewTask::default() };
                    found.push((at + 1, title.to_owned(), Ok(Wanted { task, ..Wanted::default() })));
                }
            }
            None if indented && open && !trimmed.is_empty() => {
                if let Some((_, raw, Ok(wanted))) = found.last_mut() {
                    let notes = wanted.task.notes.take();
                    let notes = notes.map_or_else(String::new, |notes| format!("{notes}\n"));
                    wanted.task.notes = Some(format!("{notes}{}", trimmed.trim_end()));
                    raw.push_str(&format!("\n{trimmed}"));
                }
            }
            None => open = open && trimmed.is_empty(),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn titles(text: &str, format: Format) -> Vec<String> {
        let lines = read(text, format, "").unwrap();
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
        let lines = read(csv, Format::Csv, "").unwrap();
        let task = &lines[0].wanted.as_ref().unwrap().task;
        assert_eq!((task.tags.len(), &task.fields[0]), (2, &("State".into(), "Open".into())));
        let markdown = "# Today\n\n- [ ] a\n  more of a\n- [x] done\n  not of a\n* b\n";
        assert_eq!(titles(markdown, Format::of(None, markdown)), ["a", "b"]);
        let lines = read(markdown, Format::Markdown, "").unwrap();
        assert_eq!(lines[0].wanted.as_ref().unwrap().task.notes.as_deref(), Some("more of a"));
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
            let lines = read(text, Format::Markdown, scope).unwrap();
            lines.into_iter().map(|line| line.wanted.unwrap().key.unwrap()).collect()
        };
        let first = keys("- a\n- b\n- a\n", "");
        assert_eq!(first, keys("- a\n- b\n- a\n", ""));
        assert_ne!(first[0], first[2]);
        assert_eq!(first[..2], keys("- a\n\n- b\n", "")[..], "a line that is added changes no other key");
        assert_ne!(first[0], keys("- a\n", "linear")[0]);
    }
}

//! Tasks as CSV.

use super::Found;
use super::json::{Fields, Level, Tags, wanted};

const COLUMNS: [&str; 12] = [
    "title", "notes", "due", "assignee", "priority", "tags", "to", "list", "project", "parent", "url", "key",
];

/// The header names the columns; `field:NAME` is a field of the target's own.
pub(super) fn csv(text: &str) -> Result<Found, String> {
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

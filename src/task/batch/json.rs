//! A task as JSON: one to a line, or a list of them. What the fields mean holds for a table's cells as well.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{Found, Wanted};
use crate::new_task::{NewTask, Priority};
use crate::task::due;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub title: String,
    pub notes: Option<String>,
    pub due: Option<String>,
    pub assignee: Option<String>,
    pub priority: Option<Level>,
    #[serde(default)]
    pub tags: Tags,
    pub to: Option<String>,
    #[serde(alias = "project")]
    pub list: Option<String>,
    pub parent: Option<String>,
    pub url: Option<String>,
    pub key: Option<String>,
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Level {
    Word(String),
    Number(u8),
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
pub(super) enum Tags {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

pub(super) fn wanted(fields: Fields) -> Result<Wanted, String> {
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

pub(super) fn json(text: &str) -> Found {
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

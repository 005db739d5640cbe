//! One property of a data source, and a value as it takes it.

use serde_json::{Value, json};

use super::body::pieces;
use crate::new_task::{Due, Priority};
use crate::providers::tasks::{Target, Trouble};

#[derive(Clone, Debug, Default)]
pub(super) struct Property {
    pub name: String,
    pub kind: String,
    pub options: Vec<String>,
    /// Those that mean: done.
    pub closed: Vec<String>,
}

/// What stands for a priority among the options of a property.
fn levels(priority: Priority) -> &'static [&'static str] {
    match priority {
        Priority::Urgent => &["urgent", "critical", "highest", "very high", "p1"],
        Priority::High => &["high", "important", "p2"],
        Priority::Normal => &["normal", "medium", "p3"],
        Priority::Low => &["low", "lowest", "p4"],
    }
}

impl Property {
    pub(super) fn level(&self, priority: Priority) -> Result<String, Trouble> {
        let words = levels(priority);
        // People put signs before the words.
        let core = |option: &str| option.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let found = words.iter().find_map(|word| self.options.iter().find(|option| core(option) == *word));
        if let Some(found) = found {
            return Ok(found.clone());
        }
        Err(Trouble::Unfit(format!(
            "`{}` has no option for {}: use --field \"{}=…\" with one of: {}",
            self.name,
            priority.word(),
            self.name,
            self.options.join(", ")
        )))
    }

    pub(super) fn value(&self, text: &str, people: &[Target]) -> Result<Value, Trouble> {
        let unfit = |what: &str| Trouble::Unfit(format!("`{}` takes {what}, not `{text}`", self.name));
        Ok(match self.kind.as_str() {
            "rich_text" => json!({"rich_text": rich(text)}),
            "number" => {
                let number: serde_json::Number = text.trim().parse().map_err(|_| unfit("a number"))?;
                json!({"number": number})
            }
            "select" => named(self, text),
            "status" => {
                let known = self.options.iter().find(|option| option.to_lowercase() == text.to_lowercase());
                named(self, known.ok_or_else(|| unfit(&format!("one of: {}", self.options.join(", "))))?)
            }
            "multi_select" => {
                several(&text.split(',').map(|word| word.trim().to_owned()).collect::<Vec<_>>())?
            }
            "date" => {
                let due = Due::try_from(text.to_owned()).map_err(|_| unfit("a date (2026-12-01)"))?;
                date(&due)
            }
            "people" => {
                let person = people.iter().find(|person| person.is_called(text));
                let person = person.ok_or_else(|| unfit("a person of the workspace"))?;
                json!({"people": [{"object": "user", "id": person.id}]})
            }
            "checkbox" => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "1" => json!({"checkbox": true}),
                "false" | "no" | "0" => json!({"checkbox": false}),
                _ => return Err(unfit("yes or no")),
            },
            kind @ ("url" | "email" | "phone_number") => json!({kind: text}),
            "relation" => {
                let ids: Vec<Value> = text.split(',').map(|id| json!({"id": id.trim()})).collect();
                json!({"relation": ids})
            }
            "title" => return Err(Trouble::Unfit(format!("`{}` is the title", self.name))),
            kind => return Err(Trouble::Unfit(format!("`{}` ({kind}) cannot be set", self.name))),
        })
    }
}

pub(super) fn named(property: &Property, option: &str) -> Value {
    let known = property.options.iter().find(|known| known.to_lowercase() == option.to_lowercase());
    json!({&property.kind: {"name": known.map_or(option, String::as_str)}})
}

/// Unknown ones are made; a comma would divide one.
pub(super) fn several(words: &[String]) -> Result<Value, Trouble> {
    if let Some(bad) = words.iter().find(|word| word.contains(',') || word.is_empty()) {
        return Err(Trouble::Unfit(format!("`{bad}` is no tag: Notion's have no commas")));
    }
    let names: Vec<Value> = words.iter().map(|word| json!({"name": word})).collect();
    Ok(json!({"multi_select": names}))
}

pub(super) fn date(due: &Due) -> Value {
    match due {
        Due::Day(day) => json!({"date": {"start": day.to_string()}}),
        Due::At { at, zone, .. } => {
            let known = zone.as_deref().and_then(|name| Some((name, jiff::tz::TimeZone::get(name).ok()?)));
            match known {
                // With a zone the time has no offset.
                Some((name, zone)) => {
                    let local = zone.to_datetime(*at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
                    json!({"date": {"start": local, "time_zone": name}})
                }
                None => json!({"date": {"start": at.to_string()}}),
            }
        }
    }
}

pub(super) fn rich(text: &str) -> Vec<Value> {
    pieces(text).into_iter().map(|piece| json!({"type": "text", "text": {"content": piece}})).collect()
}

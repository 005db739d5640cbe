//! What a data source can hold: its properties by type, whatever they are called and in whatever language.

use serde_json::{Map, Value, json};

use super::property::{Property, date, named, rich, several};
use crate::new_task::Remote;
use crate::providers::tasks::{Order, Target, Trouble, items, text};

/// Among several properties of a type, those that are meant: the first name that is there.
const DUE: &[&str] =
    &["due", "due date", "deadline", "due on", "date", "when", "fällig", "fälligkeit", "fällig am"];
const PEOPLE: &[&str] =
    &["assignee", "assignees", "assigned to", "assign", "owner", "person", "responsible", "zuständig"];
const TAGS: &[&str] = &["tags", "tag", "labels", "label", "schlagwörter"];
const PRIORITY: &[&str] = &["priority", "prio", "priorität", "importance", "urgency"];
const PARENT: &[&str] = &["parent item", "parent task", "parent", "parent-task"];
const CHECKED: &[&str] = &["done", "complete", "completed", "finished", "erledigt"];

#[derive(Clone, Debug, Default)]
pub(super) struct Schema(Vec<Property>);

impl Schema {
    /// Of an answer's `properties`.
    pub(super) fn of(properties: &Value) -> Schema {
        let properties = properties.as_object().into_iter().flatten();
        let property = |(name, property): (&String, &Value)| {
            let kind = text(property, "type").unwrap_or_default();
            let options = items(property, &format!("/{kind}/options"));
            let names = |ids: &[Value]| -> Vec<String> {
                let chosen =
                    options.iter().filter(|option| option.get("id").is_some_and(|id| ids.contains(id)));
                chosen.filter_map(|option| text(option, "name")).collect()
            };
            let groups = items(property, &format!("/{kind}/groups"));
            let last = groups
                .iter()
                .find(|group| text(group, "name").as_deref() == Some("Complete"))
                .or(groups.last());
            Property {
                closed: last.map(|group| names(items(group, "/option_ids"))).unwrap_or_default(),
                options: options.iter().filter_map(|option| text(option, "name")).collect(),
                name: name.clone(),
                kind,
            }
        };
        Schema(properties.map(property).collect())
    }

    /// To be kept with the list.
    pub(super) fn detail(&self) -> Value {
        let property =
            |p: &Property| json!({"name": p.name, "type": p.kind, "options": p.options, "closed": p.closed});
        json!({"properties": self.0.iter().map(property).collect::<Vec<_>>()})
    }

    pub(super) fn known(detail: &Value) -> Option<Schema> {
        let words = |value: &Value, at: &str| {
            items(value, at).iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let property = |value: &Value| {
            Some(Property {
                name: text(value, "name")?,
                kind: text(value, "type")?,
                options: words(value, "/options"),
                closed: words(value, "/closed"),
            })
        };
        let found = detail.get("properties")?.as_array()?;
        Some(Schema(found.iter().filter_map(property).collect()))
    }

    fn of_kind(&self, kinds: &[&str]) -> Vec<&Property> {
        self.0.iter().filter(|property| kinds.contains(&property.kind.as_str())).collect()
    }

    pub(super) fn title(&self) -> Result<&str, Trouble> {
        let found = self.0.iter().find(|property| property.kind == "title");
        found.map(|property| property.name.as_str()).ok_or(Trouble::Odd)
    }

    pub(super) fn is_people(&self, name: &str) -> bool {
        self.called(name).is_some_and(|property| property.kind == "people")
    }

    fn called(&self, name: &str) -> Option<&Property> {
        let exact = self.0.iter().find(|property| property.name == name);
        exact.or_else(|| self.0.iter().find(|property| property.name.to_lowercase() == name.to_lowercase()))
    }

    /// The property that is meant: by its name, else the only one of its type.
    fn meant(
        &self,
        kinds: &[&str],
        names: &[&str],
        needs_name: bool,
        what: &str,
    ) -> Result<&Property, Trouble> {
        let found = self.of_kind(kinds);
        let by_name = names.iter().find_map(|name| {
            found.iter().find(|property| property.name.trim().to_lowercase() == *name).copied()
        });
        let only = || match found.as_slice() {
            [one] if !needs_name => Some(*one),
            _ => None,
        };
        by_name.or_else(only).ok_or_else(|| {
            let known: Vec<&str> = found.iter().map(|property| property.name.as_str()).collect();
            Trouble::Unfit(match known.is_empty() {
                true => format!("this data source has no property for {what}"),
                false => format!("which property is {what}? use --field NAME=VALUE: {}", known.join(", ")),
            })
        })
    }

    pub(super) fn values(&self, order: &Order<'_>, people: &[Target]) -> Result<Value, Trouble> {
        let task = order.task;
        let mut values = Map::new();
        let mut put = |property: &Property, value: Value| drop(values.insert(property.name.clone(), value));
        if let Some(due) = &task.due {
            put(self.meant(&["date"], DUE, false, "a due date")?, date(due));
        }
        if let Some(person) = order.assignee {
            let property = self.meant(&["people"], PEOPLE, false, "an assignee")?;
            put(property, json!({"people": [{"object": "user", "id": person.id}]}));
        }
        if let Some(priority) = task.priority {
            let property = self.meant(&["select", "status"], PRIORITY, true, "a priority")?;
            put(property, named(property, &property.level(priority)?));
        }
        if !task.tags.is_empty() {
            put(self.meant(&["multi_select"], TAGS, false, "tags")?, several(&task.tags)?);
        }
        if let Some(parent) = &task.parent {
            put(
                self.meant(&["relation"], PARENT, true, "a parent task")?,
                json!({"relation": [{"id": parent}]}),
            );
        }
        for (name, value) in &task.fields {
            let property = self.called(name).ok_or_else(|| {
                let known: Vec<&str> = self.0.iter().map(|property| property.name.as_str()).collect();
                Trouble::Unfit(format!("there is no property `{name}`; there are: {}", known.join(", ")))
            })?;
            put(property, property.value(value, people)?);
        }
        // Last, so that no field takes its place.
        values.insert(self.title()?.to_owned(), json!({"title": rich(&task.title)}));
        Ok(Value::Object(values))
    }

    /// What makes it done.
    pub(super) fn done(&self) -> Result<Value, Trouble> {
        if let Some((status, option)) =
            self.of_kind(&["status"]).iter().find_map(|status| Some((*status, status.closed.first()?)))
        {
            return Ok(json!({&status.name: {"status": {"name": option}}}));
        }
        let checkbox = self.meant(&["checkbox"], CHECKED, true, "being done");
        checkbox.map(|property| json!({&property.name: {"checkbox": true}}))
    }

    pub(super) fn remote(&self, page: &Value) -> Option<Remote> {
        let is_gone =
            ["in_trash", "archived"].iter().any(|field| page.get(*field) == Some(&Value::Bool(true)));
        let own = page.get("properties").and_then(Value::as_object);
        let of = |property: &Property| own.and_then(|own| own.get(&property.name));
        let title =
            own.and_then(|own| own.values().find(|value| text(value, "type").as_deref() == Some("title")));
        let status = self.of_kind(&["status"]).into_iter().next();
        let done = match status {
            Some(status) => {
                let now =
                    of(status).and_then(|value| value.get("status")).and_then(|value| text(value, "name"));
                now.is_some_and(|now| status.closed.contains(&now))
            }
            None => self.meant(&["checkbox"], CHECKED, true, "").is_ok_and(|property| {
                of(property).and_then(|value| value.get("checkbox")) == Some(&Value::Bool(true))
            }),
        };
        let due = self.meant(&["date"], DUE, false, "").ok().and_then(of);
        let due = due.and_then(|value| text(value.get("date")?, "start"));
        Some(Remote {
            id: text(page, "id").filter(|_| !is_gone)?,
            title: title.map(|value| plain(items(value, "/title"))).unwrap_or_default(),
            url: text(page, "url"),
            done,
            due,
        })
    }
}

/// The text of a rich text.
pub(super) fn plain(pieces: &[Value]) -> String {
    let own = |piece: &Value| {
        text(piece, "plain_text").or_else(|| piece.get("text").and_then(|inner| text(inner, "content")))
    };
    pieces.iter().filter_map(own).collect()
}

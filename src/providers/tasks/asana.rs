//! Asana. A task is in projects, or in nobody's: then it is in the list of whom it is assigned to. `external` ids would
//! tell a second try, and only apps may use them, pasted tokens not: our mark stands below the notes.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, choice, html, items,
    mark, prose, put, since, targets_of, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Due, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "project",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: false,
    tags: Tags::Known,
    parent: true,
    url: false,
    fields: true,
    longest_title: Limit::Characters(1_024),
    longest_notes: Limit::Characters(60_000),
    once: Once::Marker { settles: Duration::from_secs(3) },
};

/// A workspace takes tasks too: those that are in no project.
pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let workspaces = line.all(line.get("/workspaces?limit=100", &[])?, "data").await?;
    let mut found = Vec::new();
    for workspace in targets_of(&workspaces, Part::List, "gid", "name") {
        let projects = line.get("/projects?limit=100&archived=false&workspace={}", &[&workspace.id])?;
        let projects = targets_of(&line.all(projects, "data").await?, Part::List, "gid", "name").into_iter();
        found.extend(projects.map(|project| project.within(Some(&workspace.id))));
        found.push(workspace);
    }
    Ok(found)
}

/// The workspace of a list; the list itself where it is one.
fn workspace(list: &Target) -> &str {
    list.within.as_deref().unwrap_or(&list.id)
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let Some(workspace) = list.map(workspace) else { return Ok(Vec::new()) };
    let found = match part {
        Part::Person => {
            let request = line.get("/users?limit=100&opt_fields=name,email&workspace={}", &[workspace])?;
            let person = |item: &Value| {
                let person = Target::new(Part::Person, text(item, "gid")?, text(item, "name")?);
                Some(person.alias(text(item, "email").as_deref()))
            };
            line.all(request, "data").await?.iter().filter_map(person).collect()
        }
        Part::Tag => {
            let tags = line.all(line.get("/tags?limit=100&workspace={}", &[workspace])?, "data").await?;
            targets_of(&tags, Part::Tag, "gid", "name")
        }
        Part::Folder | Part::List => Vec::new(),
    };
    Ok(found.into_iter().map(|target| target.within(Some(workspace))).collect())
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let list = order.list.ok_or_else(|| Trouble::Unfit("a task needs a project or a workspace".into()))?;
    let mut data = json!({"name": task.title, "html_notes": notes(order)});
    let mut assignee = order.assignee.map(|person| person.id.clone());
    match &list.within {
        Some(_) => put(&mut data, "projects", Some(vec![list.id.clone()])),
        None => {
            put(&mut data, "workspace", Some(list.id.clone()));
            // In no project and nobody's it would be nowhere.
            assignee = assignee.or_else(|| Some("me".to_owned()));
        }
    }
    put(&mut data, "assignee", assignee);
    put(&mut data, "parent", task.parent.clone());
    match &task.due {
        Some(Due::Day(day)) => put(&mut data, "due_on", Some(day.to_string())),
        Some(Due::At { at, .. }) => put(&mut data, "due_at", Some(at.to_string())),
        None => {}
    }
    let tags: Vec<&str> = order.tags.iter().map(|tag| tag.id.as_str()).collect();
    put(&mut data, "tags", (!tags.is_empty()).then_some(tags));
    if !task.fields.is_empty() {
        put(&mut data, "custom_fields", Some(fields(line, list, &task.fields).await?));
    }
    line.post("/tasks", &[], &json!({"data": data}))
}

fn notes(order: &Order<'_>) -> String {
    let notes = order.notes.as_deref().unwrap_or_default();
    let above = html::html(&prose::blocks(notes), false);
    let space = if above.is_empty() { "" } else { "\n\n" };
    format!("<body>{above}{space}{}</body>", mark(order))
}

/// The custom fields of a project, by their names.
async fn fields(line: &Line<'_>, list: &Target, wanted: &[(String, String)]) -> Result<Value, Trouble> {
    if list.within.is_none() {
        return Err(Trouble::Unfit("fields belong to a project: name one".into()));
    }
    let path = "/projects/{}/custom_field_settings?limit=100&\
        opt_fields=custom_field.name,custom_field.resource_subtype,custom_field.enum_options.name";
    let known = line.all(line.get(path, &[&list.id])?, "data").await?;
    let mut values = json!({});
    for (name, value) in wanted {
        let called = |item: &Value| {
            item.pointer("/custom_field/name").and_then(Value::as_str).unwrap_or("").to_owned()
        };
        let named: Vec<(String, &Value)> = known.iter().map(|item| (called(item), item)).collect();
        let (_, setting) = choice("field", name, &named, |(name, _)| name)?;
        let field = setting.get("custom_field").ok_or(Trouble::Odd)?;
        let id = text(field, "gid").ok_or(Trouble::Odd)?;
        let options = items(field, "/enum_options");
        let option = |wanted: &str| -> Result<Value, Trouble> {
            let found =
                choice("option", wanted, options, |o| o.get("name").and_then(Value::as_str).unwrap_or(""))?;
            Ok(json!(text(found, "gid")))
        };
        let unfit = |what: &str| Trouble::Unfit(format!("`{name}` takes {what}, not `{value}`"));
        let kind = text(field, "resource_subtype").unwrap_or_default();
        let value = match kind.as_str() {
            "text" => json!(value),
            "number" => json!(value.parse::<serde_json::Number>().map_err(|_| unfit("a number"))?),
            "enum" => option(value)?,
            "multi_enum" => {
                Value::Array(value.split(',').map(|one| option(one.trim())).collect::<Result<_, Trouble>>()?)
            }
            "date" => match Due::try_from(value.clone()) {
                Ok(Due::Day(day)) => json!({"date": day.to_string()}),
                Ok(Due::At { at, .. }) => json!({"date_time": at.to_string()}),
                Err(_) => return Err(unfit("a date (2026-12-01)")),
            },
            _ => return Err(Trouble::Unfit(format!("`{name}` ({kind}) cannot be set"))),
        };
        put(&mut values, &id, Some(value));
    }
    Ok(values)
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    made(body.get("data").filter(|_| status.is_success())?)
}

fn made(task: &Value) -> Option<Created> {
    let id = text(task, "gid")?;
    let url = text(task, "permalink_url").unwrap_or_else(|| format!("https://app.asana.com/0/0/{id}"));
    Some(Created { id, url: Some(url) })
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    let since = clock::rfc3339(since(order));
    let request = match &list.within {
        Some(_) => {
            let path = "/tasks?limit=100&opt_fields=notes,permalink_url&modified_since={}&project={}";
            line.get(path, &[&since, &list.id])?
        }
        None => {
            let path =
                "/tasks?limit=100&opt_fields=notes,permalink_url&modified_since={}&workspace={}&assignee={}";
            let assignee = order.assignee.map_or("me", |person| person.id.as_str());
            line.get(path, &[&since, &list.id, assignee])?
        }
    };
    let asked = request.url.to_string();
    let tasks = line.listed(&[&asked], async || line.all(request, "data").await).await?;
    let mark = mark(order);
    let ours = tasks.iter().find(|task| text(task, "notes").is_some_and(|notes| notes.contains(&mark)));
    Ok(ours.and_then(made))
}

const SHOWN: &str = "opt_fields=name,permalink_url,completed,due_on,due_at";

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let answer = line.ask(line.get(&format!("/tasks/{{}}?{SHOWN}"), &[known.id])?).await?;
    Ok(answer.get("data").and_then(remote))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let change = json!({"data": {"completed": true}});
    line.ask(line.send_json(Method::PUT, "/tasks/{}", &[known.id], &change)?).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let list = list.ok_or_else(|| Trouble::Unfit("which project? integ task targets lists them".into()))?;
    let open = format!("/tasks?limit=100&completed_since=now&{SHOWN}");
    let request = match &list.within {
        Some(_) => line.get(&format!("{open}&project={{}}"), &[&list.id])?,
        None => line.get(&format!("{open}&assignee=me&workspace={{}}"), &[&list.id])?,
    };
    Ok(line.all(request, "data").await?.iter().filter_map(remote).collect())
}

fn remote(task: &Value) -> Option<Remote> {
    Some(Remote {
        id: text(task, "gid")?,
        title: text(task, "name").unwrap_or_default(),
        url: text(task, "permalink_url"),
        done: task.get("completed").and_then(Value::as_bool).unwrap_or(false),
        due: text(task, "due_at").or_else(|| text(task, "due_on")),
    })
}

//! ClickUp. Lists are in folders, folders in spaces, spaces in workspaces. Nothing in the API tells a second try from a
//! second task: our mark stands below the description, and the list is looked through for it.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, choice, due_ms, items,
    mark, marked, put, since, text,
};
use crate::http::Request;
use crate::new_task::{Created, Due, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "list",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: true,
    tags: Tags::Free,
    parent: true,
    url: false,
    fields: true,
    longest_title: Limit::Characters(2_000),
    longest_notes: Limit::Characters(100_000),
    once: Once::Marker { settles: Duration::from_secs(3) },
};

/// A longer listing is not read to its end (pages of a hundred).
const MOST_PAGES: usize = 100;

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let mut found = Vec::new();
    let named = |part, item: &Value| Some(Target::new(part, text(item, "id")?, text(item, "name")?));
    for team in line.all(line.get("/v2/team", &[])?, "teams").await? {
        let Some(team) = named(Part::Folder, &team) else { continue };
        let spaces = line.get("/v2/team/{}/space?archived=false", &[&team.id])?;
        for space in line.all(spaces, "spaces").await? {
            let Some(space) = named(Part::Folder, &space) else { continue };
            let folders = line.get("/v2/space/{}/folder?archived=false", &[&space.id])?;
            for item in line.all(folders, "folders").await? {
                let Some(folder) = named(Part::Folder, &item) else { continue };
                let lists = items(&item, "/lists").iter().filter_map(|list| named(Part::List, list));
                found.extend(lists.map(|list| list.within(Some(&folder.id))));
                found.push(folder.within(Some(&space.id)));
            }
            let lists =
                line.all(line.get("/v2/space/{}/list?archived=false", &[&space.id])?, "lists").await?;
            let lists = lists.iter().filter_map(|list| named(Part::List, list));
            found.extend(lists.map(|list| list.within(Some(&space.id))));
            found.push(space.within(Some(&team.id)));
        }
        found.push(team);
    }
    Ok(found)
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let (Part::Person, Some(list)) = (part, list) else { return Ok(Vec::new()) };
    let found = line.all(line.get("/v2/list/{}/member", &[&list.id])?, "members").await?;
    let person = |item: &Value| {
        let address = text(item, "email");
        let name = text(item, "username").or_else(|| address.clone())?;
        let person = Target::new(Part::Person, text(item, "id")?, name);
        Some(person.alias(address.as_deref()).within(Some(&list.id)))
    };
    Ok(found.iter().filter_map(person).collect())
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let list = order.list.ok_or_else(|| Trouble::Unfit("a task needs a list".into()))?;
    let mut body = json!({"name": task.title, "markdown_content": marked(order)});
    if let Some(due) = &task.due {
        put(&mut body, "due_date", Some(due_ms(due)));
        put(&mut body, "due_date_time", Some(matches!(due, Due::At { .. })));
    }
    if let Some(person) = order.assignee {
        let id: i64 =
            person.id.parse().map_err(|_| Trouble::Unfit(format!("`{}` is no id of a person", person.id)))?;
        put(&mut body, "assignees", Some(vec![id]));
    }
    put(&mut body, "priority", task.priority.map(level));
    put(&mut body, "tags", (!task.tags.is_empty()).then(|| task.tags.clone()));
    put(&mut body, "parent", task.parent.clone());
    let mut own = Vec::new();
    let mut known: Option<Vec<Value>> = None;
    for (name, value) in &task.fields {
        if name.eq_ignore_ascii_case("status") {
            put(&mut body, "status", Some(value.clone()));
            continue;
        }
        if known.is_none() {
            known = Some(line.all(line.get("/v2/list/{}/field", &[&list.id])?, "fields").await?);
        }
        let known = known.as_deref().unwrap_or_default();
        let field =
            choice("field", name, known, |field| field.get("name").and_then(Value::as_str).unwrap_or(""))?;
        own.push(
            json!({"id": text(field, "id").ok_or(Trouble::Odd)?, "value": field_value(field, name, value)?}),
        );
    }
    put(&mut body, "custom_fields", (!own.is_empty()).then_some(own));
    line.post("/v2/list/{}/task", &[&list.id], &body)
}

/// A value as its field wants it.
fn field_value(field: &Value, name: &str, value: &str) -> Result<Value, Trouble> {
    let unfit = |what: &str| Trouble::Unfit(format!("`{name}` takes {what}, not `{value}`"));
    let options = items(field, "/type_config/options");
    let kind = text(field, "type").unwrap_or_default();
    Ok(match kind.as_str() {
        "text" | "short_text" | "url" | "email" | "phone" => json!(value),
        "number" | "currency" => json!(value.parse::<serde_json::Number>().map_err(|_| unfit("a number"))?),
        "checkbox" => match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => return Err(unfit("yes or no")),
        },
        "drop_down" => {
            let option =
                choice("option", value, options, |o| o.get("name").and_then(Value::as_str).unwrap_or(""))?;
            json!(text(option, "id"))
        }
        "labels" => {
            let labels = value.split(',').map(|label| {
                let label = choice("label", label.trim(), options, |o| {
                    o.get("label").and_then(Value::as_str).unwrap_or("")
                })?;
                Ok(json!(text(label, "id")))
            });
            Value::Array(labels.collect::<Result<_, Trouble>>()?)
        }
        "date" => {
            let due = Due::try_from(value.to_owned()).map_err(|_| unfit("a date (2026-12-01)"))?;
            json!(due_ms(&due))
        }
        _ => return Err(Trouble::Unfit(format!("`{name}` ({kind}) cannot be set"))),
    })
}

fn level(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 1,
        Priority::High => 2,
        Priority::Normal => 3,
        Priority::Low => 4,
    }
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    let url = text(body, "url").unwrap_or_else(|| format!("https://app.clickup.com/t/{id}"));
    Some(Created { id, url: Some(url) })
}

/// All pages of a listing of tasks: they are counted, and the last one says so.
async fn tasks(line: &Line<'_>, path: &str, parts: &[&str]) -> Result<Vec<Value>, Trouble> {
    let mut found = Vec::new();
    for page in 0..MOST_PAGES {
        let mut parts = parts.to_vec();
        let number = page.to_string();
        parts.push(&number);
        let answer = line.ask(line.get(&format!("{path}&page={{}}"), &parts)?).await?;
        let own = answer.get("tasks").and_then(Value::as_array).ok_or(Trouble::Odd)?;
        found.extend(own.iter().cloned());
        if own.is_empty() || answer.get("last_page") == Some(&Value::Bool(true)) {
            break;
        }
    }
    Ok(found)
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    let since = since(order).saturating_mul(1_000).to_string();
    let path = "/v2/list/{}/task?include_closed=true&subtasks=true&include_markdown_description=true&date_created_gt={}";
    let what = [list.id.as_str(), &since];
    let (found, mark) = (line.listed(&what, async || tasks(line, path, &what).await).await?, mark(order));
    let holds = |task: &&Value| {
        ["markdown_description", "description", "text_content"]
            .iter()
            .any(|field| text(task, field).is_some_and(|own| own.contains(&mark)))
    };
    Ok(found.iter().find(holds).and_then(|task| created(StatusCode::OK, task)))
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    Ok(remote(&line.ask(line.get("/v2/task/{}", &[known.id])?).await?))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let task = line.ask(line.get("/v2/task/{}", &[known.id])?).await?;
    if remote(&task).is_some_and(|remote| remote.done) {
        return Ok(());
    }
    let list = task.get("list").and_then(|list| text(list, "id")).ok_or(Trouble::Odd)?;
    let list = line.ask(line.get("/v2/list/{}", &[&list])?).await?;
    let closed = items(&list, "/statuses").iter().rfind(|status| is_closed(status));
    let status = closed.and_then(|status| text(status, "status"));
    let status = status.ok_or_else(|| Trouble::Unfit("its list has no status that means done".into()))?;
    let change = line.send_json(Method::PUT, "/v2/task/{}", &[known.id], &json!({"status": status}))?;
    line.ask(change).await.map(drop)
}

fn is_closed(status: &Value) -> bool {
    matches!(status.get("type").and_then(Value::as_str), Some("closed" | "done"))
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let list = list.ok_or_else(|| Trouble::Unfit("which list? integ task targets lists them".into()))?;
    let found = tasks(line, "/v2/list/{}/task?subtasks=true", &[&list.id]).await?;
    Ok(found.iter().filter_map(remote).filter(|remote| !remote.done).collect())
}

fn remote(task: &Value) -> Option<Remote> {
    let due = text(task, "due_date").and_then(|ms| ms.parse::<i64>().ok());
    let due = due.and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    Some(Remote {
        id: text(task, "id")?,
        title: text(task, "name").unwrap_or_default(),
        url: text(task, "url"),
        done: task.get("status").is_some_and(is_closed),
        due: due.map(|due| due.to_string()),
    })
}

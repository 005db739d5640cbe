//! Todoist, API v1. A request is known again by its `X-Request-Id`; how long is not written anywhere.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, put, targets_of, text,
};
use crate::http::Request;
use crate::new_task::{Created, Due, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "project",
    needs_list: false,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: true,
    tags: Tags::Free,
    parent: true,
    url: false,
    fields: false,
    longest_title: Limit::Characters(500),
    longest_notes: Limit::Characters(16_383),
    once: Once::Key { life: Duration::from_secs(1_800) },
};

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let projects = line.all(line.get("/projects?limit=200", &[])?, "results").await?;
    Ok(targets_of(&projects, Part::List, "id", "name"))
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let (Part::Person, Some(list)) = (part, list) else { return Ok(Vec::new()) };
    let found = line.all(line.get("/projects/{}/collaborators?limit=200", &[&list.id])?, "results").await?;
    let person = |item: &Value| {
        let address = text(item, "email");
        let found = Target::new(Part::Person, text(item, "id")?, text(item, "name")?);
        Some(found.alias(address.as_deref()).within(Some(&list.id)))
    };
    Ok(found.iter().filter_map(person).collect())
}

pub(super) fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let mut body = json!({"content": task.title});
    put(&mut body, "description", order.notes.clone());
    put(&mut body, "project_id", order.list.map(|list| list.id.clone()));
    put(&mut body, "assignee_id", order.assignee.map(|person| person.id.clone()));
    put(&mut body, "parent_id", task.parent.clone());
    put(&mut body, "priority", task.priority.map(level));
    put(&mut body, "labels", (!task.tags.is_empty()).then(|| task.tags.clone()));
    match &task.due {
        Some(Due::Day(day)) => put(&mut body, "due_date", Some(day.to_string())),
        Some(Due::At { at, .. }) => put(&mut body, "due_datetime", Some(at.to_string())),
        None => {}
    }
    Ok(line.post("/tasks", &[], &body)?.header("x-request-id", order.mark))
}

/// 4 is the most urgent.
fn level(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 4,
        Priority::High => 3,
        Priority::Normal => 2,
        Priority::Low => 1,
    }
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    Some(Created { url: Some(page(&id)), id })
}

/// The answers have no address.
fn page(id: &str) -> String {
    format!("https://app.todoist.com/app/task/{id}")
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    Ok(remote(&line.ask(line.get("/tasks/{}", &[known.id])?).await?))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    line.ask(line.post("/tasks/{}/close", &[known.id], &json!({}))?).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let request = match list {
        Some(list) => line.get("/tasks?limit=200&project_id={}", &[&list.id])?,
        None => line.get("/tasks?limit=200", &[])?,
    };
    Ok(line.all(request, "results").await?.iter().filter_map(remote).collect())
}

fn remote(item: &Value) -> Option<Remote> {
    let id = text(item, "id")?;
    Some(Remote {
        title: text(item, "content").unwrap_or_default(),
        url: Some(page(&id)),
        done: item.get("checked").and_then(Value::as_bool).unwrap_or(false),
        due: item.get("due").and_then(|due| text(due, "date")),
        id,
    })
}

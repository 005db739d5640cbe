//! Microsoft To Do. A task can point at where it came from (`linkedResources`): our mark is the id that it has there.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, put, since, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "list",
    needs_list: false,
    notes: Notes::Plain,
    due: Dues::Day,
    assignee: false,
    priority: true,
    tags: Tags::Free,
    parent: false,
    url: true,
    fields: false,
    longest_title: Limit::Utf16(255),
    longest_notes: Limit::Utf16(60_000),
    once: Once::Marker { settles: Duration::from_secs(5) },
};

async fn lists(line: &Line<'_>) -> Result<Vec<Value>, Trouble> {
    line.all(line.get("/me/todo/lists?$top=100", &[])?, "value").await
}

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let list = |item: &Value| {
        let is_mail = text(item, "wellknownListName").as_deref() == Some("flaggedEmails");
        let list = Target::new(Part::List, text(item, "id")?, text(item, "displayName")?);
        // Flagged mail is a list that takes no tasks.
        (!is_mail).then_some(list)
    };
    Ok(lists(line).await?.iter().filter_map(list).collect())
}

/// The id of the list, or of the one that everybody has.
async fn list_id(line: &Line<'_>, id: Option<&str>) -> Result<String, Trouble> {
    if let Some(id) = id {
        return Ok(id.to_owned());
    }
    let lists = lists(line).await?;
    let usual = lists.iter().find(|item| text(item, "wellknownListName").as_deref() == Some("defaultList"));
    usual.and_then(|item| text(item, "id")).ok_or(Trouble::Odd)
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let mut origin = json!({"applicationName": "integ", "displayName": task.title, "externalId": order.mark});
    put(&mut origin, "webUrl", task.url.clone());
    let mut body = json!({"title": task.title, "linkedResources": [origin]});
    put(
        &mut body,
        "body",
        order.notes.as_ref().map(|notes| json!({"content": notes, "contentType": "text"})),
    );
    let due = |day| json!({"dateTime": format!("{day}T00:00:00"), "timeZone": "UTC"});
    put(&mut body, "dueDateTime", task.due.as_ref().map(|own| due(own.day())));
    put(&mut body, "importance", task.priority.map(importance));
    put(&mut body, "categories", (!task.tags.is_empty()).then(|| task.tags.clone()));
    let list = list_id(line, order.list.map(|list| list.id.as_str())).await?;
    line.post("/me/todo/lists/{}/tasks", &[&list], &body)
}

/// Three levels: nothing is above high.
fn importance(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent | Priority::High => "high",
        Priority::Normal => "normal",
        Priority::Low => "low",
    }
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    Some(Created { url: Some(page(&id)), id })
}

/// The answers have no address.
fn page(id: &str) -> String {
    format!("https://to-do.office.com/tasks/id/{id}/details")
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let list = list_id(line, order.list.map(|list| list.id.as_str())).await?;
    let all = async || line.all(line.get("/me/todo/lists/{}/tasks?$top=100", &[&list])?, "value").await;
    let tasks = line.listed(&[&list], all).await?;
    let is_young = |task: &&Value| {
        let at = text(task, "createdDateTime").and_then(|at| clock::parse(&at));
        at.is_none_or(|at| at >= since(order))
    };
    let alike = |task: &&Value| text(task, "title").as_deref() == Some(order.task.title.as_str());
    for task in tasks.iter().filter(alike).filter(is_young) {
        let Some(id) = text(task, "id") else { continue };
        let origins = line.get("/me/todo/lists/{}/tasks/{}/linkedResources", &[&list, &id])?;
        let origins = line.all(origins, "value").await?;
        if origins.iter().any(|origin| text(origin, "externalId").as_deref() == Some(order.mark)) {
            return Ok(created(StatusCode::OK, task));
        }
    }
    Ok(None)
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let list = list_id(line, known.list).await?;
    Ok(remote(&line.ask(line.get("/me/todo/lists/{}/tasks/{}", &[&list, known.id])?).await?))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let list = list_id(line, known.list).await?;
    let change = json!({"status": "completed"});
    let request = line.send_json(Method::PATCH, "/me/todo/lists/{}/tasks/{}", &[&list, known.id], &change)?;
    line.ask(request).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let list = list_id(line, list.map(|list| list.id.as_str())).await?;
    let found = line.all(line.get("/me/todo/lists/{}/tasks?$top=100", &[&list])?, "value").await?;
    Ok(found.iter().filter_map(remote).filter(|remote| !remote.done).collect())
}

fn remote(task: &Value) -> Option<Remote> {
    let id = text(task, "id")?;
    let due = task.get("dueDateTime").and_then(|due| text(due, "dateTime"));
    Some(Remote {
        title: text(task, "title").unwrap_or_default(),
        url: Some(page(&id)),
        done: text(task, "status").as_deref() == Some("completed"),
        due: due.map(|due| due.chars().take(10).collect()),
        id,
    })
}

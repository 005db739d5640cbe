//! Google Tasks. Nothing in the API tells a second try from a second task: our mark stands below the notes, and is looked
//! for in the list.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, mark, marked, put,
    since, targets_of, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "list",
    needs_list: false,
    notes: Notes::Plain,
    due: Dues::Day,
    assignee: false,
    priority: false,
    tags: Tags::None,
    parent: true,
    url: false,
    fields: false,
    longest_title: Limit::Characters(1_024),
    // 8192, and our mark is among it.
    longest_notes: Limit::Characters(8_100),
    once: Once::Marker { settles: Duration::from_secs(5) },
};

/// The list that everybody has.
const DEFAULT: &str = "@default";

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let lists = line.all(line.get("/users/@me/lists?maxResults=1000", &[])?, "items").await?;
    Ok(targets_of(&lists, Part::List, "id", "title"))
}

pub(super) fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let mut body = json!({"title": task.title, "notes": marked(order)});
    put(&mut body, "due", task.due.as_ref().map(|due| format!("{}T00:00:00.000Z", due.day())));
    let list = list_id(order.list);
    match &task.parent {
        Some(parent) => line.post("/lists/{}/tasks?parent={}", &[list, parent], &body),
        None => line.post("/lists/{}/tasks", &[list], &body),
    }
}

fn list_id(list: Option<&Target>) -> &str {
    list.map_or(DEFAULT, |list| list.id.as_str())
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    Some(Created { id, url: text(body, "webViewLink") })
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let since = clock::rfc3339(since(order));
    let path =
        "/lists/{}/tasks?maxResults=100&showCompleted=true&showHidden=true&showDeleted=true&updatedMin={}";
    let what = [list_id(order.list), &since];
    let tasks = line.listed(&what, async || line.all(line.get(path, &what)?, "items").await).await?;
    let mark = mark(order);
    let ours = tasks.iter().find(|task| text(task, "notes").is_some_and(|notes| notes.contains(&mark)));
    Ok(ours.and_then(|task| created(StatusCode::OK, task)))
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let item = line.ask(line.get("/lists/{}/tasks/{}", &[known.list.unwrap_or(DEFAULT), known.id])?).await?;
    let is_deleted = item.get("deleted").and_then(Value::as_bool).unwrap_or(false);
    Ok(remote(&item).filter(|_| !is_deleted))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let ids = [known.list.unwrap_or(DEFAULT), known.id];
    let request =
        line.send_json(Method::PATCH, "/lists/{}/tasks/{}", &ids, &json!({"status": "completed"}))?;
    line.ask(request).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let request = line.get("/lists/{}/tasks?maxResults=100&showCompleted=false", &[list_id(list)])?;
    Ok(line.all(request, "items").await?.iter().filter_map(remote).collect())
}

fn remote(item: &Value) -> Option<Remote> {
    Some(Remote {
        id: text(item, "id")?,
        title: text(item, "title").unwrap_or_default(),
        url: text(item, "webViewLink"),
        done: item.get("status").and_then(Value::as_str) == Some("completed"),
        due: text(item, "due").map(|due| due.chars().take(10).collect()),
    })
}

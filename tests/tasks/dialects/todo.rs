use serde_json::{Value, json};

use super::{conforms, missing};
use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const TODO: Dialect = Dialect { provider: "microsoft", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path.starts_with("/v1.0/me/todo/lists/") && path.ends_with("/tasks")
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/v1.0/me").trim_start_matches('/').split('/').collect();
    let own = |play: &Play, list: &str| {
        play.tasks.iter().filter(|task| task["list"] == list).cloned().collect::<Vec<_>>()
    };
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", [""]) => (200, json!({"id": play.account, "displayName": "Anna", "mail": "a@x.example"})),
        ("GET", ["todo", "lists"]) => (
            200,
            json!({"value": [
                {"id": "L0", "displayName": "Flagged email", "wellknownListName": "flaggedEmails"},
                {"id": "L1==", "displayName": "Tasks", "wellknownListName": "defaultList"},
                {"id": "L2", "displayName": "Work", "wellknownListName": "none"}]}),
        ),
        ("POST", ["todo", "lists", list, "tasks"]) => create(play, asked, &list.replace("%3D", "=")),
        ("GET", ["todo", "lists", list, "tasks"]) => {
            (200, json!({"value": own(play, &list.replace("%3D", "="))}))
        }
        ("GET", ["todo", "lists", list, "tasks", id, "linkedResources"]) => {
            let tasks = own(play, &list.replace("%3D", "="));
            match tasks.iter().find(|task| task["id"] == *id) {
                Some(task) => (200, json!({"value": task["linkedResources"]})),
                None => missing(),
            }
        }
        ("GET", ["todo", "lists", _, "tasks", id]) => {
            match play.tasks.iter().find(|task| task["id"] == *id) {
                Some(task) => (200, task.clone()),
                None => missing(),
            }
        }
        ("PATCH", ["todo", "lists", _, "tasks", id]) => {
            let change = asked.json();
            play.must(change == json!({"status": "completed"}), "the change of a status");
            match play.tasks.iter_mut().find(|task| task["id"] == *id) {
                Some(task) => {
                    task["status"] = change["status"].clone();
                    (200, task.clone())
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked, list: &str) -> (u16, Value) {
    let mut task = asked.json();
    conforms(
        play,
        "task",
        &task,
        &[
            ("title", "string"),
            ("body", "object"),
            ("categories", "array"),
            ("dueDateTime", "object"),
            ("importance", "string"),
            ("linkedResources", "array"),
        ],
    );
    let importance = task["importance"].as_str().unwrap_or("normal");
    play.must(["low", "normal", "high"].contains(&importance), "importance");
    if !task["body"].is_null() {
        conforms(play, "body", &task["body"], &[("content", "string"), ("contentType", "string")]);
    }
    if !task["dueDateTime"].is_null() {
        conforms(play, "due", &task["dueDateTime"], &[("dateTime", "string"), ("timeZone", "string")]);
    }
    let resource = [
        ("applicationName", "string"),
        ("displayName", "string"),
        ("externalId", "string"),
        ("webUrl", "string"),
    ];
    conforms(play, "linkedResource", &task["linkedResources"][0], &resource);
    task["id"] = json!(play.next_id());
    task["list"] = json!(list);
    task["status"] = json!("notStarted");
    task["createdDateTime"] = json!("2999-01-01T00:00:00Z");
    play.tasks.push(task.clone());
    (201, task)
}

use serde_json::{Value, json};

use super::{conforms, missing, query};
use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const ASANA: Dialect = Dialect { provider: "asana", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/api/1.0/tasks"
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/api/1.0/").split('/').collect();
    let page = |data: Value| (200, json!({"data": data, "next_page": null}));
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["users", "me"]) => (
            200,
            json!({"data": {"gid": play.account, "name": "Anna", "email": "a@x.example", "workspaces": [{"name": "Acme"}]}}),
        ),
        ("GET", ["workspaces"]) => page(json!([{"gid": "1", "name": "Acme"}])),
        // A page is one project long, so that pages are followed.
        ("GET", ["projects"]) => match query(asked, "offset") {
            None => (
                200,
                json!({"data": [{"gid": "21", "name": "Offers"}], "next_page": {"offset": "o2", "path": "/", "uri": "/"}}),
            ),
            Some(_) => page(json!([{"gid": "22", "name": "Site"}])),
        },
        ("GET", ["users"]) => page(json!([{"gid": "31", "name": "Ben", "email": "ben@x.example"}])),
        ("GET", ["tags"]) => page(json!([{"gid": "41", "name": "home"}])),
        ("GET", ["projects", _, "custom_field_settings"]) => page(json!([
            {"custom_field": {"gid": "51", "name": "Priority", "resource_subtype": "enum", "enum_options": [{"gid": "61", "name": "High"}]}},
            {"custom_field": {"gid": "52", "name": "Cost", "resource_subtype": "number"}}])),
        ("POST", ["tasks"]) => create(play, asked),
        ("GET", ["tasks"]) => {
            let of = query(asked, "project").or_else(|| query(asked, "workspace")).unwrap();
            let is_open = query(asked, "completed_since").is_some();
            let fits = |task: &&Value| task["of"] == of && !(is_open && task["completed"] == true);
            page(json!(play.tasks.iter().filter(fits).collect::<Vec<_>>()))
        }
        ("GET", ["tasks", id]) => match play.tasks.iter().find(|task| task["gid"] == *id) {
            Some(task) => (200, json!({"data": task})),
            None => (404, json!({"errors": [{"message": "task: Unknown object"}]})),
        },
        ("PUT", ["tasks", id]) => {
            play.must(asked.json() == json!({"data": {"completed": true}}), "the change");
            match play.tasks.iter_mut().find(|task| task["gid"] == *id) {
                Some(task) => {
                    task["completed"] = json!(true);
                    (200, json!({"data": task}))
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let body = asked.json();
    conforms(play, "body", &body, &[("data", "object")]);
    let mut task = body["data"].clone();
    let known = [
        ("name", "string"),
        ("html_notes", "string"),
        ("projects", "array"),
        ("workspace", "string"),
        ("parent", "string"),
        ("assignee", "string"),
        ("due_on", "string"),
        ("due_at", "string"),
        ("tags", "array"),
        ("custom_fields", "object"),
    ];
    conforms(play, "task", &task, &known);
    play.must(!(task["due_on"].is_string() && task["due_at"].is_string()), "due_on xor due_at");
    let notes = task["html_notes"].as_str().unwrap_or_default().to_owned();
    play.must(notes.starts_with("<body>") && notes.ends_with("</body>"), "html_notes are a body");
    let of = task["projects"][0].as_str().or(task["workspace"].as_str()).map(str::to_owned);
    play.must(of.is_some() || task["parent"].is_string(), "a workspace, a project or a parent");
    let id = format!("7{}", play.tasks.len() + 1);
    task["of"] = json!(of);
    task["notes"] = json!(notes);
    task["gid"] = json!(id);
    task["completed"] = json!(false);
    task["permalink_url"] = json!(format!("https://app.asana.com/0/0/{id}"));
    play.tasks.push(task.clone());
    (201, json!({"data": task}))
}

use serde_json::{Value, json};

use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const GOOGLE_TASKS: Dialect = Dialect { provider: "google", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path.starts_with("/tasks/v1/lists/") && path.ends_with("/tasks")
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    if path.ends_with("/userinfo") {
        return (200, json!({"sub": play.account, "email": format!("{}@x.example", play.account)}));
    }
    let path = path.replace("%40default", "L1");
    let steps: Vec<&str> = path.trim_start_matches("/tasks/v1/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["users", "@me", "lists"]) => (
            200,
            json!({"kind": "tasks#taskLists", "items": [{"id": "L1", "title": "Mine"}, {"id": "L2", "title": "Errands"}]}),
        ),
        ("POST", ["lists", list, "tasks"]) => create(play, asked, list),
        ("GET", ["lists", list, "tasks"]) => {
            let items: Vec<&Value> = play.tasks.iter().filter(|task| task["list"] == **list).collect();
            // A page is one task long, so that pages are followed.
            let query = asked.target.split_once('?').map_or("", |(_, query)| query);
            let at = url::form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "pageToken");
            let at: usize = at.map_or(0, |(_, value)| value.parse().unwrap());
            let next = (at + 1 < items.len()).then(|| (at + 1).to_string());
            let page: Vec<&Value> = items.into_iter().skip(at).take(1).collect();
            let mut answer = json!({"kind": "tasks#tasks", "items": page});
            if let Some(next) = next {
                answer["nextPageToken"] = json!(next);
            }
            (200, answer)
        }
        ("GET", ["lists", _, "tasks", id]) => match play.tasks.iter().find(|task| task["id"] == **id) {
            Some(task) => (200, task.clone()),
            None => (404, json!({"error": {"code": 404, "message": "Not found", "status": "NOT_FOUND"}})),
        },
        ("PATCH", ["lists", _, "tasks", id]) => {
            let change = asked.json();
            match play.tasks.iter_mut().find(|task| task["id"] == **id) {
                Some(task) => {
                    task["status"] = change["status"].clone();
                    (200, task.clone())
                }
                None => (404, json!({"error": {"code": 404, "message": "Not found", "status": "NOT_FOUND"}})),
            }
        }
        _ => (404, json!({"error": {"code": 404, "message": "Not found", "status": "NOT_FOUND"}})),
    }
}

fn create(play: &mut Play, asked: &Asked, list: &str) -> (u16, Value) {
    let mut task = asked.json();
    let length = |value: &Value| value.as_str().unwrap_or_default().chars().count();
    play.must((1..=1024).contains(&length(&task["title"])), "title: 1 to 1024 characters");
    play.must(length(&task["notes"]) <= 8192, "notes: 8192 characters");
    let known = ["title", "notes", "due"];
    let stray: Vec<String> =
        task.as_object().unwrap().keys().filter(|k| !known.contains(&k.as_str())).cloned().collect();
    play.must(stray.is_empty(), format!("unknown fields {stray:?}"));
    task["id"] = json!(play.next_id());
    task["list"] = json!(list);
    task["status"] = json!("needsAction");
    task["webViewLink"] = json!(format!("https://tasks.google.com/task/{}", play.next_id()));
    play.tasks.push(task.clone());
    (200, task)
}

use serde_json::{Value, json};

use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const TODOIST: Dialect = Dialect { provider: "todoist", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/api/v1/tasks"
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/api/v1/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["user"]) => {
            (200, json!({"id": play.account, "email": format!("{}@x.example", play.account)}))
        }
        ("GET", ["projects"]) => (
            200,
            json!({"results": [{"id": "p1", "name": "Offers"}, {"id": "p2", "name": "Home & garden"}], "next_cursor": null}),
        ),
        ("GET", ["projects", _, "collaborators"]) => (
            200,
            json!({"results": [{"id": "u1", "name": "Ben", "email": "ben@x.example"}], "next_cursor": null}),
        ),
        ("POST", ["tasks"]) => create(play, asked),
        ("GET", ["tasks"]) => (200, json!({"results": play.tasks, "next_cursor": null})),
        ("GET", ["tasks", id]) => match play.tasks.iter().find(|task| task["id"] == *id) {
            Some(task) => (200, task.clone()),
            None => (404, json!({"error": "Task not found", "http_code": 404})),
        },
        ("POST", ["tasks", id, "close"]) => match play.tasks.iter_mut().find(|task| task["id"] == *id) {
            Some(task) => {
                task["checked"] = json!(true);
                (204, Value::Null)
            }
            None => (404, json!({"error": "Task not found", "http_code": 404})),
        },
        _ => (404, json!({"error": "no such path", "http_code": 404})),
    }
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let key = asked.header("x-request-id").unwrap_or_default().to_owned();
    play.must(key.len() == 36, "X-Request-Id is a UUID");
    if let Some(known) = play.keys.get(&key).filter(|_| !play.ignores_keys) {
        return known.clone();
    }
    let mut task = asked.json();
    let content = task["content"].as_str().unwrap_or_default().to_owned();
    play.must(!content.is_empty() && content.chars().count() <= 500, "content: 1 to 500 characters");
    play.must(
        !(task["due_date"].is_string() && task["due_datetime"].is_string()),
        "due_date xor due_datetime",
    );
    task["id"] = json!(play.next_id());
    task["checked"] = json!(false);
    task["key"] = json!(key);
    play.tasks.push(task.clone());
    play.keys.insert(key, (200, task.clone()));
    (200, task)
}

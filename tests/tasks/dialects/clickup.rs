use serde_json::{Value, json};

use super::{conforms, missing, query};
use crate::desk::Asked;
use crate::server::{Dialect, Play};

const KEY: &str = "pk_CANARY-of-tasks-80";

pub(crate) const CLICKUP: Dialect = Dialect { provider: "clickup", token: KEY, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path.starts_with("/api/v2/list/") && path.ends_with("/task")
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/api/v2/").split('/').collect();
    let statuses = json!([{"status": "to do", "type": "open"}, {"status": "complete", "type": "closed"}]);
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["user"]) => {
            (200, json!({"user": {"id": play.account, "username": "Anna", "email": "a@x.example"}}))
        }
        ("GET", ["team"]) => (200, json!({"teams": [{"id": "1", "name": "Acme"}]})),
        ("GET", ["team", "1", "space"]) => (200, json!({"spaces": [{"id": "2", "name": "Sales"}]})),
        ("GET", ["space", "2", "folder"]) => {
            (200, json!({"folders": [{"id": "3", "name": "Q4", "lists": [{"id": "901", "name": "Offers"}]}]}))
        }
        ("GET", ["space", "2", "list"]) => (200, json!({"lists": [{"id": "902", "name": "Loose"}]})),
        ("GET", ["list", _, "member"]) => {
            (200, json!({"members": [{"id": 183, "username": "Ben", "email": "ben@x.example"}]}))
        }
        ("GET", ["list", _, "field"]) => (
            200,
            json!({"fields": [{"id": "f1", "name": "Cost", "type": "currency"},
                {"id": "f2", "name": "Stage", "type": "drop_down", "type_config": {"options": [{"id": "op1", "name": "New"}]}}]}),
        ),
        ("POST", ["list", list, "task"]) => create(play, asked, list),
        ("GET", ["list", list, "task"]) => {
            // A page is one task long, so that pages are followed.
            let at: usize = query(asked, "page").unwrap().parse().unwrap();
            let own: Vec<&Value> = play.tasks.iter().filter(|task| task["list"]["id"] == **list).collect();
            (
                200,
                json!({"tasks": own.iter().skip(at).take(1).collect::<Vec<_>>(), "last_page": at + 1 >= own.len()}),
            )
        }
        ("GET", ["list", list]) => (200, json!({"id": list, "statuses": statuses})),
        ("GET", ["task", id]) => match play.tasks.iter().find(|task| task["id"] == *id) {
            Some(task) => (200, task.clone()),
            None => (404, json!({"err": "Task not found", "ECODE": "ITEM_013"})),
        },
        ("PUT", ["task", id]) => {
            let status = asked.json()["status"].clone();
            play.must(status == "complete", "a status of the list");
            match play.tasks.iter_mut().find(|task| task["id"] == *id) {
                Some(task) => {
                    task["status"] = json!({"status": status, "type": "closed"});
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
            ("name", "string"),
            ("markdown_content", "string"),
            ("assignees", "array"),
            ("tags", "array"),
            ("status", "string"),
            ("priority", "integer|null"),
            ("due_date", "integer"),
            ("due_date_time", "boolean"),
            ("parent", "string|null"),
            ("custom_fields", "array"),
        ],
    );
    play.must(task["name"].is_string(), "name is required");
    let integers = task["assignees"].as_array().is_none_or(|ids| ids.iter().all(Value::is_i64));
    play.must(integers, "assignees are integers");
    let id = format!("9h{}", play.next_id());
    task["id"] = json!(id);
    task["url"] = json!(format!("https://app.clickup.com/t/{id}"));
    task["list"] = json!({"id": list});
    task["status"] = json!({"status": "to do", "type": "open"});
    task["description"] = task["markdown_content"].clone();
    let due = task["due_date"].as_i64();
    task["due_date"] = json!(due.map(|due| due.to_string()));
    play.tasks.push(task.clone());
    (200, task)
}

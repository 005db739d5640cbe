use serde_json::{Value, json};

use super::{conforms, missing};
use crate::desk::Asked;
use crate::server::{Dialect, Play};

const KEY: &str = "pat-na1-CANARY-of-tasks-82";

pub(crate) const HUBSPOT: Dialect = Dialect { provider: "hubspot", token: KEY, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/crm/v3/objects/tasks"
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["account-info", "v3", "details"]) => (
            200,
            json!({"portalId": if play.account == "anna" { 77 } else { 78 }, "uiDomain": "app.hubspot.com"}),
        ),
        ("GET", ["crm", "v3", "owners"]) => (
            200,
            json!({"results": [{"id": "o1", "email": "ben@x.example", "firstName": "Ben", "lastName": "Boe"}]}),
        ),
        ("GET", ["crm", "v3", "objects", "contacts", "kim%40x.example"]) => {
            (200, json!({"id": "501", "properties": {}}))
        }
        ("POST", ["crm", "v3", "objects", "tasks"]) => create(play, asked),
        ("POST", ["crm", "v3", "objects", "tasks", "search"]) => {
            let body = asked.json();
            let known = [
                ("after", "string"),
                ("filterGroups", "array"),
                ("limit", "integer"),
                ("properties", "array"),
                ("query", "string"),
                ("sorts", "array"),
            ];
            conforms(play, "search", &body, &known);
            for field in ["after", "filterGroups", "limit", "properties", "sorts"] {
                play.must(!body[field].is_null(), format!("{field} is required"));
            }
            let is_open = body["filterGroups"][0]["filters"][0]["operator"] == "NEQ";
            // A page is one task long, so that pages are followed.
            let at: usize = body["after"].as_str().unwrap().parse().unwrap();
            let fits = |task: &&Value| !is_open || task["properties"]["hs_task_status"] != "COMPLETED";
            let found: Vec<&Value> = play.tasks.iter().filter(fits).collect();
            let page: Vec<&Value> = found.iter().skip(at).take(1).copied().collect();
            let mut answer = json!({"total": found.len(), "results": page});
            if at + 1 < found.len() {
                answer["paging"] = json!({"next": {"after": (at + 1).to_string()}});
            }
            (200, answer)
        }
        ("GET" | "PATCH", ["crm", "v3", "objects", "tasks", id]) => {
            let change = (asked.method == "PATCH").then(|| asked.json());
            match play.tasks.iter_mut().find(|task| task["id"] == *id) {
                Some(task) => {
                    if let Some(change) = change {
                        task["properties"]["hs_task_status"] = change["properties"]["hs_task_status"].clone();
                    }
                    (200, task.clone())
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let mut task = asked.json();
    conforms(play, "task", &task, &[("associations", "array"), ("properties", "object")]);
    play.must(task["associations"].is_array() && task["properties"].is_object(), "both are required");
    let texts = task["properties"].as_object().is_some_and(|all| all.values().all(Value::is_string));
    play.must(texts, "all properties are texts");
    play.must(task["properties"]["hs_timestamp"].is_string(), "hs_timestamp is required");
    for bond in task["associations"].as_array().cloned().unwrap_or_default() {
        conforms(play, "bond", &bond, &[("to", "object"), ("types", "array")]);
        play.must(bond["to"]["id"].is_string() && bond["types"][0]["associationTypeId"].is_u64(), "a bond");
    }
    let id = format!("9{}", play.tasks.len() + 1);
    task["id"] = json!(id);
    task["archived"] = json!(false);
    play.tasks.push(task.clone());
    (201, task)
}

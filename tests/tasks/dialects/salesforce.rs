use serde_json::{Value, json};

use super::{conforms, missing, query};
use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const SALESFORCE: Dialect = Dialect { provider: "salesforce", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path.ends_with("/sobjects/Task")
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    if path == "/services/oauth2/userinfo" {
        return (
            200,
            json!({"user_id": play.account, "preferred_username": "a@x.example", "organization_id": "00D"}),
        );
    }
    let steps: Vec<&str> = path.trim_start_matches("/services/data/v60.0/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["query", "more"]) => (200, json!({"records": records(play, false, 1), "done": true})),
        ("GET", ["query"]) => {
            let soql = query(asked, "q").unwrap();
            if soql.contains("FROM User") {
                return (
                    200,
                    json!({"records": [{"Id": "005B", "Name": "Ben", "Email": "ben@x.example"}], "done": true}),
                );
            }
            if soql.contains("FROM TaskStatus") {
                return (200, json!({"records": [{"ApiName": "Completed"}], "done": true}));
            }
            if soql.contains("OwnerId = ") {
                play.must(soql.contains(&format!("OwnerId = '{}'", play.account)), "one's own");
                return (200, json!({"records": records(play, true, 0), "done": true}));
            }
            play.must(
                soql.contains("CreatedDate >= 20") && !soql.contains("CreatedDate >= '"),
                "times have no quotes",
            );
            // A page is one task long, so that pages are followed.
            let first: Vec<Value> = records(play, false, 0).into_iter().take(1).collect();
            (
                200,
                json!({"records": first, "done": false, "nextRecordsUrl": "/services/data/v60.0/query/more"}),
            )
        }
        ("GET", ["sobjects", "Task", "describe"]) => (
            200,
            json!({"fields": [
                {"name": "Status", "label": "Status", "type": "picklist", "createable": true,
                    "picklistValues": [{"value": "Not Started"}, {"value": "Completed"}]},
                {"name": "WhoId", "label": "Name ID", "type": "reference", "createable": true},
                {"name": "Id", "label": "Activity ID", "type": "id", "createable": false}]}),
        ),
        ("POST", ["sobjects", "Task"]) => create(play, asked),
        ("GET" | "PATCH", ["sobjects", "Task", id]) => {
            let change = (asked.method == "PATCH").then(|| asked.json());
            match play.tasks.iter_mut().find(|task| task["Id"] == *id) {
                Some(task) => match change {
                    Some(change) => {
                        task["IsClosed"] = json!(change["Status"] == "Completed");
                        (204, Value::Null)
                    }
                    None => (200, task.clone()),
                },
                None => (404, json!([{"errorCode": "NOT_FOUND", "message": "no"}])),
            }
        }
        _ => missing(),
    }
}

fn records(play: &Play, is_open: bool, from: usize) -> Vec<Value> {
    let fits = |task: &&Value| !is_open || task["IsClosed"] == false;
    play.tasks.iter().filter(fits).skip(from).cloned().collect()
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let mut task = asked.json();
    let known = [
        ("Subject", "string"),
        ("Description", "string"),
        ("ActivityDate", "string"),
        ("OwnerId", "string"),
        ("Priority", "string"),
        ("Status", "string"),
        ("WhoId", "string"),
    ];
    conforms(play, "task", &task, &known);
    let id = format!("00T{}", play.tasks.len() + 1);
    task["Id"] = json!(id);
    task["IsClosed"] = json!(false);
    play.tasks.push(task);
    (201, json!({"id": id, "success": true, "errors": []}))
}

use serde_json::{Value, json};

use crate::desk::Asked;
use crate::server::{Dialect, Play};

const KEY: &str = "lin_api_CANARY-of-tasks-78";

pub(crate) const LINEAR: Dialect = Dialect { provider: "linear", token: KEY, creates, answers };

fn creates(asked: &Asked, _: &str) -> bool {
    asked.body.contains("issueCreate")
}

fn refused(message: &str, code: &str) -> (u16, Value) {
    (
        200,
        json!({"data": null, "errors": [{"message": message,
        "extensions": {"code": code, "type": "invalid input", "userPresentableMessage": message}}]}),
    )
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    if path != "/graphql" {
        return (404, json!({}));
    }
    let body = asked.json();
    let (query, variables) = (body["query"].as_str().unwrap_or_default(), &body["variables"]);
    let page = json!({"hasNextPage": false, "endCursor": null});
    let states = json!({"nodes": [{"id": "s1", "name": "Todo", "type": "unstarted", "position": 1.0},
        {"id": "s2", "name": "Done", "type": "completed", "position": 2.0}]});
    let data = if query.contains("viewer") {
        json!({"viewer": {"id": play.account, "name": "Anna", "email": format!("{}@x.example", play.account)},
            "organization": {"id": "o", "name": "Acme", "urlKey": "acme"}})
    } else if query.contains("teams(") {
        json!({"teams": {"nodes": [
            {"id": "t1", "key": "ENG", "name": "Engineering", "states": states,
                "projects": {"nodes": [{"id": "j1", "name": "Website"}]}},
            {"id": "t2", "key": "OPS", "name": "Operations", "states": states, "projects": {"nodes": []}}],
            "pageInfo": page}})
    } else if query.contains("users(") {
        json!({"users": {"nodes": [{"id": "u1", "name": "Ben", "displayName": "ben", "email": "ben@x.example", "active": true}],
            "pageInfo": page}})
    } else if query.contains("issueLabels(") {
        json!({"issueLabels": {"nodes": [{"id": "l1", "name": "bug", "team": null}, {"id": "l2", "name": "ops", "team": {"id": "t2"}}],
            "pageInfo": page}})
    } else if query.contains("issueCreate") {
        return create(play, &variables["i"]);
    } else if query.contains("issueUpdate") {
        let id = &variables["id"];
        for issue in play.tasks.iter_mut().filter(|issue| issue["id"] == *id) {
            issue["stateId"] = variables["state"].clone();
        }
        json!({"issueUpdate": {"success": true}})
    } else if query.contains("issue(") {
        match play.tasks.iter().find(|issue| issue["id"] == variables["id"]) {
            None => return refused("Entity not found: Issue", "INPUT_ERROR"),
            Some(issue) => {
                let kind = if issue["stateId"] == "s2" { "completed" } else { "unstarted" };
                json!({"issue": {"id": issue["id"], "title": issue["title"], "url": "https://linear.app/x",
                    "dueDate": issue["dueDate"], "state": {"type": kind}, "team": {"states": states}}})
            }
        }
    } else {
        let wanted = &variables["id"];
        let found: Vec<Value> = play
            .tasks
            .iter()
            .filter(|issue| wanted.is_null() || issue["id"] == *wanted)
            .map(|issue| json!({"id": issue["id"], "title": issue["title"], "url": "https://linear.app/x", "state": {"type": "unstarted"}}))
            .collect();
        json!({"issues": {"nodes": found, "pageInfo": page}})
    };
    (200, json!({"data": data}))
}

fn create(play: &mut Play, input: &Value) -> (u16, Value) {
    let id = input["id"].as_str().unwrap_or_default();
    play.must(id.len() == 36 && id.as_bytes()[14] == b'4', "id: a UUID of version 4");
    play.must(["t1", "t2"].contains(&input["teamId"].as_str().unwrap_or_default()), "teamId: a team");
    if play.tasks.iter().any(|issue| issue["id"] == id) {
        return refused("Entity already exists: Issue", "INPUT_ERROR");
    }
    play.tasks.push(input.clone());
    let issue = json!({"id": id, "identifier": "ENG-1", "url": "https://linear.app/acme/issue/ENG-1", "title": input["title"]});
    (200, json!({"data": {"issueCreate": {"success": true, "issue": issue}}}))
}

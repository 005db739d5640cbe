use serde_json::{Value, json};

use super::conforms;
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
    selects(play, body["query"].as_str().unwrap_or_default());
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
    let known = [
        ("id", "string"),
        ("teamId", "string"),
        ("title", "string"),
        ("description", "string"),
        ("assigneeId", "string"),
        ("dueDate", "string"),
        ("labelIds", "array"),
        ("parentId", "string"),
        ("priority", "integer"),
        ("projectId", "string"),
        ("stateId", "string"),
    ];
    conforms(play, "input", input, &known);
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

/// Linear's schema of 2026-07-22, as far as it is asked: types, their fields, and what those lead to.
const SCHEMA: &str = "
query viewer:User organization:Organization teams:Teams users:Users issueLabels:Labels issues:Issues issue:Issue
mutation issueCreate:Payload issueUpdate:Payload
Organization id name urlKey
User id name displayName email active
Users nodes:User pageInfo:Page
Team id key name displayName states:States projects:Projects
Teams nodes:Team pageInfo:Page
State id name type position
States nodes:State pageInfo:Page
Project id name url
Projects nodes:Project pageInfo:Page
Label id name team:Team
Labels nodes:Label pageInfo:Page
Issue id identifier url title dueDate archivedAt state:State team:Team
Issues nodes:Issue pageInfo:Page
Payload success issue:Issue
Page hasNextPage endCursor";

/// Notes what a query selects that is not there, or selects without saying what of it.
fn selects(play: &mut Play, query: &str) {
    let (mut at, mut depth, mut last) = (Vec::<&str>::new(), 0, "");
    let operation = if query.starts_with("mutation") { "mutation" } else { "query" };
    let mut pieces = Vec::new();
    let mut from = 0;
    for (here, sign) in query.match_indices(['{', '}', '(', ')', ' ']) {
        pieces.extend([&query[from..here], sign]);
        from = here + 1;
    }
    for piece in pieces.into_iter().filter(|piece| !piece.trim().is_empty()) {
        match piece {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ if depth > 0 => {}
            "{" => {
                at.push(if at.is_empty() { operation } else { last });
                last = "";
            }
            "}" => {
                play.must(last.is_empty(), format!("nothing of a {last} is selected: {query}"));
                play.must(at.pop().is_some(), format!("no query: {query}"));
                last = "";
            }
            _ if at.is_empty() => {}
            name => {
                play.must(last.is_empty(), format!("nothing of a {last} is selected: {query}"));
                let own = SCHEMA.lines().find(|line| line.split(' ').next() == at.last().copied());
                let mut fields = own.unwrap_or_default().split(' ').skip(1);
                let field = fields.find(|field| field.split(':').next() == Some(name));
                play.must(field.is_some(), format!("a {:?} has no {name}: {query}", at.last()));
                last = field.and_then(|field| field.split_once(':')).map_or("", |(_, kind)| kind);
            }
        }
    }
    play.must(at.is_empty(), format!("no query: {query}"));
}

#[test]
fn a_query_for_what_is_not_there_is_noted() {
    let noted = |query: &str| {
        let mut play = Play::default();
        selects(&mut play, query);
        play.notes.len()
    };
    assert_eq!(noted("query($id:String!){issue(id:$id){id team{states{nodes{id}}}}}"), 0);
    for wrong in ["{viewer{id mail}}", "{viewer}", "{viewer{id}", "mutation{viewer{id}}", "{teams{id}}"] {
        assert!(noted(wrong) > 0, "{wrong}");
    }
}

use serde_json::{Value, json};

use super::{conforms, missing, query};
use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const JIRA: Dialect = Dialect { provider: "jira", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/rest/api/3/issue"
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/rest/api/3/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["myself"]) => (200, json!({"accountId": play.account, "displayName": "Anna"})),
        ("GET", ["serverInfo"]) => (200, json!({"baseUrl": "https://acme.atlassian.net"})),
        ("GET", ["project", "search"]) => {
            // A page is one project long, so that pages are followed.
            let all = [
                json!({"id": "10", "key": "ENG", "name": "Engine"}),
                json!({"id": "11", "key": "OPS", "name": "Ops"}),
            ];
            let at: usize = query(asked, "startAt").unwrap().parse().unwrap();
            (
                200,
                json!({"values": all.get(at).into_iter().collect::<Vec<_>>(), "isLast": at + 1 >= all.len(), "total": 2}),
            )
        }
        ("GET", ["user", "assignable", "search"]) => {
            (200, json!([{"accountId": "ac1", "displayName": "Ben", "emailAddress": "ben@x.example"}]))
        }
        ("GET", ["issue", "createmeta", _, "issuetypes"]) => (
            200,
            json!({"issueTypes": [{"id": "1", "name": "Epic", "subtask": false}, {"id": "2", "name": "Task", "subtask": false},
                {"id": "3", "name": "Subtask", "subtask": true}], "total": 3}),
        ),
        ("GET", ["issue", "createmeta", _, "issuetypes", _]) => (
            200,
            json!({"fields": [
                {"fieldId": "customfield_1", "name": "Points", "schema": {"type": "number"}},
                {"fieldId": "components", "name": "Components", "schema": {"type": "array", "items": "component"},
                    "allowedValues": [{"id": "c1", "name": "Web"}]}], "total": 2}),
        ),
        ("POST", ["issue"]) => create(play, asked),
        ("POST", ["search", "jql"]) => {
            let body = asked.json();
            let known = [
                ("jql", "string"),
                ("fields", "array"),
                ("properties", "array"),
                ("maxResults", "integer"),
                ("nextPageToken", "string"),
            ];
            conforms(play, "search", &body, &known);
            // A page is one issue long, so that pages are followed.
            let at: usize = body["nextPageToken"].as_str().map_or(0, |at| at.parse().unwrap());
            let page: Vec<&Value> = play.tasks.iter().skip(at).take(1).collect();
            let next = (at + 1 < play.tasks.len()).then(|| (at + 1).to_string());
            (200, json!({"issues": page, "nextPageToken": next}))
        }
        ("GET", ["issue", key]) => match play.tasks.iter().find(|issue| issue["key"] == *key) {
            Some(issue) => (200, issue.clone()),
            None => (404, json!({"errorMessages": ["Issue does not exist"], "errors": {}})),
        },
        ("GET", ["issue", _, "transitions"]) => (
            200,
            json!({"transitions": [{"id": "11", "to": {"statusCategory": {"key": "indeterminate"}}},
                {"id": "31", "to": {"statusCategory": {"key": "done"}}}]}),
        ),
        ("POST", ["issue", key, "transitions"]) => {
            play.must(asked.json() == json!({"transition": {"id": "31"}}), "the transition that ends");
            for issue in play.tasks.iter_mut().filter(|issue| issue["key"] == *key) {
                issue["fields"]["status"] = json!({"statusCategory": {"key": "done"}});
            }
            (204, Value::Null)
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let mut issue = asked.json();
    conforms(play, "issue", &issue, &[("fields", "object"), ("properties", "array")]);
    let known = [
        ("project", "object"),
        ("issuetype", "object"),
        ("summary", "string"),
        ("description", "object"),
        ("duedate", "string"),
        ("assignee", "object"),
        ("priority", "object"),
        ("labels", "array"),
        ("parent", "object"),
        ("customfield_1", "number|integer"),
        ("components", "array"),
    ];
    conforms(play, "fields", &issue["fields"], &known);
    let description = &issue["fields"]["description"];
    let is_document = description.is_null() || description["type"] == "doc" && description["version"] == 1;
    play.must(is_document, "a description is a document");
    let key = format!("ENG-{}", play.tasks.len() + 1);
    issue["key"] = json!(key);
    issue["fields"]["status"] = json!({"statusCategory": {"key": "new"}});
    issue["properties"] = json!({"integ": issue["properties"][0]["value"]});
    play.tasks.push(issue);
    (201, json!({"id": "1", "key": key, "self": "https://acme.atlassian.net/rest/api/3/issue/1"}))
}

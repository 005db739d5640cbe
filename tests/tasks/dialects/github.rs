use serde_json::{Value, json};

use super::{conforms, missing, query};
use crate::desk::Asked;
use crate::server::{Dialect, Play};

const KEY: &str = "ghp_CANARYoftasks81";

pub(crate) const GITHUB: Dialect = Dialect { provider: "github", token: KEY, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path.ends_with("/issues")
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["user"]) => (200, json!({"login": "anna", "id": play.account})),
        ("GET", ["user", "repos"]) => (
            200,
            json!([
                {"full_name": "anna/notes", "has_issues": true, "archived": false, "permissions": {"push": true}},
                {"full_name": "acme/notes", "has_issues": true, "archived": false, "permissions": {"push": false}},
                {"full_name": "anna/old", "has_issues": true, "archived": true, "permissions": {"push": true}}]),
        ),
        ("GET", ["repos", _, _, "assignees"]) => (200, json!([{"login": "ben"}])),
        ("GET", ["repos", _, _, "milestones"]) => (200, json!([{"number": 7, "title": "Winter"}])),
        ("POST", ["repos", owner, name, "issues"]) => create(play, asked, &format!("{owner}/{name}")),
        ("GET", ["repos", owner, name, "issues"]) => {
            let whole = format!("{owner}/{name}");
            let state = query(asked, "state").unwrap_or_else(|| "open".into());
            let fits = |issue: &&Value| {
                issue["repository"] == *whole && (state == "all" || issue["state"] == *state)
            };
            let mut own: Vec<Value> = play.tasks.iter().filter(fits).cloned().collect();
            own.push(json!({"number": 99, "title": "a pull request", "state": "open", "pull_request": {}}));
            (200, json!(own))
        }
        ("GET" | "PATCH", ["repos", _, _, "issues", number]) => {
            let change = (asked.method == "PATCH").then(|| asked.json());
            let found = play
                .tasks
                .iter_mut()
                .find(|issue| Some(issue["number"].as_u64().unwrap()) == number.parse().ok());
            match found {
                Some(issue) => {
                    change.into_iter().for_each(|change| issue["state"] = change["state"].clone());
                    (200, issue.clone())
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked, whole: &str) -> (u16, Value) {
    let mut issue = asked.json();
    let fields = [
        ("title", "string|integer"),
        ("body", "string"),
        ("milestone", "string|integer|null"),
        ("labels", "array"),
        ("assignees", "array"),
        ("type", "string|null"),
    ];
    conforms(play, "issue", &issue, &fields);
    play.must(asked.header("user-agent").is_some(), "User-Agent");
    let number = play.tasks.len() + 1;
    issue["number"] = json!(number);
    issue["state"] = json!("open");
    issue["repository"] = json!(whole);
    issue["html_url"] = json!(format!("https://github.com/{whole}/issues/{number}"));
    play.tasks.push(issue.clone());
    (201, issue)
}

//! The built-in Linear: GraphQL, commas between scopes, a refresh token that works once, no secret where PKCE is used.
use serde_json::json;

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("linear", &["emulate"]).then(|| {
        let (server, home) = (Emulate::start("linear", &[]), Sealed::new());
        server.known_as_linear(&home);
        (server, home)
    })
}

#[test]
fn the_viewer_is_asked_by_graphql() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let status = home.integ(&["status", "--json"]).run().ok().json();
    let linear = &status["connections"][0];
    assert_eq!(
        (&linear["state"], &linear["account"], &linear["workspace"], &linear["missing_scopes"]),
        (&"connected".into(), &"alice@example.com".into(), &"Example Inc".into(), &json!([])),
        "{linear}"
    );
    let test = home.integ(&["test", "linear", "--json"]).run().ok().json();
    assert_eq!(test["tests"][0]["outcome"], "ok", "{test}");
}

#[test]
fn every_refresh_token_is_used_once() {
    let Some((server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let mut seen = vec![home.integ(&["token", "linear"]).reveals().run().ok().stdout];
    for _ in 0..3 {
        home.integ(&["refresh", "linear", "--force"]).run().ok();
        let token = home.integ(&["token", "linear"]).reveals().run().ok().stdout;
        assert!(!seen.contains(&token));
        seen.push(token);
    }
    assert_eq!(server.requests("POST", "/oauth/token"), 4);
    home.integ(&["test", "linear"]).run().ok();
}

#[test]
fn a_revoked_grant_is_an_error_of_graphql_and_then_of_the_refresh() {
    let Some((server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let answer = home.integ(&["status", "--json"]).run().ok().json();
    let account = answer["connections"][0]["account_id"].clone();
    server.tell("revoke", &json!({ "account": account }));
    let body = json!({ "error": "invalid_grant", "error_description": "Refresh token is invalid." });
    server.tell("faults", &json!({ "path": "/oauth/token", "fail": 1, "status": 400, "body": body }));
    let out = home.integ(&["test", "linear", "--json"]).run().exits(3);
    assert_eq!(out.json()["tests"][0]["outcome"], "needs_reauth", "{out}");
    assert_eq!(server.noted("fault"), 1, "the refused token was renewed first: {:?}", server.events());
}

#[test]
fn disconnecting_revokes_there() {
    let Some((server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let out = home.integ(&["disconnect", "linear", "--yes", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], true, "{out}");
    assert_eq!(server.noted("revoked"), 1);
}

#[test]
fn a_task_is_an_issue_whose_id_is_ours() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let targets = home.integ(&["task", "targets", "linear", "--json"]).run().ok().json();
    let lists = targets["targets"].as_array().cloned().unwrap_or_default();
    let team = lists.iter().find(|target| target["part"] == "list").unwrap_or_else(|| panic!("{targets}"));
    let to = format!("linear/{}", team["name"].as_str().unwrap_or_default());
    let create = ["task", "create", "Plan", "--to", &to, "--key", "k", "--priority", "high", "--json"];
    let task = home.integ(&create).run().ok().json()["tasks"][0].clone();
    assert_eq!(task["state"], "done", "{task}");
    let shown = home.integ(&["task", "show", "k", "--json"]).run().ok().json();
    assert_eq!(shown["tasks"][0]["remote"]["title"], "Plan", "{shown}");
    assert_eq!(home.integ(&create).run().ok().json()["tasks"][0]["remote_id"], task["remote_id"]);
}

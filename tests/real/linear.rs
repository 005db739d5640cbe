//! The built-in Linear: GraphQL, commas between scopes, a refresh token that works once, no secret where PKCE is used.
use serde_json::json;

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("linear", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("linear", &[]), Sealed::new());
        server.known_to(&mut home);
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

/// Its `IssueCreateInput` has no `id`, and its filters know no `team.id` and no `state.type`, all of which Linear's own
/// have and we rely on: `tests/tasks` plays those.
#[test]
fn lists_are_read_and_a_task_that_is_refused_is_parked() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["linear"]).out.ok();
    let targets = home.integ(&["task", "targets", "linear", "--json"]).run().ok().json();
    let teams = targets["targets"].as_array().into_iter().flatten();
    assert!(teams.into_iter().any(|target| target["name"] == "Engineering"), "{targets}");
    let out = home.integ(&["task", "create", "Own", "--to", "linear/ENG", "--json"]).run().exits(1);
    let task = &out.json()["tasks"][0];
    assert_eq!(task["state"], "parked", "what is refused is not tried again: {out}");
}

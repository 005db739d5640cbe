//! The built-in GitHub: errors with status 200, scopes in a header, a grant withdrawn with the client's credentials.
use serde_json::{Value, json};

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("github", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("github", &[]), Sealed::new());
        server.known_to(&mut home);
        (server, home)
    })
}

#[test]
fn an_account_connects_is_tested_and_calls_the_api() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["github"]).out.ok();
    let status = home.integ(&["status", "--json"]).run().ok().json();
    let github = &status["connections"][0];
    assert_eq!(
        (&github["state"], &github["account"], &github["missing_scopes"]),
        (&"connected".into(), &"alice".into(), &json!([])),
        "{github}"
    );
    assert_eq!(github["access_expires_at"], Value::Null, "its tokens do not expire: {github}");
    let test = home.integ(&["test", "github", "--json"]).run().ok().json();
    assert_eq!(test["tests"][0]["outcome"], "ok", "{test}");
    let issue = ["api", "github", "/repos/alice/notes/issues", "-X", "POST", "-f", "title=Plan"];
    let out = home.integ(&issue).run().ok();
    assert_eq!(serde_json::from_str::<Value>(&out.stdout).unwrap()["title"], "Plan", "{out}");
}

#[test]
fn a_refusal_with_status_200_is_a_refusal() {
    let Some((server, home)) = start() else { return };
    let body = json!({ "error": "incorrect_client_credentials", "error_description": "The client_id and/or client_secret passed are incorrect." });
    server.tell(
        "faults",
        &json!({ "path": "/login/oauth/access_token", "fail": 1, "status": 200, "body": body }),
    );
    let out = home.connect(&["github"]).out.exits(1);
    assert!(out.to_string().contains("integ setup github"), "{out}");
    assert!(home.vault_files().is_empty());
}

#[test]
fn a_dead_token_needs_the_person_and_a_live_one_is_revoked() {
    let Some((server, home)) = start() else { return };
    home.connect(&["github"]).out.ok();
    let out = home.integ(&["disconnect", "github", "--yes", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], true, "{out}");
    assert_eq!(server.noted("revoked"), 1);

    home.connect(&["github"]).out.ok();
    server.tell("revoke", &json!({ "account": "alice" }));
    let out = home.integ(&["test", "github", "--json"]).run().exits(3);
    assert_eq!(out.json()["tests"][0]["outcome"], "needs_reauth", "{out}");
}

#[test]
fn a_task_is_an_issue() {
    let Some((_server, home)) = start() else { return };
    home.connect(&["github"]).out.ok();
    let create =
        ["task", "create", "Plan", "--to", "github/alice/notes", "--notes", "**b**", "--key", "k", "--json"];
    let task = home.integ(&create).run().ok().json()["tasks"][0].clone();
    let id = task["remote_id"].as_str().unwrap_or_default();
    let number = id.strip_prefix("alice/notes#").unwrap_or_else(|| panic!("{task}"));
    let issue = || {
        let out = home.integ(&["api", "github", &format!("/repos/alice/notes/issues/{number}")]).run().ok();
        serde_json::from_str::<Value>(&out.stdout).unwrap()
    };
    assert_eq!((&issue()["title"], &issue()["state"]), (&json!("Plan"), &json!("open")));
    assert!(
        issue()["body"].as_str().is_some_and(|body| body.starts_with("**b**\n\n<!-- integ:")),
        "{}",
        issue()
    );
    // Known again by its key.
    assert_eq!(home.integ(&create).run().ok().json()["tasks"][0]["remote_id"], id);
    let open = home.integ(&["task", "list", "--remote", "github/alice/notes", "--json"]).run().ok().json();
    assert!(open.to_string().contains("Plan"), "{open}");
    home.integ(&["task", "done", "k"]).run().ok();
    assert_eq!(issue()["state"], "closed");
}

#[test]
fn an_issue_whose_answer_was_lost_is_found_again() {
    let Some((server, home)) = start() else { return };
    home.connect(&["github"]).out.ok();
    home.integ(&["task", "targets", "github"]).run().ok();
    server.tell("faults", &json!({ "path": "/repos/alice/notes/issues", "lose": 1 }));
    home.integ(&["task", "create", "Lost", "--to", "github/alice/notes"]).run().ok();
    let issues = home.integ(&["api", "github", "/repos/alice/notes/issues"]).run().ok().stdout;
    assert_eq!(issues.matches("\"title\":\"Lost\"").count(), 1, "{issues}");
}

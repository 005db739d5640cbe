//! The built-in GitHub: errors with status 200, scopes in a header, a grant withdrawn with the client's credentials.
use serde_json::{Value, json};

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("github", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("github", &[]), Sealed::new());
        server.known_as_github(&mut home);
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

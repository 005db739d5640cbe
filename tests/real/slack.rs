//! The built-in Slack: a user token inside `authed_user`, comma-separated scopes, and errors with status 200.
use serde_json::Value;

use crate::harness::{Emulate, Sealed, needs};

fn start() -> Option<(Emulate, Sealed)> {
    needs("slack", &["emulate"]).then(|| {
        let (server, mut home) = (Emulate::start("slack", &[]), Sealed::new());
        server.known_to(&mut home);
        (server, home)
    })
}

#[test]
fn a_user_token_is_found_stored_and_proved() {
    let Some((_server, home)) = start() else { return };
    let signed_in = home.connect(&["slack"]);
    signed_in.out.clone().ok();
    assert!(
        signed_in.url.contains("code_challenge_method=S256")
            && signed_in.url.contains("redirect_uri=http%3A%2F%2Flocalhost%3A"),
        "{}",
        signed_in.url
    );
    let token = home.integ(&["token", "slack"]).reveals().run().ok();
    assert!(token.text().starts_with("xoxp-"), "not the user's token");
    let status = home.integ(&["status", "--json"]).run().ok().json();
    assert_eq!(
        (&status["connections"][0]["state"], &status["connections"][0]["workspace"]),
        (&"connected".into(), &"Example Team".into()),
        "{status}"
    );
    let test = home.integ(&["test", "slack", "--json"]).run().ok().json();
    assert_eq!(
        (&test["tests"][0]["outcome"], &test["tests"][0]["workspace"]),
        (&"ok".into(), &"Example Team".into()),
        "{test}"
    );
    let out = home.integ(&["api", "slack", "/auth.test", "-X", "POST"]).run().ok();
    assert_eq!(serde_json::from_str::<Value>(&out.stdout).unwrap()["ok"], true, "{out}");
}

#[test]
fn a_token_without_expiry_is_never_refreshed() {
    let Some((server, home)) = start() else { return };
    home.connect(&["slack"]).out.ok();
    for _ in 0..3 {
        home.integ(&["token", "slack"]).reveals().run().ok();
    }
    assert_eq!(server.requests("POST", "/api/oauth.v2.access"), 1);
}

#[test]
fn an_ok_false_is_an_error() {
    let Some((server, home)) = start() else { return };
    home.connect(&["slack"]).out.ok();
    let whoami = home.integ(&["status", "--json"]).run().ok().json()["connections"][0]["account_id"].clone();
    server.tell("revoke", &serde_json::json!({ "account": whoami }));
    let out = home.integ(&["test", "slack", "--json"]).run().exits(3);
    assert_eq!(out.json()["tests"][0]["outcome"], "needs_reauth", "{out}");
}

#[test]
fn a_pasted_token_is_checked_before_it_is_kept() {
    let Some((_server, home)) = start() else { return };
    let bad = "xoxb-canary-0000000000-nobody-issued-this";
    home.secrets().plant(bad);
    let out = home.integ(&["connect", "slack/bot", "--token-stdin", "--json"]).stdin(bad).run().exits(3);
    assert_ne!(out.error(), "internal", "{out}");
    assert_eq!(home.vault_files().len(), 0, "a refused token was kept");

    home.connect(&["slack"]).out.ok();
    let good = home.integ(&["token", "slack"]).reveals().run().ok().stdout;
    home.integ(&["connect", "slack/pasted", "--token-stdin"]).stdin(&good).run().ok();
    assert_eq!(home.integ(&["token", "slack/pasted"]).reveals().run().ok().stdout, good);
}

#[test]
fn disconnecting_revokes_there() {
    let Some((server, home)) = start() else { return };
    home.connect(&["slack"]).out.ok();
    let out = home.integ(&["disconnect", "slack", "--yes", "--json"]).run().ok();
    assert_eq!(out.json()["disconnected"][0]["revoked"], true, "{out}");
    assert!(server.events().iter().any(|event| event["type"] == "revoked" && event["revoked"] == true));
}

#[test]
fn a_denial_is_exit_1() {
    let Some((_server, home)) = start() else { return };
    assert_eq!(home.connect_as(&["slack"], &["--deny"]).out.exits(1).error(), "denied");
}

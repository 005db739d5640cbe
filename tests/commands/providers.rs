//! `integ providers`: the catalogue, with what is wrong in it.

use crate::seal::{Ended, Home};

#[test]
fn a_broken_file_is_a_row_and_hides_no_other() {
    let home = Home::new();
    home.provider("broken", "title = \"B\"\ncolour = 1\n");
    home.provider("mine", "title = \"Mine\"\napi-url = \"https://mine.example\"\n[capability.tasks]\n");
    let document = home.run(&["providers", "--json"]).expect(0).json();
    let providers = document["providers"].as_array().unwrap();
    let of = |name: &str| providers.iter().find(|provider| provider["name"] == name).unwrap();
    assert_eq!(of("broken")["error"]["kind"], "config");
    assert_eq!(of("mine")["capabilities"], serde_json::json!(["tasks"]));
    assert_eq!(of("mine")["flow"], "token");
    assert_eq!(of("google")["flow"], "loopback");
    assert_eq!(of("notion")["flow"], "fixed-port");
    assert_eq!(of("asana")["flow"], "paste");
    assert_eq!(of("github")["ways"], serde_json::json!(["browser", "device code", "pasted token"]));
    assert_eq!(of("mine")["proof"], serde_json::Value::Null);
    assert!(providers.iter().all(|p| p["origin"] != "built in" || p["proof"].is_string()));
    assert!(of("slack")["console_url"].as_str().unwrap().starts_with("https://"));
    assert!(of("google")["services"].as_array().unwrap().contains(&"gmail".into()));
    let ended = home.run(&["providers"]).expect(0);
    assert!(ended.stdout.contains("broken") && ended.stdout.contains("Mine"), "{}", ended.stdout);
    assert!(ended.stderr.contains("line 2"), "{}", ended.stderr);
    home.run(&["providers", "broken"]).expect(2);
    let ended = home.run(&["providers", "gogle"]).expect(2);
    assert!(ended.stderr.contains("`google`"), "{}", ended.stderr);
}

#[test]
fn one_is_told_with_everything_that_registering_takes() {
    let home = Home::new();
    let text = home.run(&["providers", "notion"]).expect(0).stdout;
    for part in ["http://localhost:53187/callback", "checked 20", "integ setup", "1. ", "Not confirmed"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = home.run(&["providers", "microsoft"]).expect(0).stdout;
    assert!(text.contains("http://localhost/callback (any port of it)"), "{text}");
    home.run(&["config", "set", "client.notion.port", "4001"]).expect(0);
    home.run(&["config", "set", "client.notion.id", "c"]).expect(0);
    let document = home.run(&["providers", "notion", "--json"]).expect(0).json();
    let notion = &document["providers"][0];
    assert_eq!(notion["redirect_uri"], "http://localhost:4001/callback");
    assert_eq!(notion["has_client"], true);
    let google = home.run(&["providers", "gmail", "--json"]).expect(0).json();
    assert_eq!(google["providers"][0]["name"], "google");
    assert!(
        !google["providers"][0]["capability_scopes"]["messages"]["required"].as_array().unwrap().is_empty()
    );
    let output =
        home.command(&["providers", "slack", "--json"]).env("INTEG_SLACK_CLIENT_ID", "x").output().unwrap();
    assert_eq!(Ended::of(output).json()["providers"][0]["has_client"], true);
}

//! Which connections can take tasks, and what the others lack, before anybody tries.

use serde_json::{Value, json};

use crate::dialects::{GOOGLE_TASKS, LINEAR, TODOIST};
use crate::seal::Home;
use crate::server::Target;

fn tasks_of(home: &Home, name: &str) -> Value {
    let document = home.run(&["status", "--json"]).json();
    let found = document["connections"].as_array().into_iter().flatten().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name}: {document}"))["tasks"].clone()
}

fn lacks(tasks: &Value) -> Vec<&str> {
    tasks["missing"].as_array().unwrap().iter().map(|lack| lack["what"].as_str().unwrap()).collect()
}

/// A connection whose grant has these scopes.
fn granted(target: &Target, home: &Home, name: &str, scopes: &str) {
    target.known_to(home);
    let grant = json!({"name": name, "provider": target.dialect.provider, "access_token": target.dialect.token,
        "expires_in": 3600, "scope": scopes});
    home.run_with_input(&["import"], &grant.to_string()).expect(0);
}

#[test]
fn a_list_that_nobody_learnt_is_said_and_hinders_nothing() {
    let target = Target::open(LINEAR);
    let home = target.home();
    let tasks = tasks_of(&home, "linear");
    assert_eq!((&tasks["can"], &tasks["list"], &tasks["lists"]), (&json!(true), &json!("team"), &json!(0)));
    assert_eq!(lacks(&tasks), ["list"]);
    let ended = home.run(&["status"]).expect(0);
    assert!(ended.stderr.contains("Tasks can go to linear (missing: list)."), "{}", ended.stderr);
    assert!(ended.stderr.contains("help: integ task targets linear"), "{}", ended.stderr);
    let before = target.desk.asked().len();
    home.run(&["task", "targets", "linear"]).expect(0);
    assert!(target.desk.asked().len() > before);
    let tasks = tasks_of(&home, "linear");
    assert!(tasks["lists"].as_u64().unwrap() > 1 && lacks(&tasks).is_empty(), "{tasks}");
    let ended = home.run(&["status"]).expect(0);
    assert!(ended.stderr.contains(" teams)."), "{}", ended.stderr);
}

#[test]
fn a_scope_that_was_not_granted_is_said_and_stops_it() {
    let target = Target::open(GOOGLE_TASKS);
    let home = Home::new();
    granted(&target, &home, "google", "openid https://www.googleapis.com/auth/calendar.readonly");
    let tasks = tasks_of(&home, "google");
    assert_eq!((&tasks["can"], lacks(&tasks)), (&json!(false), vec!["scope"]));
    let lack = &tasks["missing"][0];
    assert!(lack["message"].as_str().unwrap().contains("auth/tasks"), "{lack}");
    assert!(lack["help"].as_str().unwrap().starts_with("integ connect google --scope"), "{lack}");
    let ended = home.run(&["status"]);
    assert!(ended.stderr.contains("No tasks can go to google (missing: scope)."), "{}", ended.stderr);
    home.run(&["task", "create", "x", "--to", "google"]).expect(3);
    assert!(target.creates().is_empty());
}

#[test]
fn a_workspace_that_was_not_chosen_is_said_and_stops_it() {
    let target = Target::open(TODOIST);
    let home = target.home();
    // Its file asks since for something that nobody was asked for then.
    let file = home.path().join("config/integ/providers/todoist.toml");
    let mut own: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
    let api = format!("http://127.0.0.1:{}/{{team}}/api/v1", target.desk.port);
    own.insert("api-url".into(), toml::Value::String(api));
    own.insert("option".into(), toml::Value::Table("[team]\ntitle = \"The team\"".parse().unwrap()));
    std::fs::write(&file, own.to_string()).unwrap();
    let tasks = tasks_of(&home, "todoist");
    assert_eq!((&tasks["can"], lacks(&tasks)), (&json!(false), vec!["workspace"]), "{tasks}");
    assert!(tasks["missing"][0]["help"].as_str().unwrap().contains("--option team="), "{tasks}");
    let ended = home.run(&["status"]);
    assert!(ended.stderr.contains("No tasks can go to todoist (missing: workspace)."), "{}", ended.stderr);
    home.run(&["task", "create", "x", "--to", "todoist"]).expect(3);
    assert!(target.creates().is_empty());
}

#[test]
fn providers_say_where_a_task_goes_and_who_can_take_one() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let document = home.run(&["providers", "--json"]).expect(0).json();
    let of = |name: &str| {
        let found = document["providers"].as_array().unwrap().iter().find(|one| one["name"] == name);
        found.unwrap()["tasks"].clone()
    };
    assert_eq!(of("jira"), json!({"list": "project", "needs_list": true}));
    assert_eq!((&of("todoist")["needs_list"], &of("slack")), (&json!(false), &Value::Null));
    let one = home.run(&["providers", "todoist", "--json"]).expect(0).json();
    let connections = &one["providers"][0]["tasks"]["connections"];
    assert_eq!((&connections[0]["name"], &connections[0]["can"]), (&json!("todoist"), &json!(true)));
    let text = home.run(&["providers", "todoist"]).expect(0).stdout;
    assert!(
        text.contains("into one project: integ task targets") && text.contains("todoist  ready"),
        "{text}"
    );
    // A vault that cannot be read hides the connections, not the provider.
    let mut locked = home.command(&["providers", "todoist", "--json"]);
    let ended = crate::seal::Ended::of(locked.env_remove("INTEG_VAULT_KEY").output().unwrap()).expect(0);
    assert_eq!(ended.json()["providers"][0]["tasks"]["connections"], json!([]));
}

//! One task, the way it is supposed to be.

use crate::dialects::{GOOGLE_TASKS, LINEAR, TODOIST};
use crate::server::{TOKEN, Target};
use serde_json::json;

#[test]
fn a_task_arrives() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let ended = home.run(&["task", "create", "Send the offer", "--to", "todoist", "--json"]).expect(0);
    let task = &ended.json()["tasks"][0];
    assert_eq!((&task["state"], &task["remote_id"]), (&json!("done"), &json!("T1")), "{task}");
    assert_eq!(task["url"], "https://app.todoist.com/app/task/T1");
    assert_eq!(target.tasks()[0]["content"], "Send the offer");
    ended.without(TOKEN);
    target.is_content();
}

#[test]
fn everything_that_todoist_holds() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let arguments = [
        "task",
        "create",
        "Offer",
        "--to",
        "todoist/offers",
        "--due",
        "2026-12-01",
        "--priority",
        "high",
        "--tag",
        "a",
        "--tag",
        "b c",
        "--assignee",
        "ben@x.example",
        "--notes",
        "**bold**",
    ];
    home.run(&arguments).expect(0);
    let task = &target.tasks()[0];
    assert_eq!(task["project_id"], "p1");
    assert_eq!((&task["due_date"], &task["priority"]), (&json!("2026-12-01"), &json!(3)));
    assert_eq!((&task["labels"], &task["assignee_id"]), (&json!(["a", "b c"]), &json!("u1")));
    assert_eq!(task["description"], "**bold**");
    target.is_content();
}

#[test]
fn the_same_key_is_the_same_task() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let create = ["task", "create", "Offer", "--to", "todoist", "--key", "k1", "--json"];
    let first = home.run(&create).expect(0).json();
    let second = home.run(&create).expect(0).json();
    assert_eq!(first["tasks"][0]["remote_id"], second["tasks"][0]["remote_id"]);
    assert_eq!(target.creates().len(), 1);
}

#[test]
fn everything_that_linear_holds() {
    let target = Target::open(LINEAR);
    let home = target.home();
    let arguments = [
        "task",
        "create",
        "Fix it",
        "--to",
        "linear/ENG",
        "--due",
        "2026-12-01T09:00",
        "--priority",
        "urgent",
        "--tag",
        "Bug",
        "--assignee",
        "Ben",
        "--field",
        "state=todo",
        "--url",
        "https://x.example/1",
        "--json",
    ];
    let document = home.run(&arguments).expect(0).json();
    let issue = &target.tasks()[0];
    assert_eq!(
        (&issue["teamId"], &issue["stateId"], &issue["priority"]),
        (&json!("t1"), &json!("s1"), &json!(1))
    );
    assert_eq!((&issue["labelIds"], &issue["assigneeId"]), (&json!(["l1"]), &json!("u1")));
    assert_eq!(
        (&issue["dueDate"], &issue["description"]),
        (&json!("2026-12-01"), &json!("https://x.example/1"))
    );
    let task = &document["tasks"][0];
    assert_eq!(task["remote_id"], issue["id"]);
    assert!(task["notices"][0].as_str().unwrap().contains("time of day"), "{task}");
    home.run(&["task", "create", "In a project", "--to", "linear/Engineering/Website"]).expect(0);
    assert_eq!((&target.tasks()[1]["teamId"], &target.tasks()[1]["projectId"]), (&json!("t1"), &json!("j1")));
    target.is_content();
}

#[test]
fn what_google_has_no_room_for_is_said_before_sending() {
    let target = Target::open(GOOGLE_TASKS);
    let home = target.home();
    let arguments = [
        "task",
        "create",
        "Call",
        "--to",
        "google/errands",
        "--priority",
        "high",
        "--tag",
        "a",
        "--notes",
        "n",
        "--due",
        "2026-12-01",
    ];
    let ended = home.run(&arguments).expect(0);
    for part in ["a priority", "tags"] {
        assert!(ended.stderr.contains(&format!("Google has no room for {part}")), "{}", ended.stderr);
    }
    let task = &target.tasks()[0];
    assert_eq!((&task["list"], &task["due"]), (&json!("L2"), &json!("2026-12-01T00:00:00.000Z")));
    assert!(task["notes"].as_str().unwrap().starts_with("n\n\ninteg:"), "{task}");
    target.is_content();
}

#[test]
fn an_unknown_name_or_list_is_told_and_nothing_is_kept() {
    let target = Target::open(TODOIST);
    let home = target.home();
    for (to, words) in [
        ("todoist/ofers", "did you mean `Offers`"),
        ("todoist/nothing-like-it", "there are: Offers, Home & garden"),
        ("todoits", "did you mean `todoist`"),
        ("slack", "cannot take tasks"),
    ] {
        let ended = home.run(&["task", "create", "x", "--to", to, "--queue"]).expect(3);
        assert!(ended.stderr.contains(words), "{to}: {}", ended.stderr);
    }
    assert_eq!(home.run(&["task", "list", "--json"]).json()["tasks"], json!([]));
    assert!(target.creates().is_empty());
}

#[test]
fn a_dry_run_shows_the_request_and_keeps_nothing() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let ended = home
        .run(&["task", "create", "x", "--to", "todoist/offers", "--dry-run", "--json"])
        .expect(0)
        .without(TOKEN);
    let request = &ended.json()["requests"][0];
    assert!(request["url"].as_str().unwrap().ends_with("/api/v1/tasks"), "{request}");
    assert!(request["body"].as_str().unwrap().contains("<id of offers>"), "{request}");
    assert!(
        target.creates().is_empty() && home.run(&["task", "list", "--json"]).json()["tasks"] == json!([])
    );
}

#[test]
fn a_task_is_shown_done_and_opened() {
    for dialect in [TODOIST, LINEAR, GOOGLE_TASKS] {
        let target = Target::open(dialect);
        let home = target.home();
        let to = if dialect.provider == "linear" { "linear/ENG" } else { dialect.provider };
        home.run(&["task", "create", "x", "--to", to, "--key", "k"]).expect(0);
        let show = |expected: bool| {
            let document = home.run(&["task", "show", "k", "--json"]).expect(0).json();
            assert_eq!(document["tasks"][0]["remote"]["done"], expected, "{to}: {document}");
        };
        show(false);
        home.run(&["task", "done", "1"]).expect(0);
        show(true);
        let opened = home.run(&["task", "open", "1", "--no-input"]).expect(0);
        assert!(opened.stdout.starts_with("https://"), "{}", opened.stdout);
        let there = home.run(&["task", "list", "--remote", to, "--json"]).expect(0).json();
        assert_eq!(there["tasks"][0]["title"], "x", "{there}");
        let targets =
            home.run(&["task", "targets", dialect.provider, "--refresh", "--json"]).expect(0).json();
        assert!(targets["targets"].as_array().unwrap().len() >= 2, "{targets}");
        target.is_content();
    }
}

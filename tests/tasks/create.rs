//! One task, the way it is supposed to be.

use crate::dialects::TODOIST;
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

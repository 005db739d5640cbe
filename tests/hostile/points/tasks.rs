use serde_json::json;

use super::{After, Case};
use crate::evil::Evil;
use crate::home::{Home, Output, Point, provider_toml};

const CREATE: [&str; 8] = ["task", "create", "Write the offer", "--to", "evil", "--key", "k", "--json"];

/// A provider that knows a request again by its key.
pub(crate) fn seed(evil: &Evil) -> Home {
    let tasks = "\n[capability.tasks]\ndialect = \"todoist\"\nrequired = [\"openid\"]\n\n[rate]\nper-second = 10000.0\n";
    let toml = provider_toml(evil, &[]) + tasks;
    let home = Home::new(evil);
    home.provider("evil", &toml);
    let projects = json!({"results": [{"id": "p1", "name": "Offers"}], "next_cursor": null});
    evil.says("/projects", "200 OK", &[], &projects.to_string());
    evil.says("/tasks", "200 OK", &[], &json!({"id": "T1", "content": "x", "checked": false}).to_string());
    home.connect(&["evil", "--can", "tasks"]).0.exits(&[0]);
    home.run(&["task", "targets", "evil"]).exits(&[0]);
    home
}

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&CREATE).disk(point).run()
}

fn holds(after: &After<'_>) {
    let listed = after.home.run(&["task", "list", "--json"]).exits(&[0]).json();
    let states: Vec<_> =
        listed["tasks"].as_array().unwrap().iter().map(|task| task["state"].as_str().unwrap()).collect();
    after.must(states.len() <= 1, "two rows for one key");
    if after.is_acknowledged() {
        after.must(states == ["done"], &format!("acknowledged, and it is {states:?}"));
    } else if after.out.out().contains("\"queued\"") {
        after.must(states == ["queued"], &format!("said to be queued, and it is {states:?}"));
    }
    // Whoever was killed is given up after ten minutes.
    let next = after.home.call(&CREATE).at(700).run();
    after.must(next.code == 0, &format!("the next good run: {}", next.transcript()));
    let mut keys: Vec<_> = after
        .evil
        .asked("/tasks")
        .iter()
        .map(|asked| asked.header("x-request-id").unwrap().to_owned())
        .collect();
    keys.dedup();
    after.must(keys.len() == 1, &format!("created under {} keys", keys.len()));
    let listed = after.home.run(&["task", "list", "--json"]).exits(&[0]).json();
    after.must(listed["tasks"][0]["state"] == "done", "not done");
    after.must(listed["tasks"].as_array().unwrap().len() == 1, "not one row");
}

pub(crate) const CASE: Case = Case { name: "task create", least: 20, seed, run, holds };

use serde_json::Value;

use super::{After, Case, tasks};
use crate::evil::Evil;
use crate::home::{Home, Output, Point};

const OLD: &str = "evil";
const NEW: &str = "evil/work";

/// A connection with a task that waits for it.
fn seed(evil: &Evil) -> Home {
    let home = tasks::seed(evil);
    home.run(&["task", "create", "Write the offer", "--to", OLD, "--queue"]).exits(&[0]);
    home
}

fn run(_: &Evil, home: &Home, point: Point) -> Output {
    home.call(&["rename", OLD, NEW, "--json"]).disk(point).run()
}

fn holds(after: &After<'_>) {
    let listed = after.home.run(&["status", "--json"]).exits(&[0]).json();
    let names: Vec<&Value> =
        listed["connections"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    let [name] = names.as_slice() else {
        panic!("one connection is {names:?}\n{after}");
    };
    after.must(*name == NEW || *name == OLD, "a third name");
    after.must(*name == NEW || !after.is_acknowledged(), "acknowledged, and it is the old name");
    // The provider takes each refresh token once.
    after.home.run(&["refresh", "--all", "--force"]).exits(&[0]);
    if *name == OLD {
        let next = after.home.run(&["rename", OLD, NEW]);
        after.must(next.code == 0, &format!("the next rename: {}", next.transcript()));
    }
    after.must(after.token(OLD).is_none(), "the old name still gives a token");
    after.is_live(&after.token(NEW).unwrap_or_default());
    after.home.run(&["task", "retry"]).exits(&[0]);
    let listed = after.home.run(&["task", "list", "--json"]).exits(&[0]).json();
    let (task, count) = (&listed["tasks"][0], listed["tasks"].as_array().unwrap().len());
    after.must(count == 1 && task["state"] == "done", &format!("the task that waited: {listed}"));
}

pub(crate) const CASE: Case = Case { name: "rename", least: 20, seed, run, holds };

//! Where a task goes that nobody gave a place, in order: what is typed, a rule, the default, the only one, a question.

use serde_json::json;

use crate::dialects::{LINEAR, TODOIST};
use crate::seal::{Ended, Home};
use crate::server::Target;

/// A home that is connected to both.
fn both() -> (Target, Target, Home) {
    let (todoist, linear) = (Target::open(TODOIST), Target::open(LINEAR));
    let home = todoist.home();
    linear.known_to(&home);
    home.paste("linear", linear.dialect.token);
    (todoist, linear, home)
}

fn routes(home: &Home, rules: &[&str]) -> Ended {
    home.run(&["config", "set", "task.routes", &json!(rules).to_string()])
}

#[test]
fn rules_then_the_default_then_the_only_one_then_a_question() {
    let (todoist, linear) = (Target::open(TODOIST), Target::open(LINEAR));
    let home = todoist.home();
    home.run(&["task", "create", "only one can"]).expect(0);
    linear.known_to(&home);
    home.paste("linear", linear.dialect.token);
    let ended = home.run(&["task", "create", "which"]).expect(3);
    assert!(ended.stderr.contains("--to one of: linear, todoist"), "{}", ended.stderr);
    home.run(&["config", "set", "task.default", "todoist/Offers"]).expect(0);
    home.run(&["config", "set", "task.routes", "[\"tag:bug=linear/ENG\", \"word:Deploy it=linear/OPS\"]"])
        .expect(0);
    home.run(&["config", "set", "task.routes", "[\"colour:red=linear\"]"]).expect(2);
    home.run(&["task", "create", "a", "--tag", "bug"]).expect(0);
    home.run(&["task", "create", "please deploy it now"]).expect(0);
    home.run(&["task", "create", "undeploy it"]).expect(0);
    assert_eq!(linear.tasks().iter().map(|t| t["teamId"].clone()).collect::<Vec<_>>(), ["t1", "t2"]);
    assert_eq!(todoist.tasks()[1]["project_id"], "p1");
}

#[test]
fn what_is_typed_goes_before_a_rule_and_a_rule_before_the_default() {
    let (todoist, linear, home) = both();
    home.run(&["config", "set", "task.default", "todoist"]).expect(0);
    routes(&home, &["word:deploy=linear/OPS", "tag:bug=linear/ENG"]).expect(0);
    home.run(&["task", "create", "deploy it", "--tag", "bug", "--to", "todoist"]).expect(0);
    assert_eq!((todoist.tasks().len(), linear.tasks().len()), (1, 0));
    home.run(&["task", "create", "deploy it"]).expect(0);
    assert_eq!(linear.tasks()[0]["teamId"], "t2");
    // Both fit: the first one counts.
    routes(&home, &["tag:bug=linear/ENG", "word:deploy=linear/OPS"]).expect(0);
    home.run(&["task", "create", "deploy it", "--tag", "Bug"]).expect(0);
    assert_eq!(linear.tasks()[1]["teamId"], "t1");
    home.run(&["task", "create", "deployed"]).expect(0);
    assert_eq!(todoist.tasks().len(), 2);
}

#[test]
fn a_setting_that_names_a_renamed_connection_is_told() {
    let (_todoist, _linear, home) = both();
    let warns = |ended: &Ended, key: &str| ended.stderr.contains(&format!("the setting {key} still says"));
    let renamed = home.run(&["rename", "todoist", "todoist/home"]).expect(0);
    assert!(!renamed.stderr.contains("still says"), "{}", renamed.stderr);
    home.run(&["config", "set", "task.default", "todoist/home/Offers"]).expect(0);
    routes(&home, &["tag:bug=linear/ENG"]).expect(0);
    let renamed = home.run(&["rename", "todoist/home", "todoist/work"]).expect(0);
    assert!(warns(&renamed, "task.default") && !warns(&renamed, "task.routes"), "{}", renamed.stderr);
    let renamed = home.run(&["rename", "linear", "linear/work"]).expect(0);
    assert!(!warns(&renamed, "task.default") && warns(&renamed, "task.routes"), "{}", renamed.stderr);
}

#[test]
fn links_and_plain_tasks_are_kinds_and_each_line_of_a_batch_has_its_own_rule() {
    let (todoist, linear, home) = both();
    routes(&home, &["kind:link=linear/ENG", "kind:task=todoist/Offers"]).expect(0);
    home.run(&["task", "create", "read", "--url", "https://x.example/1"]).expect(0);
    home.run(&["task", "create", "write"]).expect(0);
    let lines = "{\"title\":\"a\",\"url\":\"https://x.example/2\"}\n{\"title\":\"b\"}\n{\"title\":\"c\",\"to\":\"linear/OPS\"}\n";
    home.run_with_input(&["task", "create", "--batch", "-"], lines).expect(0);
    let titles = |target: &Target, field: &str| {
        let mut titles: Vec<String> =
            target.tasks().iter().map(|task| task[field].as_str().unwrap().to_owned()).collect();
        titles.sort();
        titles
    };
    assert_eq!(titles(&linear, "title"), ["a", "c", "read"]);
    assert_eq!(titles(&todoist, "content"), ["b", "write"]);
    assert!(todoist.tasks().iter().all(|task| task["project_id"] == "p1"));
}

#[test]
fn a_rule_or_a_default_that_leads_nowhere_is_named() {
    let (_todoist, _linear, home) = both();
    home.run(&["config", "set", "task.default", "todoits"]).expect(0);
    let ended = home.run(&["task", "create", "x"]).expect(3);
    assert!(ended.stderr.contains("task.default: nothing is called `todoits`"), "{}", ended.stderr);
    routes(&home, &["word:x=linaer/ENG"]).expect(0);
    let ended = home.run(&["task", "create", "x"]).expect(3);
    assert!(ended.stderr.contains("task.routes: word:x=linaer/ENG: nothing is called"), "{}", ended.stderr);
    assert_eq!(home.run(&["task", "list", "--json"]).json()["tasks"], json!([]));
}

#[test]
fn nobody_is_asked_where_nobody_is_there() {
    let (_todoist, linear, home) = both();
    let ended = home.run(&["task", "create", "x", "--json"]).expect(3);
    assert_eq!(ended.json()["error"]["kind"], "interaction_needed");
    assert!(ended.json()["error"]["help"].as_str().unwrap().contains("linear, todoist"), "{}", ended.stdout);
    let ended = home.run(&["task", "create", "x", "--to", "linear"]).expect(3);
    assert!(ended.stderr.contains("--to one of: linear/Engineering"), "{}", ended.stderr);
    assert!(linear.creates().is_empty());
}

#[cfg(unix)]
#[test]
fn at_a_terminal_one_is_asked() {
    let (todoist, linear, home) = both();
    let ask = |keys: &str| {
        let command = home.command(&["task", "create", "x"]);
        crate::tty::at_terminal(command, 100, "Where to?", keys)
    };
    // Down to the second of them, and Enter.
    let (shown, code) = ask("\u{1b}[B\r");
    assert_eq!(code, Some(0), "{shown}");
    assert_eq!((todoist.tasks().len(), linear.tasks().len()), (1, 0), "{shown}");
    let (shown, code) = ask("\u{3}");
    assert_ne!(code, Some(0), "{shown}");
    assert_eq!(home.run(&["task", "list", "--json"]).json()["tasks"].as_array().unwrap().len(), 1);
}

#[test]
fn the_shell_completes_connections_and_the_lists_that_were_learnt() {
    let (_todoist, linear, home) = both();
    home.run(&["task", "targets", "linear"]).expect(0);
    let asked = linear.desk.asked().len();
    let offered = |line: &[&str]| -> Vec<String> {
        let mut command = home.command(&["--", "integ"]);
        command.args(line).env("INTEG_COMPLETE", "bash").env("_CLAP_IFS", "\n");
        let ended = Ended::of(command.env("_CLAP_COMPLETE_INDEX", line.len().to_string()).output().unwrap())
            .expect(0);
        assert_eq!(ended.stderr, "");
        ended.stdout.lines().map(str::to_owned).collect()
    };
    assert_eq!(offered(&["task", "create", "x", "--to", "to"]), ["todoist"]);
    let all = offered(&["task", "create", "x", "--to", ""]);
    for wanted in ["linear", "linear/Engineering", "todoist"] {
        assert!(all.iter().any(|one| one == wanted), "{wanted}: {all:?}");
    }
    assert_eq!(offered(&["task", "list", "--remote", "linear/Eng"]), ["linear/Engineering"]);
    assert_eq!(offered(&["task", "targets", "li"]), ["linear"]);
    assert_eq!(linear.desk.asked().len(), asked, "the Tab key asks nobody");
}

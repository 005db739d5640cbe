//! What cannot be sent now is kept, says so, and goes out at the next occasion; what could never be sent is not kept.

use std::net::TcpListener;

use serde_json::{Value, json};

use crate::dialects::{LINEAR, TODOIST};
use crate::seal::{Ended, Home};
use crate::server::Target;

fn kept(home: &Home) -> Vec<Value> {
    home.run(&["task", "list", "--json"]).expect(0).json()["tasks"].as_array().unwrap().clone()
}

/// A home that is connected, has learnt the lists, and in which one task waits.
fn waiting(target: &Target) -> Home {
    let home = target.home();
    home.run(&["task", "targets"]).expect(0);
    target.tell(|play| play.down = Some((503, json!({}))));
    home.run(&["config", "set", "limits.tries", "1"]).expect(0);
    home.run(&["task", "create", "x", "--to", "todoist", "--queue"]).expect(0);
    target.tell(|play| play.down = None);
    assert!(target.tasks().is_empty());
    home
}

#[test]
fn it_goes_out_after_a_sign_in() {
    let target = Target::open(TODOIST);
    let home = Home::new();
    target.known_to(&home);
    let ended = home.run(&["task", "create", "x", "--to", "todoist/Offers"]).expect(3);
    assert!(ended.stderr.contains("kept as task 1, and sent later"), "{}", ended.stderr);
    let ended = home.run_with_input(&["connect", "todoist", "--token-stdin"], target.dialect.token).expect(0);
    assert!(ended.stderr.contains("Sent 1 task to todoist."), "{}", ended.stderr);
    assert_eq!((target.tasks().len(), &kept(&home)[0]["state"]), (1, &json!("done")));
    assert_eq!(target.tasks()[0]["project_id"], "p1");
}

#[test]
fn it_goes_out_after_a_sync_and_by_the_schedule() {
    for occasion in [&["sync"][..], &["schedule", "run"], &["schedule", "run", "--only", "sync"]] {
        let target = Target::open(TODOIST);
        let home = waiting(&target);
        home.run(occasion).expect(0);
        assert_eq!((target.tasks().len(), &kept(&home)[0]["state"]), (1, &json!("done")), "{occasion:?}");
    }
    for occasion in [&["sync", "--dry-run"][..], &["schedule", "run", "--only", "refresh"]] {
        let target = Target::open(TODOIST);
        let home = waiting(&target);
        home.run(occasion).expect(0);
        assert!(target.tasks().is_empty(), "{occasion:?}");
    }
}

#[test]
fn one_that_fails_again_is_told_and_is_no_failure_of_the_occasion() {
    let target = Target::open(TODOIST);
    let home = waiting(&target);
    target.tell(|play| play.down = Some((503, json!({}))));
    let ended = home.run(&["sync"]).expect(0);
    assert!(ended.stderr.contains("1 task for todoist could not be sent"), "{}", ended.stderr);
    assert_eq!(kept(&home)[0]["state"], "queued");
}

#[test]
fn without_a_network_it_is_kept() {
    let target = Target::open(TODOIST);
    let home = target.home();
    // A port that nobody has any more, and a name so long that no resolver is asked for it.
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let file = home.path().join("config/integ/providers/todoist.toml");
    let own = std::fs::read_to_string(&file).unwrap();
    let nowhere = format!("https://{}.invalid", "n".repeat(64));
    for (n, place) in [format!("http://127.0.0.1:{closed}"), nowhere].iter().enumerate() {
        let hosts = place.split_once("//").unwrap().1;
        let away = own
            .replace(&format!("http://127.0.0.1:{}", target.desk.port), place)
            .replace(&format!("\"127.0.0.1:{}\"", target.desk.port), &format!("\"{hosts}\""));
        std::fs::write(&file, away).unwrap();
        let ended = home.run(&["task", "create", "x", "--to", "todoist", "--json"]).expect(4);
        let task = &ended.json()["tasks"][0];
        assert_eq!(
            (&task["state"], &task["error"]["kind"]),
            (&json!("queued"), &json!("unreachable")),
            "{place}"
        );
        for (more, code) in [(&[][..], 4), (&["--queue"], 0)] {
            let ended = home.run(&[&["task", "create", "y", "--to", "todoist"], more].concat()).expect(code);
            assert!(ended.stderr.contains("kept as task"), "{place}: {}", ended.stderr);
        }
        assert_eq!(kept(&home).len(), 3 * (n + 1));
    }
    std::fs::write(&file, own).unwrap();
    home.run(&["task", "retry"]).expect(0);
    assert_eq!(target.tasks().len(), 6);
}

#[test]
fn behind_a_vault_that_cannot_be_opened_it_is_kept() {
    let target = Target::open(TODOIST);
    let home = target.home();
    let locked = |arguments: &[&str]| {
        Ended::of(home.command(arguments).env_remove("INTEG_VAULT_KEY").output().unwrap())
    };
    let ended = locked(&["task", "create", "x", "--to", "todoist", "--json"]).expect(5);
    assert_eq!(ended.json()["tasks"][0]["state"], "queued");
    let ended = locked(&["task", "create", "y", "--to", "todoist/Offers", "--queue"]).expect(0);
    assert!(ended.stderr.contains("kept as task 2"), "{}", ended.stderr);
    assert_eq!(kept(&home).len(), 2);
    // What was never known is not kept, whoever could tell.
    locked(&["task", "create", "z", "--to", "nobody", "--queue"]);
    assert_eq!(kept(&home).len(), 2);
    home.run(&["task", "retry"]).expect(0);
    assert_eq!(target.tasks().len(), 2);
}

#[test]
fn a_name_that_is_wrong_is_told_with_its_neighbours_and_not_kept() {
    let target = Target::open(LINEAR);
    let home = target.home();
    home.run(&["task", "targets"]).expect(0);
    for (to, words) in [
        ("linear/Enginering", "did you mean `Engineering`"),
        ("linear", "linear/"),
        ("linaer/ENG", "did you mean `linear`"),
        ("telegram", "cannot take tasks"),
        ("../x", ""),
        ("", ""),
    ] {
        for more in [&[][..], &["--queue"]] {
            let ended = home.run(&[&["task", "create", "x", "--to", to], more].concat());
            assert_eq!(ended.code, 3, "{to}: {}", ended.stderr);
            assert!(ended.stderr.contains(words), "{to}: {}", ended.stderr);
        }
    }
    let ended = home.run(&["task", "create", "x", "--to", "linear/ENG", "--assignee", "bne"]).expect(3);
    assert!(ended.stderr.contains("there is no person `bne`"), "{}", ended.stderr);
    assert!(kept(&home).is_empty() && target.creates().is_empty());
}

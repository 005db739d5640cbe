//! A rename that was killed before the vault gave the old name up has not happened, whatever comes next.

use crate::evil::Evil;
use crate::home::{Act, Home, Point};

const RENAME: [&str; 3] = ["rename", "evil", "evil/work"];

#[test]
fn another_sign_in_after_a_killed_rename_is_the_only_connection() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let listed = home.copy();
    listed.call(&RENAME).disk(Point::NONE).run().exits(&[0]);
    let gives_up = |call: &String| call.contains(" unlink ") && call.ends_with(".age");
    let at = 1 + listed.storage_calls().iter().position(gives_up).expect("the old item is not deleted");
    home.call(&RENAME).disk(Point { at, act: Act::Kill }).run().exits(&[137]);
    assert_eq!(home.vault_files().len(), 2, "the copy is there already");

    home.connect(&["evil", "--replace"]).0.exits(&[0]);
    let status = home.run(&["status", "--json"]).exits(&[0]).json();
    let names: Vec<_> =
        status["connections"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["evil"], "{status}");
    home.run(&RENAME).exits(&[0]);
    home.run(&["refresh", "evil/work", "--force"]).exits(&[0]);
    home.run(&["token", "evil"]).exits(&[3]);
}

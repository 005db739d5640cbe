//! TE11: what was granted is what counts.

use serde_json::json;

use crate::evil::Evil;
use crate::home::Home;

#[test]
fn te11_a_scope_that_was_not_granted_is_recorded_and_named() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "scope-down");
    let (output, _) = home.connect(&["evil", "--can", "calendars", "--json"]);
    output.exits(&[0, 3]);
    let status = home.status("evil");
    assert_eq!(status["missing_scopes"], json!(["calendar.readonly"]), "{status}");
    let tested = home.run(&["test", "evil", "--json"]);
    tested.exits(&[3]).says("calendar.readonly");
    assert_eq!(tested.json()["tests"][0]["outcome"], "missing_scopes");
}

#[test]
fn te11_no_scope_in_the_answer_means_as_requested() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "scope-missing");
    home.connect(&["evil", "--can", "calendars"]).0.exits(&[0]);
    let status = home.status("evil");
    assert_eq!(status["missing_scopes"], json!([]), "{status}");
    assert!(status["scopes"].as_array().unwrap().contains(&json!("calendar.readonly")), "{status}");
}

#[test]
fn te11_more_than_was_asked_is_no_obstacle() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    evil.mode("token", "scope-up");
    home.connect(&["evil", "--can", "calendars"]).0.exits(&[0]);
    assert_eq!(home.status("evil")["missing_scopes"], json!([]));
    home.run(&["test", "evil"]).exits(&[0]);
}

#[test]
fn te11_what_a_person_asked_for_is_asked_for_again_until_they_replace_it() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let scopes = |args: &[&str]| {
        home.connect(args).0.exits(&[0]);
        let asked = evil.log("authorize").last().and_then(|r| r.param("scope").map(str::to_owned)).unwrap();
        asked.split(' ').map(str::to_owned).collect::<Vec<_>>()
    };
    let given = ["evil", "--can", "calendars", "--scope", "files.read", "--scope", "calendar.events"];
    let usual = ["openid", "calendar.readonly", "calendar.events"];
    let more = [&usual[..], &["files.read"]].concat();
    assert_eq!(scopes(&given), more);
    assert_eq!(scopes(&["evil"]), more);
    assert_eq!(
        scopes(&["evil", "--scope", "mail.read"]),
        [&usual[..], &["mail.read", "files.read"]].concat()
    );
    assert_eq!(scopes(&["evil", "--replace"]), usual);
    assert_eq!(scopes(&["evil"]), usual);
}

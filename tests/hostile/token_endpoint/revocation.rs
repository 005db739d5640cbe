//! TE23: a connection goes away only after the provider has answered, or when a person insists.

use crate::evil::Evil;
use crate::home::Home;

#[test]
fn te23_revoked_then_deleted() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    let output = home.run(&["disconnect", "evil", "--yes", "--json"]);
    output.exits(&[0]);
    assert_eq!(output.json()["disconnected"][0]["revoked"], true);
    assert_eq!(evil.state().grants.revoked(), 1, "the refresh token still lives");
    assert_eq!(home.vault_files().len(), 0);
    home.run(&["token", "evil"]).exits(&[3]);
}

#[test]
fn te23_no_answer_no_deletion_unless_forced() {
    for mode in ["http-503", "hang", "http-500", "http-404", "429"] {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("3s");
        home.fresh(&evil, "evil");
        evil.mode("revoke", mode);
        let codes: &[i32] = if mode == "http-404" { &[1, 4] } else { &[4] };
        home.run(&["disconnect", "evil", "--yes"]).exits(codes);
        home.run(&["token", "evil"]).exits(&[0]);
        home.run(&["disconnect", "evil", "--yes", "--force"]).exits(&[0]);
        home.run(&["token", "evil"]).exits(&[3]);
    }
}

#[test]
fn te23_deleting_needs_a_yes() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.fresh(&evil, "evil");
    home.run(&["disconnect", "evil"]).exits(&[2]).says("--yes");
    assert_eq!(evil.log("revoke").len(), 0);
    home.run(&["token", "evil"]).exits(&[0]);
}

//! A question stands, and somebody else answers it first: what was asked about is not there any more when the answer comes.

use std::thread;
use std::time::Duration;

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

use super::pty::Terminal;

/// One grant that two services share.
const SERVICES: &str = "\n[capability.notes]\nrequired = [\"notes\"]\n\n[service.days]\ntitle = \"Days\"\n\
    capabilities = [\"calendars\"]\n\n[service.notes]\ntitle = \"Notes\"\ncapabilities = [\"notes\"]\n";

fn connected(evil: &Evil) -> Home {
    let home = Home::new(evil);
    home.provider("evil", &(provider_toml(evil, &[]) + SERVICES));
    home.connect(&["evil", "--can", "calendars,notes"]).0.exits(&[0]);
    evil.state().forget();
    home
}

/// What the screen shows in the end of a command whose question is answered with yes after `meanwhile`.
fn answered(home: &Home, asked: &str, question: &str, meanwhile: impl FnOnce()) -> String {
    let mut terminal = Terminal::start(home, 200, &["disconnect", asked], &[]);
    terminal.sees(question);
    meanwhile();
    terminal.types("y");
    terminal.ends(75)
}

#[test]
fn what_was_disconnected_meanwhile_is_not_revoked_twice() {
    let evil = Evil::start();
    let home = connected(&evil);
    let shown = answered(&home, "evil", "Revoke and delete evil?", || {
        home.run(&["disconnect", "evil", "--yes"]).exits(&[0]);
    });
    assert!(shown.contains("disconnected or renamed meanwhile"), "{shown}");
    assert_eq!(evil.log("revoke").len(), 1);
}

#[test]
fn what_was_renamed_or_signed_in_to_anew_meanwhile_goes_on_working() {
    let evil = Evil::start();
    for is_renamed in [true, false] {
        let home = connected(&evil);
        answered(&home, "evil", "Revoke and delete evil?", || {
            home.run(&["rename", "evil", "evil/work"]).exits(&[0]);
            if !is_renamed {
                // Sign-ins are told apart by their second.
                thread::sleep(Duration::from_millis(1100));
                home.connect(&["evil"]).0.exits(&[0]);
            }
        });
        assert!(evil.log("revoke").is_empty());
        home.run(&["refresh", "evil/work", "--force"]).exits(&[0]);
        home.run(&["refresh", "evil", "--force"]).exits(&[if is_renamed { 3 } else { 0 }]);
    }
}

#[test]
fn taking_a_service_away_brings_no_connection_back() {
    let evil = Evil::start();
    let home = connected(&evil);
    answered(&home, "days", "Take days away from evil?", || {
        home.run(&["disconnect", "evil", "--yes"]).exits(&[0]);
    });
    assert!(home.vault_files().is_empty());
    // Another service's was taken meanwhile: this is the last, and that takes another question.
    let home = connected(&evil);
    answered(&home, "days", "Take days away from evil?", || {
        home.run(&["disconnect", "notes", "--yes"]).exits(&[0]);
    });
    assert_eq!(home.status("evil")["capabilities"], serde_json::json!(["calendars"]));
}

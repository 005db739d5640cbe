//! RF9: the provider has spent the refresh token and its answer never arrives.

use crate::evil::Evil;
use crate::evil::grants::Rotation;
use crate::home::Home;

const LOST: [&str; 4] = ["rotate-then-hang", "rotate-then-reset", "rotate-then-500", "rotate-then-truncate"];

fn lose(evil: &Evil, home: &Home, mode: &str) -> String {
    let grant = home.expired(evil, "evil");
    evil.queue("token", &[mode]);
    home.run(&["token", "evil"]).exits(&[4]);
    assert_eq!(evil.refreshes(), 1, "{mode}: presented twice in one command");
    grant.refresh
}

fn presented(evil: &Evil, token: &str) -> usize {
    evil.log("token").iter().filter(|r| r.field("refresh_token").as_deref() == Some(token)).count()
}

#[test]
fn rf09_a_lost_answer_is_tried_once_more_and_then_a_person_is_asked() {
    for mode in LOST {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("3s");
        let token = lose(&evil, &home, mode);
        home.run(&["token", "evil"]).exits(&[3]).says("integ connect evil");
        for _ in 0..3 {
            home.run(&["token", "evil"]).exits(&[3]);
        }
        assert_eq!(presented(&evil, &token), 2, "{mode}");
        assert_eq!(home.status("evil")["state"], "needs_reauth", "{mode}");
        assert_eq!(home.vault_files().len(), 1, "{mode}: something was deleted");
    }
}

#[test]
fn rf09_with_grace_the_next_command_heals_it() {
    for mode in LOST {
        let evil = Evil::start();
        let home = Home::new(&evil).deadline("3s");
        evil.state().grants.rotation = Rotation::Grace;
        let token = lose(&evil, &home, mode);
        let output = home.run(&["token", "evil"]);
        assert!(evil.state().grants.is_live(output.exits(&[0]).out().trim()), "{mode}");
        assert_eq!(presented(&evil, &token), 2, "{mode}");
        home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    }
}

#[test]
fn rf09_the_loss_is_told() {
    let evil = Evil::start();
    let home = Home::new(&evil).deadline("3s");
    home.expired(&evil, "evil");
    evil.queue("token", &["rotate-then-truncate"]);
    let output = home.run(&["token", "evil", "--json"]);
    assert_eq!(output.exits(&[4]).kind(), "answer_lost");
    assert!(!home.status("evil")["last_error"].is_null());
}

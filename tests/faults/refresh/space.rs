//! RF6: where the new token could not be stored, the old one is not spent.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::sync::atomic::Ordering;

use crate::evil::Evil;
use crate::home::Home;

#[test]
fn rf06_no_space_no_request() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.expired(&evil, "evil");
    home.call(&["refresh", "evil", "--force"]).shell("ulimit -f 0; exec {}").run().exits(&[5]);
    home.call(&["token", "evil"]).shell("ulimit -f 0; exec {}").run().exits(&[5]);
    assert_eq!(evil.refreshes(), 0, "a token was spent that could not be replaced");
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}

#[test]
fn rf06_a_fresh_token_needs_no_space() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let output = home.call(&["token", "evil"]).shell("ulimit -f 0; exec {}").run();
    assert_eq!(output.exits(&[0]).out().trim(), grant.access);
}

#[test]
fn rf06_a_vault_that_cannot_be_written_no_request() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let grant = home.expired(&evil, "evil");
    if nix::unistd::geteuid().is_root() {
        // Permissions do not bind root; a file where the directory should be does.
        home.tampered.store(true, Ordering::SeqCst);
        let aside = home.data().join("aside");
        fs::rename(home.vault(), &aside).unwrap();
        fs::write(home.vault(), "in the way").unwrap();
        home.run(&["token", "evil"]).exits(&[5, 6]);
        fs::remove_file(home.vault()).unwrap();
        fs::rename(&aside, home.vault()).unwrap();
    } else {
        fs::set_permissions(home.vault(), fs::Permissions::from_mode(0o500)).unwrap();
        home.run(&["token", "evil"]).exits(&[5, 6]);
        fs::set_permissions(home.vault(), fs::Permissions::from_mode(0o700)).unwrap();
    }
    assert_eq!(evil.refreshes(), 0);
    assert_eq!(home.recovers(&evil, "evil"), grant.refresh);
}

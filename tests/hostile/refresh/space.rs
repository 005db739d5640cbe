//! RF6, RF7: where the new token could not be stored, the old one is not spent; where it turns out too late that it
//! cannot, the new one is not lost.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::sync::atomic::Ordering;

use crate::evil::Evil;
use crate::home::{Home, files_below, private_dir, private_file};

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

/// The item becomes a folder while the provider answers, so that neither the first try nor another can save.
fn refresh_that_cannot_save(evil: &Evil, home: &Home) -> Vec<u8> {
    let item = home.vault_files()[0].clone();
    let before = fs::read(&item).unwrap();
    evil.hold("token");
    let refresh = home.start(&["refresh", "evil", "--force", "--json"]);
    evil.wait_for("token", 1);
    home.tampered.store(true, Ordering::SeqCst);
    fs::remove_file(&item).unwrap();
    private_dir(&item);
    evil.release("token");
    let out = refresh.wait();
    out.exits(&[5]);
    assert!(
        out.out().contains("could not be saved") && out.out().contains("kept sealed"),
        "{}",
        out.transcript()
    );
    fs::remove_dir(&item).unwrap();
    private_file(&item, &before);
    before
}

#[test]
fn rf07_a_new_token_that_cannot_be_saved_is_kept_for_the_next_command() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    refresh_that_cannot_save(&evil, &home);
    assert_eq!(evil.refreshes(), 1);
    let token = home.run(&["token", "evil"]);
    token.exits(&[0]);
    assert!(evil.state().grants.is_live(token.out().trim()));
    assert_eq!(evil.refreshes(), 1, "the kept token was not taken up");
    // What is stored is what lives, and nothing of it lies around.
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    assert_eq!(evil.state().grants.revoked(), 0);
    let left: Vec<_> =
        files_below(&home.vault()).into_iter().filter(|p| p.to_string_lossy().contains("unsaved")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn rf07_what_was_kept_is_of_no_use_once_the_connection_is_another() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    home.expired(&evil, "evil");
    refresh_that_cannot_save(&evil, &home);
    let aside = |path: &PathBuf| path.extension().is_some_and(|e| e == "unsaved");
    let name = files_below(&home.vault()).into_iter().find(aside).unwrap();
    let kept = fs::read(&name).unwrap();
    home.connect(&["evil", "--replace"]).0.exits(&[0]);
    let live = home.run(&["token", "evil"]).exits(&[0]).out().trim().to_owned();
    private_file(&name, &kept);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    assert_ne!(home.run(&["token", "evil"]).exits(&[0]).out().trim(), live);
    assert!(!name.exists(), "what nothing opens stays");
}

//! HI4: the machine of a pipeline: no terminal, hardly an environment, two variables and one command.

use super::bundle;
use crate::evil::Evil;
use crate::home::{GrantText, Home, IDENTITY};

#[test]
fn hi04_two_variables_and_one_command_make_a_working_connection() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    for name in
        ["INTEG_VAULT", "INTEG_VAULT_KEY_FILE", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "PATH"]
    {
        home.unset(name);
    }
    for name in ["XDG_CONFIG_HOME", "XDG_DATA_HOME"] {
        home.unset(name);
    }
    let (grant, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    home.set("INTEG_VAULT_KEY", IDENTITY).set("CI", "true");
    home.call(&["import"]).env("INTEG_IMPORT", text.0.to_string()).run().exits(&[0]);
    assert_eq!(home.run(&["token", "evil"]).exits(&[0]).out().trim(), grant.access);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    home.run(&["status"]).exits(&[0]);
}

#[test]
fn hi04_a_sealed_bundle_fits_in_a_variable() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil");
    let text = String::from_utf8(sealed).expect("a bundle is text, so that a variable can carry it");
    let home = Home::new(&evil);
    home.call(&["import"]).env("INTEG_IMPORT", text).run().exits(&[0]);
    home.run(&["token", "evil"]).exits(&[0]);
}

#[test]
fn hi04_a_child_gets_the_token_and_not_the_keys() {
    let evil = Evil::start();
    let mut home = Home::new(&evil);
    let grant = home.fresh(&evil, "evil");
    let (_, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    home.unset("INTEG_VAULT_KEY_FILE");
    home.set("INTEG_VAULT_KEY", IDENTITY).set("INTEG_IMPORT", &text.0.to_string());
    home.set("INTEG_EVIL_CLIENT_SECRET", "CANARY-cs-in-the-environment");
    let output =
        home.run(&["run", "--with", "evil", "--with", "evil=OTHER", "--", "/bin/sh", "-c", "export -p"]);
    let seen = output.exits(&[0]).out();
    assert!(seen.contains(&format!("EVIL_TOKEN='{}'", grant.access)), "{seen}");
    assert!(seen.contains("OTHER="), "{seen}");
    for secret in
        [IDENTITY, &grant.refresh, "INTEG_IMPORT", "INTEG_VAULT_KEY", "CANARY-cs-in-the-environment"]
    {
        assert!(!seen.contains(secret), "the child got {secret}");
    }
}

#[test]
fn hi04_nothing_is_imported_twice_by_accident() {
    let evil = Evil::start();
    let home = Home::new(&evil);
    let (_, text) = GrantText::new(&evil, "evil", 4_000_000_000);
    home.call(&["import"]).env("INTEG_IMPORT", text.0.to_string()).run().exits(&[0]);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
    let newer = home.run(&["token", "evil"]).out();
    // The next job of the pipeline restores the home from a cache, and runs the same line again.
    home.call(&["import"]).env("INTEG_IMPORT", text.0.to_string()).run().exits(&[0]).says("--replace");
    assert_eq!(home.run(&["token", "evil"]).out(), newer);
    home.run(&["refresh", "evil", "--force"]).exits(&[0]);
}

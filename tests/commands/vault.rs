//! The file vault's beginnings: nobody is sent in circles, lost settings take no connection away, and a cure that is
//! pasted means the profile it was told in.

use std::fs;

use crate::seal::{Ended, Home};

/// As a person's own shell is: no vault and no key in the environment, no keychain on the machine.
fn run(home: &Home, arguments: &[&str]) -> Ended {
    let mut command = home.command(arguments);
    command.env_remove("INTEG_VAULT").env_remove("INTEG_VAULT_KEY");
    Ended::of(command.output().unwrap())
}

/// Pasted into the file vault that `vault init` made.
fn connected() -> Home {
    let home = Home::new();
    home.provider("x", "title = \"X\"\napi-url = \"http://127.0.0.1:9\"\n");
    let made = run(&home, &["vault", "init"]).expect(0);
    assert!(made.stderr.contains("file vault from now on"), "{}", made.stderr);
    let token = home.write("token", "CANARY-token");
    let mut command = home.command(&["connect", "x", "--token-stdin"]);
    command.env_remove("INTEG_VAULT").env_remove("INTEG_VAULT_KEY");
    Ended::of(command.stdin(fs::File::open(token).unwrap()).output().unwrap()).expect(0);
    home
}

#[test]
fn settings_that_were_lost_take_no_connection_away() {
    let home = connected();
    fs::remove_file(home.config()).unwrap();
    assert_eq!(run(&home, &["token", "x"]).expect(0).stdout.trim(), "CANARY-token");
    assert!(run(&home, &["status"]).expect(0).stdout.contains('x'));
}

#[test]
fn a_keychain_that_is_not_here_is_not_said_to_hold_anything() {
    let home = Home::new();
    run(&home, &["config", "set", "vault.kind", "keychain"]).expect(0);
    let first = run(&home, &["vault", "init"]).expect(0);
    assert!(first.stderr.contains("cannot be asked"), "{}", first.stderr);
    assert!(first.stderr.contains("integ config set vault.kind file"), "{}", first.stderr);
    let again = run(&home, &["vault", "init"]).expect(2);
    assert!(again.stderr.contains("integ config set vault.kind file"), "{}", again.stderr);
    run(&home, &["config", "set", "vault.kind", "file"]).expect(0);
    assert_eq!(run(&home, &["vault", "recipient"]).expect(0).stdout.trim().get(..4), Some("age1"));
}

#[test]
fn a_key_file_that_is_named_and_lost_is_not_replaced_unasked() {
    let home = Home::new();
    let lost = home.path().join("lost.key").display().to_string();
    run(&home, &["config", "set", "vault.kind", "file"]).expect(0);
    run(&home, &["config", "set", "vault.key-file", &lost]).expect(0);
    let said = run(&home, &["token", "x"]).expect(5);
    assert!(said.stderr.contains("integ config unset vault.key-file"), "{}", said.stderr);
}

#[test]
fn no_key_is_made_that_the_environment_would_overrule() {
    let home = Home::new();
    let said = Ended::of(home.command(&["vault", "init"]).output().unwrap()).expect(2);
    assert!(said.stderr.contains("INTEG_VAULT_KEY"), "{}", said.stderr);
    assert!(!home.path().join("config/integ/vault.key").exists());
}

#[test]
fn a_cure_means_the_profile_it_was_told_in() {
    let home = connected();
    let help = |arguments: &[&str]| run(&home, arguments).stderr;
    assert!(help(&["disconnect", "x"]).contains("help: integ disconnect x --yes"));
    let other = ["--profile", "two", "vault", "init"];
    run(&home, &other).expect(0);
    assert!(help(&["--profile", "two", "token", "x"]).contains("integ --profile two connect x"));
    let said = run(&home, &["--profile", "two", "token", "x", "--json"]).json();
    assert_eq!(said["error"]["help"], "integ --profile two connect x");
    // One that the environment names holds for what is pasted too.
    let mut command = home.command(&["token", "x"]);
    command.env_remove("INTEG_VAULT").env_remove("INTEG_VAULT_KEY").env("INTEG_PROFILE", "two");
    let said = Ended::of(command.output().unwrap()).stderr;
    assert!(said.contains("help: integ connect x"), "{said}");
}

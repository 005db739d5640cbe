//! HI1 to HI3: bundles that were damaged, are for somebody else, or come twice.

use std::thread;

use super::bundle;
use crate::evil::Evil;
use crate::home::{Home, OTHER_IDENTITY, private_file};

#[test]
fn hi01_a_bundle_arrives_whole() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil/work");
    let server = Home::new(&evil);
    server.run_with(&["import", "-"], &sealed).exits(&[0]);
    let token = server.run(&["token", "evil/work"]);
    assert_eq!(token.exits(&[0]).out(), laptop.run(&["token", "evil/work"]).out());
    server.run(&["refresh", "evil/work", "--force"]).exits(&[0]);
}

#[test]
fn hi01_a_bundle_may_carry_several_and_come_from_a_file() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    laptop.fresh(&evil, "evil/a");
    laptop.fresh(&evil, "evil/b");
    let recipient = laptop.run(&["vault", "recipient"]).out().trim().to_owned();
    let file = laptop.path("bundle").to_str().unwrap().to_owned();
    laptop.run(&["export", "evil/a", "evil/b", "--to", &recipient, "--output", &file]).exits(&[0]);
    let server = Home::new(&evil);
    server.run(&["import", &file]).exits(&[0]);
    for name in ["evil/a", "evil/b"] {
        server.run(&["token", name]).exits(&[0]);
    }
}

#[test]
fn hi01_no_damaged_bundle_is_believed() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil");
    let server = Home::new(&evil);
    let refused = |bytes: &[u8], what: &str| {
        let output = server.run_with(&["import", "-"], bytes);
        assert!([2, 5].contains(&output.code), "{what}\n{}", output.transcript());
        assert_eq!(server.vault_files().len(), 0, "{what}: something was stored");
    };
    let step = (sealed.len() / 60).max(1);
    thread::scope(|scope| {
        scope.spawn(|| {
            for at in (0..sealed.len()).step_by(step) {
                // Line breaks of the armour carry nothing.
                if !sealed[at].is_ascii_whitespace() {
                    let mut damaged = sealed.clone();
                    damaged[at] ^= 1 << (at % 5);
                    refused(&damaged, &format!("byte {at} of {}", sealed.len()));
                }
            }
        });
        for length in (0..sealed.len() - 2).step_by(step * 3) {
            refused(&sealed[..length], &format!("cut to {length}"));
        }
        refused(b"age-encryption.org/v9\n-> X25519 x\n", "a newer version");
        refused(b"\x89PNG\r\n\x1a\n0000", "another tool's file");
        refused(b"\0\0\0\0", "zeros");
        refused(&vec![b' '; 100 << 20], "100 MB");
    });
    server.run_with(&["import", "-"], &sealed).exits(&[0]);
}

#[test]
fn hi02_the_wrong_key_and_no_key_are_named() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil");
    let mut server = Home::new(&evil);
    private_file(&server.path("key"), OTHER_IDENTITY.as_bytes());
    server.run_with(&["import", "-"], &sealed).exits(&[5]);
    assert_eq!(server.vault_files().len(), 0);
    server.unset("INTEG_VAULT_KEY_FILE");
    server.run_with(&["import", "-"], &sealed).exits(&[5]).says("vault init");
    let by_argument = server.run(&["import", "--vault-key", "AGE-SECRET-KEY-1XYZ", "-"]);
    by_argument.exits(&[2]).never_says("1XYZ");
}

#[test]
fn hi02_a_key_file_may_have_comments_and_a_last_newline() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil");
    for text in ["{}\n", "# created: today\n# public key: age1...\n{}\n", "{}\r\n", "\n{}"] {
        let server = Home::new(&evil);
        private_file(&server.path("key"), text.replace("{}", crate::home::IDENTITY).as_bytes());
        server.run_with(&["import", "-"], &sealed).exits(&[0]);
        server.run(&["token", "evil"]).exits(&[0]);
    }
}

#[test]
fn hi03_a_rotating_grant_on_two_machines_is_warned_about() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    laptop.fresh(&evil, "evil");
    let recipient = laptop.run(&["vault", "recipient"]).out().trim().to_owned();
    let copied = laptop.run(&["export", "evil", "--to", &recipient]);
    copied.exits(&[0]).says("--move");
    let moved = laptop.run(&["export", "evil", "--to", &recipient, "--move", "--yes"]);
    moved.exits(&[0]);
    laptop.run(&["token", "evil"]).exits(&[3]);
    assert_eq!(evil.state().grants.revoked(), 0, "moving must not revoke");
    let server = Home::new(&evil);
    server.run_with(&["import", "-"], &moved.stdout).exits(&[0]);
    server.run(&["refresh", "evil", "--force"]).exits(&[0]);
}

#[test]
fn hi03_an_older_copy_does_not_replace_a_newer_grant_unasked() {
    let evil = Evil::start();
    let laptop = Home::new(&evil);
    let sealed = bundle(&evil, &laptop, "evil");
    laptop.run(&["refresh", "evil", "--force"]).exits(&[0]);
    let before = laptop.run(&["token", "evil"]).out();
    laptop.run_with(&["import", "-"], &sealed).exits(&[0]).says("--replace");
    assert_eq!(laptop.run(&["token", "evil"]).out(), before);
    // Nor after another sign-in.
    laptop.connect(&["evil"]).0.exits(&[0]);
    let before = laptop.run(&["token", "evil"]).out();
    laptop.run_with(&["import", "-"], &sealed).exits(&[0]).says("--replace");
    assert_eq!(laptop.run(&["token", "evil"]).out(), before);
}

//! The file vault is what it says: files that the `age` tool reads and writes.
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::harness::{Oidc, Sealed, needs};

fn connected() -> Option<(Oidc, Sealed, String)> {
    needs("age_vault", &["oidc-provider", "$age"]).then(|| {
        let (server, home) = (Oidc::start(&[("ACCESS_TTL", "3600")]), Sealed::new());
        server.known_to(&home);
        home.connect(&["acme"]).out.ok();
        let token = home.integ(&["token", "acme"]).reveals().run().ok().text().to_owned();
        (server, home, token)
    })
}

fn key_file(home: &Sealed) -> PathBuf {
    home.home().join(".config/integ/vault.key")
}

fn age(args: &[&str]) -> std::process::Output {
    Command::new("age").args(args).stdin(Stdio::null()).output().unwrap()
}

#[test]
fn the_age_tool_reads_a_grant() {
    let Some((_server, home, token)) = connected() else { return };
    let files = home.vault_files();
    assert_eq!(files.len(), 1, "{files:?}");
    let out = age(&["-d", "-i", &key_file(&home).display().to_string(), &files[0].display().to_string()]);
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let grant: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert!(grant.to_string().contains(&token), "the grant does not hold the token");
}

#[test]
fn a_grant_that_the_age_tool_wrote_is_read() {
    let Some((_server, home, token)) = connected() else { return };
    let file = home.vault_files()[0].display().to_string();
    let plain = home.hand_over("plain", "").display().to_string();
    assert!(age(&["-d", "-i", &key_file(&home).display().to_string(), "-o", &plain, &file]).status.success());
    let recipient = home.integ(&["vault", "recipient"]).run().ok();
    assert!(age(&["-r", recipient.text(), "-o", &file, &plain]).status.success());
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().text(), token);
}

#[test]
fn a_damaged_file_is_exit_5_and_stays_as_it_is() {
    let Some((server, home, token)) = connected() else { return };
    let file = home.vault_files().remove(0);
    let whole = std::fs::read(&file).unwrap();
    let cuts = [0, 1, whole.len() / 2, whole.len() - 1].map(|at| whole[..at].to_vec());
    let bends = (0..whole.len()).step_by(61).map(|at| {
        let mut bent = whole.clone();
        bent[at] ^= 1;
        bent
    });
    for bad in cuts.into_iter().chain(bends) {
        std::fs::write(&file, &bad).unwrap();
        let out = home.integ(&["token", "acme", "--json"]).run().exits(5);
        assert_eq!(out.error(), "vault_broken");
        assert_eq!(std::fs::read(&file).unwrap(), bad, "the evidence was changed\n{out}");
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().text(), token);
    assert_eq!(server.token_requests(), 1);
}

#[test]
fn another_key_is_exit_5_and_changes_nothing() {
    let Some((_server, home, token)) = connected() else { return };
    let other = Sealed::new();
    let out = home
        .integ(&["token", "acme", "--json"])
        .env("INTEG_VAULT_KEY_FILE", &key_file(&other).display().to_string())
        .run()
        .exits(5);
    assert_eq!(out.error(), "vault_broken");
    out.never_says("not_connected").never_says("not connected");
    assert_eq!(home.integ(&["token", "acme"]).reveals().run().ok().text(), token);
}

#[test]
fn a_key_that_others_may_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let Some((_server, home, _token)) = connected() else { return };
    let loose = home.outside().join("loose.key");
    std::fs::copy(key_file(&home), &loose).unwrap();
    std::fs::set_permissions(&loose, std::fs::Permissions::from_mode(0o644)).unwrap();
    home.integ(&["token", "acme"])
        .env("INTEG_VAULT_KEY_FILE", &loose.display().to_string())
        .run()
        .exits(5)
        .says("chmod 600");
}

use std::fs;

use serde_json::json;

use super::home::{Home, ran};

#[test]
fn a_key_is_made_once_and_chosen() {
    let home = Home::new();
    let run = |arguments: &[&str]| ran(home.bare_command(arguments).output().unwrap());
    run(&["vault", "recipient"]).failed(5).says("vault init");
    let made = run(&["vault", "init", "--json"]).ok();
    let vault = &made.json()["vaults"][0];
    assert_eq!(vault["kind"], json!("file"));
    let file = home.path(".config/integ/vault.key");
    assert_eq!(vault["key_file"], json!(file.to_str().unwrap()));
    assert_eq!(run(&["vault", "recipient"]).ok().out.trim(), vault["recipient"].as_str().unwrap());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(fs::metadata(&file).unwrap().mode() & 0o777, 0o600);
    }
    let before = fs::read(&file).unwrap();
    run(&["vault", "init"]).failed(2).says("there is a key already");
    assert_eq!(fs::read(&file).unwrap(), before);
    run(&["vault", "move", "file"]).ok().says("already");
    run(&["vault", "move", "keychain"]).failed(2).says("--yes");
    run(&["vault", "move", "keychain", "--yes"]).failed(5);
    run(&["status"]).ok();
    assert!(
        !String::from_utf8_lossy(&before).is_empty()
            && !made.out.contains("SECRET")
            && !made.err.contains("SECRET")
    );
}

/// A second key would only hide that the first one is missing.
#[test]
fn no_key_is_made_beside_items_of_another() {
    let home = Home::new();
    home.provider_file("acme", "title = \"Acme\"\napi-url = \"http://127.0.0.1:9\"\n");
    home.run_with(&["import", "acme"], b"CANARY-access").ok();
    let init = ran(home.bare_command(&["vault", "init"]).output().unwrap());
    init.failed(2).says("another key");
    assert!(!home.path(".config/integ/vault.key").exists());
    let decided = ran(home
        .command(&["vault", "move", "keychain", "--yes"])
        .env("INTEG_VAULT", "file")
        .output()
        .unwrap());
    decided.failed(2).says("INTEG_VAULT");
}

/// Where nothing can be stored, nobody is asked for a passphrase first.
#[test]
fn a_machine_without_a_vault_says_so_before_it_asks() {
    let home = Home::new();
    let sealed = home.path("sealed");
    let mut recipient = age::scrypt::Recipient::new("horse".to_owned().into());
    recipient.set_work_factor(2);
    fs::write(&sealed, age::encrypt(&recipient, b"{\"provider\":\"acme\",\"access_token\":\"x\"}").unwrap())
        .unwrap();
    let import = ["import", sealed.to_str().unwrap(), "--passphrase-fd", "9"];
    let run = |arguments: &[&str]| ran(home.bare_command(arguments).output().unwrap());
    run(&import).failed(5).says("no keychain here").says("vault init");
    run(&["vault", "init"]).ok();
    run(&import).failed(2).says("descriptor 9");
}

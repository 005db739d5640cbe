//! `keep-secret`: what comes beside the tokens and is a secret itself stays in the vault.

use super::*;

#[test]
fn a_webhook_is_kept_and_shown_nowhere() {
    let mut document = tokens();
    document["webhook"] = json!({"id": "1", "token": "CANARY-hook", "url": "https://x.example/CANARY-hook"});
    document["bot_id"] = json!("B1");
    let desk = desk(document);
    let home = Home::new();
    let more =
        format!("api-url = \"{}\"\nkeep = [\"bot_id\", \"webhook\"]\nkeep-secret = [\"webhook\"]", desk.url);
    home.provider("x", &file(&desk, &more));
    sign_in(&home, &["x", "-vv"]).0.expect(0).without("CANARY-hook");
    for command in [
        &["status", "--json"][..],
        &["status"],
        &["test", "x", "--json", "-vv"],
        &["token", "x", "--json"],
        &["providers", "x", "--json"],
        &["refresh", "x", "--force", "--json", "-vv"],
    ] {
        home.run(command).without("CANARY-hook");
    }
    let other = Home::new();
    let recipient = other.run(&["vault", "recipient"]).expect(0).stdout.trim().to_owned();
    home.run(&["export", "x", "--to", &recipient, "--json"]).expect(0).without("CANARY-hook");
    for file in files(home.path()) {
        let bytes = std::fs::read(&file).unwrap();
        let found = bytes.windows(11).any(|window| window == b"CANARY-hook");
        assert!(!found, "{}", file.display());
    }
}

#[test]
fn it_travels_with_the_grant() {
    use secrecy::ExposeSecret;
    let mut document = tokens();
    document["webhook"] = json!({"token": "CANARY-hook"});
    let desk = desk(document);
    let home = Home::new();
    home.provider("x", &file(&desk, &format!("api-url = \"{}\"\nkeep-secret = [\"webhook\"]", desk.url)));
    sign_in(&home, &["x"]).0.expect(0);
    let key = age::x25519::Identity::generate();
    let recipient = key.to_public().to_string();
    let path = home.path().join("b.age");
    home.run(&["export", "x", "--to", &recipient, "--binary", "--output", path.to_str().unwrap()]).expect(0);
    let opened = age::decrypt(&key, &std::fs::read(path).unwrap()).unwrap();
    assert!(String::from_utf8(opened).unwrap().contains("CANARY-hook"));
    assert!(!key.to_string().expose_secret().is_empty());
}

fn files(dir: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).unwrap().flatten() {
        match entry.path() {
            path if path.is_dir() => found.extend(files(&path)),
            path => found.push(path),
        }
    }
    found
}

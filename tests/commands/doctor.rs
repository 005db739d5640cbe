//! `integ doctor`: says what is wrong, what cures it, and ends with its code.

use std::fs;
use std::net::TcpListener;

use serde_json::Value;

use crate::desk::{Desk, answer};
use crate::seal::{Ended, Home};

fn check(document: &Value, name: &str) -> Value {
    let checks = document["checks"].as_array().unwrap();
    checks
        .iter()
        .find(|check| check["name"] == name)
        .unwrap_or_else(|| panic!("no {name} in {document}"))
        .clone()
}

fn outcome(document: &Value, name: &str) -> String {
    check(document, name)["outcome"].as_str().unwrap().to_owned()
}

#[test]
fn a_sound_home_has_nothing_wrong_and_is_left_as_it_was() {
    let desk = Desk::open(|_| answer(200, "{}"));
    let home = Home::new();
    home.provider("x", &format!("title = \"X\"\napi-url = \"{}\"\n", desk.url));
    home.paste("x", "CANARY-doctor");
    let before = desk.asked().len();
    let document = home.run(&["doctor", "--json"]).expect(0).without("CANARY").json();
    for name in
        ["vault", "locks", "index", "config", "permissions", "connections", "clock", "loopback", "versions"]
    {
        assert_eq!(outcome(&document, name), "ok", "{document}");
    }
    assert_eq!(desk.asked().len(), before, "nobody is asked without --online");
    let leftovers: Vec<_> = ["vault", "vault/locks"]
        .iter()
        .flat_map(|dir| fs::read_dir(home.path().join("data/integ").join(dir)).unwrap())
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("check"))
        .collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
    let text = home.run(&["doctor"]).expect(0).stdout;
    assert!(text.contains("✓ vault"), "{text}");
}

#[test]
fn online_asks_for_the_time_and_sends_no_token() {
    let desk = Desk::open(|_| answer(404, "").with("date", "Sun, 09 Sep 2001 01:46:40 GMT"));
    let home = Home::new();
    home.provider("x", &format!("title = \"X\"\napi-url = \"{}\"\n", desk.url));
    home.paste("x", "CANARY-doctor");
    let document = home.run(&["doctor", "--json", "--online"]).expect(0).json();
    let online = check(&document, "online x");
    assert_eq!(online["outcome"], "warn");
    assert!(online["detail"].as_str().unwrap().contains("ahead of"), "{online}");
    assert_eq!(desk.last().header("authorization"), None);
    home.provider("x", "title = \"X\"\napi-url = \"http://127.0.0.1:1\"\n");
    home.run(&["doctor", "--online"]).expect(4);
}

#[test]
fn what_is_wrong_decides_the_exit_code() {
    let home = Home::new();
    let mut command = home.command(&["doctor", "--json"]);
    let ended = Ended::of(command.env_remove("INTEG_VAULT_KEY").output().unwrap()).expect(5);
    let vault = check(&ended.json(), "vault");
    assert_eq!(vault["outcome"], "fail");
    assert!(vault["help"].as_str().unwrap().contains("integ vault init"));

    home.provider("broken", "title = 1\n");
    let document = home.run(&["doctor", "--json"]).expect(2).json();
    assert_eq!(outcome(&document, "providers"), "fail");
    fs::remove_file(home.path().join("config/integ/providers/broken.toml")).unwrap();

    home.write("config/integ/config.toml", "[limits\n");
    let document = home.run(&["doctor", "--json"]).expect(2).json();
    assert_eq!(outcome(&document, "config"), "fail");
    fs::remove_file(home.config()).unwrap();

    home.write("data/integ/vault/default~gone.age", "this is no age file");
    let document = home.run(&["doctor", "--json"]).expect(5).json();
    assert_eq!(outcome(&document, "connections"), "fail");
    assert_eq!(outcome(&document, "vault"), "ok");

    home.provider("broken", "title = 1\n");
    home.run(&["doctor"]).expect(8);
}

#[test]
fn a_vault_that_something_else_is_in_the_place_of_is_told_how_to_mend() {
    let home = Home::new();
    home.write("data/integ/vault", "a file");
    let vault = check(&home.run(&["doctor", "--json"]).expect(5).json(), "vault");
    assert_eq!(vault["outcome"], "fail");
    assert!(vault["help"].as_str().unwrap().contains("take away what is in the place of"), "{vault}");
}

#[test]
fn redirect_uris_are_told_and_a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let home = Home::new();
    home.run(&["config", "set", "client.notion.id", "c"]).expect(0);
    home.run(&["config", "set", "client.notion.port", &port.to_string()]).expect(0);
    let document = home.run(&["doctor", "--json"]).expect(0).json();
    let redirect = check(&document, "redirect notion");
    assert_eq!(redirect["outcome"], "warn");
    assert!(redirect["detail"].as_str().unwrap().contains(&format!("http://localhost:{port}/callback")));
    #[cfg(target_os = "linux")]
    assert!(
        redirect["detail"].as_str().unwrap().contains(&format!("pid {}", std::process::id())),
        "{redirect}"
    );
    drop(taken);
    let document = home.run(&["doctor", "--json"]).expect(0).json();
    assert_eq!(outcome(&document, "redirect notion"), "ok");
    assert!(document["checks"].as_array().unwrap().iter().all(|check| check["name"] != "redirect slack"));
}

#[cfg(unix)]
#[test]
fn loose_files_are_tightened_and_said() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::new();
    home.run(&["config", "set", "limits.tries", "2"]).expect(0);
    fs::set_permissions(home.config(), fs::Permissions::from_mode(0o644)).unwrap();
    let document = home.run(&["doctor", "--json"]).expect(0).json();
    assert_eq!(outcome(&document, "permissions"), "warn");
    assert_eq!(fs::metadata(home.config()).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(outcome(&home.run(&["doctor", "--json"]).json(), "permissions"), "ok");
}

#[test]
fn the_surroundings_are_told_without_their_secrets() {
    let home = Home::new();
    let mut command = home.command(&["doctor", "--json"]);
    command
        .env("HTTPS_PROXY", "http://me:hunter2@proxy.example:3128")
        .env("NO_PROXY", "a.example")
        .env("BROWSER", "/bin/true %s");
    let ended = Ended::of(command.output().unwrap()).expect(0).without("hunter2");
    let document = ended.json();
    let proxy = check(&document, "proxy");
    assert!(proxy["detail"].as_str().unwrap().contains("proxy.example:3128"), "{proxy}");
    assert_eq!(outcome(&document, "browser"), "ok");
    let mut command = home.command(&["doctor", "--json"]);
    let missing =
        Ended::of(command.env("SSL_CERT_FILE", "/nonexistent.pem").output().unwrap()).expect(5).json();
    assert_eq!(outcome(&missing, "roots"), "fail");
}

#[test]
fn a_job_without_this_environment_must_find_the_key_and_the_folders() {
    let home = Home::new();
    let cron = |moved: bool| {
        let mut command = home.command(&["doctor", "--json"]);
        if !moved {
            command.env_remove("XDG_CONFIG_HOME").env_remove("XDG_DATA_HOME");
        }
        check(&Ended::of(command.output().unwrap()).json(), "cron")
    };
    assert_eq!(cron(false)["outcome"], "warn", "the key is in this environment only");
    let key = home.write("key", "");
    home.write(".config/integ/config.toml", "[vault]\nkey-file = \"key\"\n");
    assert_eq!(cron(false)["outcome"], "warn", "a job starts in another folder");
    home.write(".config/integ/config.toml", &format!("[vault]\nkey-file = {key:?}\n"));
    assert_eq!(cron(false)["outcome"], "ok");
    let told = cron(true);
    assert_eq!(told["outcome"], "warn");
    assert!(told["help"].as_str().unwrap().contains("XDG_DATA_HOME="), "{told}");
}

//! What the Tab key is answered, asked as the scripts ask.
#![cfg(feature = "sandbox")]
#![allow(clippy::unwrap_used)]

use std::process::{Command, Output};

/// The answer to Tab at the end of a line; `|` stands for where the cursor is.
fn ask(home: &std::path::Path, line: &str) -> Output {
    let words: Vec<&str> = line.trim_end_matches('|').split(' ').collect();
    let mut command = Command::new(env!("CARGO_BIN_EXE_integ"));
    command.env_clear().env("HOME", home).env("INTEG_COMPLETE", "bash").env("_CLAP_IFS", "\n");
    command.env("_CLAP_COMPLETE_INDEX", (words.len() - 1).to_string());
    command.arg("--").args(words).output().unwrap()
}

fn offered(home: &std::path::Path, line: &str) -> Vec<String> {
    let output = ask(home, line);
    assert!(output.status.success() && output.stderr.is_empty(), "{line}: {output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn commands_options_values_and_providers_are_offered() {
    let home = tempfile::tempdir().unwrap();
    let providers = home.path().join(".config/integ/providers");
    std::fs::create_dir_all(&providers).unwrap();
    std::fs::write(providers.join("mine.toml"), "title = \"Mine\"\napi-url = \"https://mine.example\"\n")
        .unwrap();
    let offered = |line: &str| offered(home.path(), line);
    assert_eq!(offered("integ disc|"), ["disconnect"]);
    assert_eq!(offered("integ stat|"), ["status"]);
    assert_eq!(offered("integ refresh --for|"), ["--force"]);
    assert_eq!(offered("integ --color a|"), ["auto", "always"]);
    assert_eq!(offered("integ completions |"), ["bash", "zsh", "fish", "powershell"]);
    assert_eq!(offered("integ setup mine|"), ["mine"]);
    assert_eq!(offered("integ connect google-|"), ["google-calendar", "google-drive", "google-tasks"]);
    assert_eq!(offered("integ connect mine/work --provider mine|"), ["mine"]);
    let rules = "[time.rules.acme]\nattendee = \"acme.com\"\n[time.rules.apt]\nwords = \"apt\"\n";
    std::fs::write(home.path().join(".config/integ/config.toml"), rules).unwrap();
    assert_eq!(offered("integ time convert --rule a|"), ["acme", "apt"]);
    assert_eq!(offered("integ time convert --rule ac|"), ["acme"]);
}

/// No keychain, no key, a broken file: nothing is offered and nothing is said.
#[test]
fn what_cannot_be_looked_up_is_not_offered_and_not_complained_about() {
    let home = tempfile::tempdir().unwrap();
    assert!(!offered(home.path(), "integ token |").iter().any(|word| !word.starts_with('-')));
    let config = home.path().join(".config/integ");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "this is not TOML").unwrap();
    assert!(!offered(home.path(), "integ token |").iter().any(|word| !word.starts_with('-')));
}

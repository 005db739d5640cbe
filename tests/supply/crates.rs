//! The crates: each direct one with its reason, all from one place, none that was shut out.

use std::collections::BTreeSet;

use toml::Value;

use crate::{table, text};

/// Of every `[dependencies]` of ours, for whatever platform; not what only tests need.
fn direct() -> BTreeSet<String> {
    let manifest = table("Cargo.toml");
    let of = |table: &toml::Table| -> Vec<String> {
        table
            .get("dependencies")
            .and_then(Value::as_table)
            .into_iter()
            .flat_map(|all| all.keys().cloned())
            .collect()
    };
    let fuzzing = "cfg(integ_fuzzing)";
    let targets = manifest["target"].as_table().unwrap().iter().filter(|(name, _)| *name != fuzzing);
    of(&manifest).into_iter().chain(targets.flat_map(|(_, table)| of(table.as_table().unwrap()))).collect()
}

#[test]
fn sc03_every_direct_crate_has_its_reason() {
    let contributing = text("CONTRIBUTING.md");
    let (_, section) = contributing.split_once("\n## Crates\n").expect("CONTRIBUTING has a section `Crates`");
    let section = section.split("\n## ").next().unwrap();
    let mut named = BTreeSet::new();
    for row in section.lines().filter_map(|line| line.strip_prefix("| `")) {
        let (crates, reason) = row.split_once(" | ").unwrap();
        assert!(reason.trim_end_matches('|').trim().len() > 10, "no reason: {row}");
        for name in crates.split(", ") {
            assert!(named.insert(name.trim_matches('`').to_owned()), "{name} is there twice");
        }
    }
    assert_eq!(named, direct(), "left: CONTRIBUTING.md, right: Cargo.toml");
}

fn locked() -> Vec<toml::Table> {
    let lock = table("Cargo.lock");
    lock["package"].as_array().unwrap().iter().map(|one| one.as_table().unwrap().clone()).collect()
}

#[test]
fn sc01_everything_comes_from_the_registry_with_its_checksum() {
    let (mut without, mut sources) = (Vec::new(), BTreeSet::new());
    for package in locked() {
        let name = package["name"].as_str().unwrap().to_owned();
        match package.get("source").and_then(Value::as_str) {
            None => without.push(name),
            Some(source) => {
                sources.insert(source.to_owned());
                assert_eq!(package["checksum"].as_str().unwrap().len(), 64, "{name}");
            }
        }
    }
    assert!(
        sources.len() == 1 && sources.iter().all(|one| one.starts_with("registry+https://")),
        "{sources:?}"
    );
    assert_eq!(without, ["integ"]);
}

#[test]
fn sc03_there_is_one_tls_and_nothing_that_was_shut_out() {
    let packages = locked();
    let names: Vec<&str> = packages.iter().map(|package| package["name"].as_str().unwrap()).collect();
    let deny = table("deny.toml");
    let banned = deny["bans"]["deny"].as_array().unwrap();
    assert!(banned.len() >= 4);
    for ban in banned {
        assert!(!names.contains(&ban["name"].as_str().unwrap()), "{ban} is banned by deny.toml");
    }
    for once in ["rustls", "ring", "tokio", "hyper", "reqwest", "rustls-webpki"] {
        assert_eq!(names.iter().filter(|name| **name == once).count(), 1, "{once}");
    }
    for manifest in ["Cargo.toml", "tests/fuzzing/Cargo.toml"] {
        assert!(!text(manifest).contains("= \"*\""), "{manifest}: any version will do");
    }
}

#[test]
fn sc02_sc06_the_rules_of_the_build_stand() {
    let manifest = table("Cargo.toml");
    assert_eq!(manifest["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    let release = &manifest["profile"]["release"];
    assert_eq!(release["overflow-checks"].as_bool(), Some(true));
    assert_eq!(release["panic"].as_str(), Some("abort"));
    assert_eq!(release["strip"].as_str(), Some("symbols"));
    let run = text("tests/run");
    let commands = run.lines().filter(|line| line.starts_with("suite ") || line.starts_with("check clippy"));
    assert!(commands.clone().count() >= 3);
    for line in commands {
        assert!(line.contains(" --locked"), "without the lock file: {line}");
    }
}

//! `completions/`, `man/` and the README's table of providers are what the program itself says. After a change:
//! `INTEG_UPDATE=1 cargo test --test generated`.
#![cfg(feature = "sandbox")]
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use icu_time::provider::Baked;
use icu_time::zone::{WindowsParser, iana::IanaParserExtended};

const SHELLS: [(&str, &str); 4] =
    [("bash", "integ.bash"), ("zsh", "_integ"), ("fish", "integ.fish"), ("powershell", "_integ.ps1")];

fn integ(arguments: &[&str]) -> String {
    let home = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_integ"))
        .args(arguments)
        .env_clear()
        .env("HOME", home.path())
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "integ {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Every file of a folder by its name.
fn read(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap())
        })
        .collect()
}

fn pages() -> BTreeMap<String, String> {
    let folder = tempfile::tempdir().unwrap();
    integ(&["man", folder.path().to_str().unwrap()]);
    read(folder.path())
}

/// The checked-in folder holds these files and no others, or is made to.
fn compare(folder: &str, now: &BTreeMap<String, String>) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    if std::env::var_os("INTEG_UPDATE").is_some() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        for (name, text) in now {
            fs::write(folder.join(name), text).unwrap();
        }
    }
    let checked_in = read(&folder);
    let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
    let cure = "INTEG_UPDATE=1 cargo test --test generated";
    assert_eq!(names(&checked_in), names(now), "{} is out of date: {cure}", folder.display());
    for (name, text) in now {
        assert!(checked_in.get(name) == Some(text), "{name} is out of date: {cure}");
    }
}

#[test]
fn completions_are_what_the_program_writes() {
    let scripts =
        SHELLS.iter().map(|(shell, file)| ((*file).to_owned(), integ(&["completions", shell]))).collect();
    compare("completions", &scripts);
}

#[test]
fn man_pages_are_what_the_program_writes() {
    let pages = pages();
    compare("man", &pages);
    assert_eq!(pages.get("integ.1"), Some(&integ(&["man"])));
}

/// The zones by their Windows names, each with the IANA name that the CLDR gives it for the whole world ("001").
#[test]
fn windows_zones_are_what_the_cldr_says() {
    let iana: BTreeMap<String, &str> = IanaParserExtended::new()
        .iter()
        .map(|zone| (zone.time_zone.as_str().to_owned(), zone.canonical))
        .collect();
    let known = Baked::SINGLETON_TIMEZONE_IDENTIFIERS_WINDOWS_V1.map.iter();
    let windows: BTreeSet<String> =
        known.filter_map(|(key, _)| Some(key.strip_suffix("/001")?.to_owned())).collect();
    assert!(windows.len() > 130, "{windows:?}");
    let row = |name: &String| {
        let zone = WindowsParser::new().parse(name, None).unwrap();
        format!("{name}\t{}\n", iana[zone.as_str()])
    };
    let table = windows.iter().map(row).collect();
    compare("src/zone", &BTreeMap::from([("windows.tsv".to_owned(), table)]));
}

/// Between these two lines of the README.
const TABLE: [&str; 2] =
    ["<!-- providers: tests/generated.rs writes this -->\n", "<!-- end of providers -->\n"];

fn providers(arguments: &[&str]) -> Vec<serde_json::Value> {
    let document: serde_json::Value = serde_json::from_str(&integ(arguments)).unwrap();
    document["providers"].as_array().unwrap().clone()
}

fn table() -> String {
    let words = |value: &serde_json::Value| {
        let words: Vec<&str> = value.as_array().unwrap().iter().filter_map(|word| word.as_str()).collect();
        words.join(", ")
    };
    let code = |list: String| {
        list.split(", ").filter(|w| !w.is_empty()).map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
    };
    let mut table =
        "| provider | services | can | ways in | the sign-in lasts | proof |\n|---|---|---|---|---|---|\n"
            .to_owned();
    for provider in providers(&["providers", "--json"]) {
        let name = provider["name"].as_str().unwrap();
        let lasts = providers(&["providers", name, "--json"])[0]["refresh_rule"].as_str().unwrap().to_owned();
        table += &format!(
            "| `{name}` {} | {} | {} | {} | {lasts} | {} |\n",
            provider["title"].as_str().unwrap(),
            code(words(&provider["services"])),
            words(&provider["capabilities"]),
            words(&provider["ways"]),
            provider["proof"].as_str().unwrap(),
        );
    }
    table
}

/// The README claims what the provider files claim, and no more.
#[test]
fn the_readme_lists_the_providers_as_the_program_does() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&path).unwrap();
    let (before, rest) = readme.split_once(TABLE[0]).unwrap();
    let (_, after) = rest.split_once(TABLE[1]).unwrap();
    let now = format!("{before}{}{}{}{after}", TABLE[0], table(), TABLE[1]);
    if std::env::var_os("INTEG_UPDATE").is_some() {
        fs::write(&path, &now).unwrap();
    }
    let checked_in = fs::read_to_string(&path).unwrap();
    assert!(
        checked_in == now,
        "the table of providers is out of date: INTEG_UPDATE=1 cargo test --test generated"
    );
}

/// What the pages show as a provider file is one.
#[test]
fn the_examples_of_provider_files_are_sound() {
    let docs = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut checked = 0;
    for (page, text) in read(&docs) {
        for (number, block) in text.split("```toml\n").skip(1).enumerate() {
            let block = block.split("```").next().unwrap();
            // An example that changes a built-in provider says which.
            let over = block.split("providers/").nth(1).and_then(|rest| rest.split(".toml").next());
            let name = over.unwrap_or("example");
            let home = tempfile::tempdir().unwrap();
            let folder = home.path().join(".config/integ/providers");
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(format!("{name}.toml")), block).unwrap();
            let output = Command::new(env!("CARGO_BIN_EXE_integ"))
                .args(["providers", "check", name])
                .env_clear()
                .env("HOME", home.path())
                .output()
                .unwrap();
            assert!(output.status.success(), "{page} {number}: {}", String::from_utf8_lossy(&output.stdout));
            checked += 1;
        }
    }
    assert!(checked >= 3, "the examples were not found");
}

/// A page that another one names is there.
#[test]
fn links_between_pages_lead_somewhere() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> =
        read(&root.join("docs")).keys().map(|name| root.join("docs").join(name)).collect();
    pages.extend([root.join("README.md"), root.join("CONTRIBUTING.md")]);
    for page in pages {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let is_elsewhere = link.contains("://") || link.starts_with('#');
            let target = page.parent().unwrap().join(link.split('#').next().unwrap());
            assert!(is_elsewhere || target.exists(), "{}: {link}", page.display());
        }
    }
}

/// What is said of exit codes, settings and JSON is not only in the code.
#[test]
fn the_page_of_the_program_says_what_scripts_rely_on() {
    let page = integ(&["man"]);
    for part in [
        "EXIT STATUS",
        "ENVIRONMENT",
        "FILES",
        "CONFIGURATION",
        "JSON",
        "v rises before",
        "INTEG_VAULT_KEY_FILE",
    ] {
        assert!(page.contains(part), "{part}");
    }
}

/// An argument list can be read by everybody on the machine, and shells remember it.
#[test]
fn no_example_puts_a_secret_into_an_argument() {
    let mut texts = pages();
    let commands: Vec<String> = texts.keys().map(|file| file.trim_end_matches(".1").to_owned()).collect();
    for command in commands {
        let words: Vec<&str> = command.split('-').skip(1).chain(["--help"]).collect();
        let help = integ(&words);
        texts.insert(format!("integ {}", words.join(" ")), help);
    }
    for (origin, text) in texts {
        for line in text.lines() {
            let line = line.replace('\\', "");
            let takes_secret = [
                "--client-secret ",
                "--client-secret=",
                "--token ",
                "--token=",
                "--passphrase=",
                "--password",
            ];
            let shows_secret = ["ya29.", "xoxb-", "xoxp-", "ghp_", "secret_", "Bearer "];
            let found = takes_secret.iter().chain(&shows_secret).find(|pattern| line.contains(**pattern));
            assert!(found.is_none(), "{origin}: {found:?} in: {line}");
        }
    }
}

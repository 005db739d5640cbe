//! The person's own file that points a built-in provider at this machine: every address of the built-in file, derived
//! from the file itself. `https://host/path` becomes `http://127.0.0.1:PORT/host/path`, so that the server still sees
//! which host was meant.

use std::fs;
use std::path::{Path, PathBuf};

use toml::{Table, Value};

/// Keys whose value is an address that the program itself visits.
const ADDRESSES: [&str; 13] = [
    "authorize-url",
    "token-url",
    "refresh-url",
    "revoke-url",
    "device-url",
    "api-url",
    "base",
    "url",
    "path",
    "probe",
    "default",
    "production",
    "sandbox",
];

fn dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/providers")
}

pub(crate) fn built_in() -> Vec<String> {
    let files = fs::read_dir(dir()).unwrap().map(|entry| entry.unwrap().path());
    let tomls = files.filter(|path| path.extension().is_some_and(|e| e == "toml"));
    tomls
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        // A mailbox speaks no HTTP; it has tests of its own.
        .filter(|name| file(name).get("protocol").is_none())
        .collect()
}

pub(crate) fn file(name: &str) -> Table {
    fs::read_to_string(dir().join(format!("{name}.toml"))).unwrap().parse().unwrap()
}

pub(crate) fn overlay(name: &str, port: u16) -> String {
    let mut over = moved(&file(name), port);
    over.insert("hosts".into(), Value::Array(vec![Value::String(format!("127.0.0.1:{port}"))]));
    over.to_string()
}

/// What changes, and nothing else.
fn moved(table: &Table, port: u16) -> Table {
    let mut changed = Table::new();
    for (key, value) in table {
        match value {
            // A page for the person, not for the program.
            Value::Table(inner) if key == "paste" => {
                let mut inner = inner.clone();
                inner.remove("url");
                changed.insert(key.clone(), Value::Table(moved(&inner, port)));
            }
            Value::Table(inner) => {
                changed.insert(key.clone(), Value::Table(moved(inner, port)));
            }
            Value::String(text) if ADDRESSES.contains(&key.as_str()) => {
                if let Some(rest) = text.strip_prefix("https://") {
                    changed.insert(key.clone(), Value::String(format!("http://127.0.0.1:{port}/{rest}")));
                }
            }
            _ => {}
        }
    }
    changed
}

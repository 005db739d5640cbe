//! What is built, and out of what: the crates, their licences and sources, the program's own defences, a type that
//! nobody can print, and the commands that prove the README's sentences.

// A test says what it expects and stops where it is disappointed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod crates;
#[cfg(target_os = "linux")]
mod defences;
mod licences;
mod proofs;
mod secret_type;

use std::path::{Path, PathBuf};

fn here() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = here().join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()))
}

fn table(path: impl AsRef<Path>) -> toml::Table {
    text(path).parse().unwrap()
}

//! Every built-in provider file, in every way in that it allows, against a server that was taught the provider's
//! dialect from its documentation. What the server expects is written here a second time on purpose: a provider file
//! that says something else fails.
//!
//! A test is called `provider::way::case`; `cargo test --test contract notion` runs one provider's.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod cases;
#[path = "../commands/desk.rs"]
#[allow(dead_code)]
mod desk;
mod dialect;
mod dialects;
#[path = "../hostile/machines/keys.rs"]
#[allow(dead_code)]
mod keys;
mod overlay;
#[path = "../hostile/evil/browser.rs"]
#[allow(dead_code)]
mod person;
mod scene;
#[path = "../commands/seal.rs"]
#[allow(dead_code)]
mod seal;
mod server;

use libtest_mimic::{Arguments, Trial};

fn main() {
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("every_provider_file_has_a_dialect", || {
        let mut files = overlay::built_in();
        files.sort();
        let mut known: Vec<String> = dialects::all().iter().map(|d| d.name.to_owned()).collect();
        known.sort();
        assert_eq!(files, known);
        Ok(())
    })];
    for dialect in dialects::all() {
        trials.extend(cases::of(dialect));
    }
    libtest_mimic::run(&arguments, trials).exit();
}

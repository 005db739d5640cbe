//! `integ time`: entries from events and by hand, what becomes of them, what they add up to, and that none is lost.

mod by_hand;
mod convert;
mod decide;
mod flags;
mod mirror;
mod owned;
mod report;
#[cfg(unix)]
mod terminal;

use serde_json::Value;

use crate::seal::{Ended, Home};

/// In Berlin, where two days of the year have not 24 hours.
fn time(home: &Home, arguments: &[&str]) -> Ended {
    let mut command = home.command(&["time"]);
    Ended::of(command.args(arguments).env("TZ", "Europe/Berlin").output().unwrap())
}

/// The entries that a command ends with.
#[track_caller]
fn entries(home: &Home, arguments: &[&str]) -> Vec<Value> {
    let document = document(home, arguments);
    document["entries"].as_array().unwrap().clone()
}

#[track_caller]
fn document(home: &Home, arguments: &[&str]) -> Value {
    let document = time(home, &[arguments, &["--json"]].concat()).expect(0).json();
    assert_eq!(document["v"], 1);
    document
}

fn titles(entries: &[Value]) -> Vec<&str> {
    entries.iter().map(|entry| entry["title"].as_str().unwrap()).collect()
}

//! Sentence 3: killed at every storage call, or the disk failing there, with the file vault. (The keychain's turn is in
//! tests/real/in_the_keychain.rs.) In every run each point is a kill and a full disk; see `points::acts` for the promise.

use crate::home::times;
use crate::points::{calendars, connect, import, index, refresh, rename, tasks};

#[test]
fn of_a_first_sign_in() {
    connect::FIRST.holds_at_every_point();
}

#[test]
fn of_another_sign_in() {
    connect::AGAIN.holds_at_every_point();
}

#[test]
fn of_a_refresh() {
    refresh::CASE.holds_at_every_point();
    if times(0, 1) == 1 {
        refresh::WITH_GRACE.holds_at_every_point();
    }
}

#[test]
fn of_an_import() {
    import::CASE.holds_at_every_point();
}

#[test]
fn of_a_rename() {
    rename::CASE.holds_at_every_point();
}

#[test]
fn of_a_task() {
    tasks::CASE.holds_at_every_point();
}

#[test]
fn of_a_sync() {
    calendars::CASE.holds_at_every_point();
    if times(0, 1) == 1 {
        calendars::SCHEDULED.holds_at_every_point();
    }
}

#[test]
fn of_a_migration() {
    index::CASE.holds_at_every_point();
}

/// A writer that writes in place is caught, or the points were none.
#[test]
#[should_panic(expected = "torn")]
fn of_a_writer_in_place_finds_it_torn() {
    use crate::evil::Evil;
    use crate::home::{Home, Output, Point};
    use crate::points::{After, Case};
    fn seed(evil: &Evil) -> Home {
        let home = Home::new(evil);
        crate::home::private_file(&home.path("home/store"), b"old");
        home
    }
    fn run(_: &Evil, home: &Home, point: Point) -> Output {
        home.call(&["version"]).disk(point).shell("echo new >\"$HOME/store\"").run()
    }
    fn holds(after: &After<'_>) {
        let found = std::fs::read_to_string(after.home.path("home/store")).unwrap();
        after.must(found == "old" || found == "new\n", "torn");
    }
    Case { name: "a writer in place", least: 2, seed, run, holds }.holds_at_every_point();
}

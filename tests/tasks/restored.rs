//! An index that begins with the day's copy does not know what was sent since: nothing is sent a second time.

use std::fs;

use crate::clock::at;
use crate::dialects::{GOOGLE_TASKS, LINEAR, TODOIST};
use crate::once::{place, states};
use crate::seal::{Ended, Home};
use crate::server::Target;

/// A day later, so that no provider remembers a key: the last of these cannot look and has to ask.
const AHEAD: i64 = 25 * 3600;

#[test]
fn what_was_sent_after_the_copy_is_not_sent_again() {
    for (dialect, code, state) in [(LINEAR, 0, "done"), (GOOGLE_TASKS, 0, "done"), (TODOIST, 4, "unknown")] {
        let (target, home) = (Target::open(dialect), Home::new());
        target.known_to(&home);
        // Nobody is connected: it is certain that this was never sent.
        home.run(&["task", "create", "k", "--to", place(dialect), "--queue"]).expect(0);
        home.run(&["task", "list"]).expect(0);
        target.connect(&home);
        home.run(&["task", "retry"]).expect(0);
        assert_eq!(target.tasks().len(), 1, "{}", dialect.provider);

        target.tell(|play| play.keys.clear());
        lose_index(&home);
        let ended = Ended::of(at(&mut home.command(&["task", "retry"]), AHEAD).output().unwrap());
        assert!(ended.stderr.contains("lost; 1 task came from the copy"), "{}", ended.stderr);
        assert_eq!(target.tasks().len(), 1, "{}: {}", dialect.provider, ended.stderr);
        assert_eq!(ended.code, code, "{}: {}", dialect.provider, ended.stderr);
        assert_eq!(states(&home)[0].1, state, "{}", dialect.provider);
        target.is_content();
    }
}

/// All but its copies.
fn lose_index(home: &Home) {
    for entry in fs::read_dir(home.path().join("data/integ")).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("index.db") {
            fs::remove_file(path).unwrap();
        }
    }
}

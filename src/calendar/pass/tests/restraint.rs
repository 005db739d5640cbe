//! Passes that write nothing: those that only look, and those that would take too much away.

use serde_json::json;

use super::scene::{How, Scene, USUAL, versions};
use crate::error::Kind;
use crate::index::Tally;
use crate::providers::calendars::Dialect;

const DRY: How = How { dry: true, ..USUAL };

#[test]
fn a_dry_run_says_what_a_pass_would_do_and_writes_nothing() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a", "b", "c", "d", "e", "f", "g", "h"]);
        scene.leave_a_ghost();
        let state = || (scene.stored(), scene.seen(), scene.calendar().cursor, scene.buried());
        let before = state();
        let told = || {
            let versions = [("a", "1"), ("b", "1"), ("c", "1"), ("d", "2"), ("e", "2"), ("new", "1")];
            versions.iter().map(|(id, version)| scene.event(id, version, 0)).collect::<Vec<_>>()
        };
        let long = || {
            let mut first = told();
            let second = first.split_off(3);
            vec![scene.more("p2", first), scene.last("c1", second)]
        };
        for pages in [vec![scene.last("c1", told())], long()] {
            let done = scene.pass(How { full: true, ..DRY }, pages).0.unwrap();
            let tally = Tally { added: 1, changed: 2, removed: 3, unchanged: 3, ..Tally::default() };
            assert_eq!((done.tally, done.full), (tally, true));
            assert_eq!(state(), before);
        }
        for pages in [vec![scene.last("c1", told())], long()] {
            let done = scene.pass(DRY, pages).0.unwrap();
            let tally = Tally { added: 1, changed: 2, unchanged: 6, ..Tally::default() };
            assert_eq!((done.tally, done.full), (tally, false));
            assert_eq!(state(), before);
        }
    }
}

#[test]
fn a_dry_run_counts_what_would_go() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
        let changes = vec![
            scene.event("a", "2", 0),
            scene.event("b", "2", 0),
            scene.gone("c"),
            scene.gone("d"),
            scene.gone("e"),
            scene.gone("nobody"),
            // The last word counts.
            scene.event("x", "1", 0),
            scene.gone("x"),
            scene.gone("f"),
            scene.event("f", "1", 0),
        ];
        let (done, asked) = scene.pass(DRY, [scene.last("c1", changes)]);
        let tally = Tally { changed: 2, removed: 3, unchanged: 4, ..Tally::default() };
        assert_eq!((done.unwrap().tally, asked.len()), (tally, 1));
        assert_eq!((scene.seen().len(), scene.buried().len()), (9, 0));
    }
}

#[test]
fn a_dry_run_tells_what_left_the_window_from_what_would_go() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a", "b", "c", "d", "e"]);
        scene.widen();
        scene
            .pass(
                USUAL,
                [scene.last("c1", vec![scene.event("far", "1", 900), scene.event("wide", "1", 900)])],
            )
            .0
            .unwrap();
        // What is not understood stays, where it was known.
        let told = vec![scene.event("a", "1", 0), json!({"id": "b"}), json!({"id": "stranger"})];
        let (done, asked) = scene.pass(How { full: true, ..DRY }, [scene.last("c2", told.clone())]);
        let tally = Tally { removed: 3, left: 2, unchanged: 2, ..Tally::default() };
        assert_eq!((done.unwrap().tally, asked.len()), (tally, 1));

        let changes = [told, vec![scene.event("far", "2", 9_000), scene.gone("c"), scene.gone("d")]].concat();
        let done = scene.pass(DRY, [scene.last("c2", changes)]).0.unwrap();
        assert_eq!(done.tally, Tally { removed: 2, left: 1, unchanged: 4, ..Tally::default() });
        assert_eq!((scene.seen().len(), scene.buried().len()), (7, 0));
    }
}

#[test]
fn a_calendar_that_loses_most_of_its_events_was_more_likely_mistaken() {
    let scene = Scene::new(Dialect::Google);
    for (removed, unchanged, is_unsafe) in [
        (24, 0, false),
        (25, 0, true),
        (25, 24, true),
        (25, 25, false),
        (26, 25, true),
        (0, 0, false),
        (400, 500, false),
    ] {
        let tally = Tally { removed, unchanged, ..Tally::default() };
        for force in [false, true] {
            let said =
                scene.with_pass(How { force, ..USUAL }, "http://127.0.0.1:1/", |pass| pass.brake(&tally));
            assert_eq!(said.is_err(), is_unsafe && !force, "{removed} {unchanged} {force}");
        }
    }
}

#[test]
fn nothing_is_changed_by_a_pass_that_would_take_too_much() {
    let ids: Vec<String> = (0..40).map(|number| format!("e{number}")).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let scene = Scene::of(Dialect::Google, &ids);
    let cursor = scene.calendar().cursor;
    let gone = || ids[..30].iter().map(|id| scene.gone(id)).collect::<Vec<_>>();
    let one = || vec![scene.last("c1", gone())];
    let two = || vec![scene.more("p2", gone()), scene.last("c1", vec![])];
    for pages in [one(), two()] {
        let error = scene.pass(USUAL, pages).0.err().unwrap();
        assert_eq!(error.kind, Kind::Unsafe);
        assert!(error.message.starts_with("30 of the 40 events of `Mine`"), "{}", error.message);
        assert_eq!(error.help.as_deref(), Some("integ sync evil --force"));
        assert_eq!((scene.seen().len(), scene.buried().len()), (40, 0));
        assert_eq!(scene.calendar().cursor, cursor);
    }
    let done = scene.pass(How { force: true, ..USUAL }, two()).0.unwrap();
    assert_eq!(done.tally, Tally { removed: 30, unchanged: 10, ..Tally::default() });
    assert_eq!((scene.seen().len(), scene.buried().len()), (10, 30));
    assert!(scene.seen().into_iter().eq(versions(&[
        ("e30", "1"),
        ("e31", "1"),
        ("e32", "1"),
        ("e33", "1"),
        ("e34", "1"),
        ("e35", "1"),
        ("e36", "1"),
        ("e37", "1"),
        ("e38", "1"),
        ("e39", "1"),
    ])));
}

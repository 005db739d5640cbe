//! How the pages of a pass are read.

use serde_json::json;

use super::scene::{FULL, Scene, USUAL, versions};
use crate::error::Kind;
use crate::http::scripted::reply;
use crate::index::Tally;
use crate::providers::calendars::Dialect;

#[test]
fn a_pass_of_one_page_goes_straight_into_what_is_seen() {
    for dialect in Dialect::ALL {
        let scene = Scene::new(dialect);
        let events = vec![scene.event("a", "1", 0), scene.event("b", "1", 0)];
        let (done, asked) = scene.pass(USUAL, [scene.last("c1", events)]);
        let done = done.unwrap();
        assert_eq!((done.tally, done.full), (Tally { added: 2, ..Tally::default() }, true));
        assert_eq!(asked.len(), 1);
        assert_eq!(scene.seen(), versions(&[("a", "1"), ("b", "1")]));
        // Nothing was written beside it.
        assert_eq!((scene.calendar().pass, scene.calendar().events), (0, 2));
        let cursor = scene.calendar().cursor.unwrap();
        assert!(cursor.ends_with("c1"), "{cursor}");

        // Read again, what is as it was is left alone.
        let rows = || scene.rows("SELECT rowid || remote || version FROM event ORDER BY rowid");
        let before = rows();
        let events = vec![scene.event("b", "2", 0), scene.event("a", "1", 0)];
        let done = scene.pass(FULL, [scene.last("c2", events)]).0.unwrap();
        assert_eq!(done.tally, Tally { changed: 1, unchanged: 1, ..Tally::default() });
        assert_eq!((before, rows()), (vec!["1a1".into(), "2b1".into()], vec!["1a1".into(), "2b2".into()]));
        assert_eq!(scene.calendar().pass, 0);
    }
}

#[test]
fn several_pages_are_one_pass_and_dead_ones_are_not_in_it() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["old"]);
        scene.leave_a_ghost();
        let first = scene.more("p2", vec![scene.event("a", "1", 0), scene.event("old", "1", 0)]);
        let second = scene.more("p3", vec![]);
        let third = scene.last("c1", vec![scene.event("b", "1", 0), scene.event("a", "2", 0)]);
        let (done, asked) = scene.pass(FULL, [first, second, third]);
        assert_eq!(done.unwrap().tally, Tally { added: 2, unchanged: 1, ..Tally::default() });
        assert!(asked[1].line.contains("p2") && asked[2].line.contains("p3"), "{asked:?}");
        assert_eq!(scene.seen(), versions(&[("a", "2"), ("b", "1"), ("old", "1")]), "the last word counts");
        assert_eq!((scene.calendar().pass, scene.calendar().events), (1, 3));
        assert_eq!(scene.stored(), ["1 a", "1 b", "1 old"], "what was seen before is swept away");
    }
}

#[test]
fn what_dead_passes_left_is_not_taken_for_a_change() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["old"]);
        scene.leave_a_ghost();
        assert_eq!(scene.stored(), ["0 old", "1 ghost"]);
        let pages = [scene.more("p2", vec![]), scene.last("c1", vec![scene.event("a", "1", 0)])];
        let done = scene.pass(USUAL, pages).0.unwrap();
        assert_eq!(done.tally, Tally { added: 1, unchanged: 1, ..Tally::default() });
        assert_eq!(scene.stored(), ["0 a", "0 old"]);
    }
}

#[test]
fn pages_that_go_round_in_a_circle_end_the_pass_and_change_nothing() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a"]);
        let page = || scene.more("p2", vec![scene.event("b", "1", 0)]);
        let (done, asked) = scene.pass(USUAL, [page(), page(), page()]);
        let error = done.err().unwrap();
        assert!(error.kind == Kind::ProviderError && error.message.contains("circle"), "{}", error.message);
        assert_eq!(asked.len(), 2);
        assert_eq!(scene.seen(), versions(&[("a", "1")]));
    }
}

#[test]
fn a_page_that_is_too_large_is_asked_for_in_smaller_ones() {
    let large = || (200, json!({"items": [], "pad": "x".repeat(70_000)}));
    for (dialect, sizes) in [
        (
            Dialect::Google,
            ["maxResults=2500&", "maxResults=500&", "maxResults=100&", "maxResults=20&", "maxResults=4&"]
                .as_slice(),
        ),
        (Dialect::Microsoft, &["maxpagesize=500,", "maxpagesize=100,", "maxpagesize=20,", "maxpagesize=4,"]),
    ] {
        let scene = Scene::new(dialect);
        let last = scene.last("c1", vec![scene.event("a", "1", 0)]);
        let tries = sizes.len() - 1;
        let answers = std::iter::repeat_with(large).take(tries).chain([last]);
        let (done, asked) = scene.pass(USUAL, answers);
        assert_eq!(done.unwrap().tally.added, 1);
        assert_eq!(asked.len(), sizes.len());
        for (asked, size) in asked.iter().zip(sizes) {
            let said = format!("{} {}", asked.line, asked.header("prefer"));
            assert!(said.contains(size), "{said}: {size}");
        }
        // One event alone cannot be made smaller.
        let (done, asked) = scene.pass(FULL, std::iter::repeat_with(large).take(sizes.len() + 1));
        let error = done.err().unwrap();
        assert!(error.message.contains("limits.api-answer"), "{}", error.message);
        assert_eq!((asked.len(), scene.calendar().events), (sizes.len(), 1));
    }
}

#[test]
fn half_a_letter_costs_no_page_and_what_is_not_understood_is_counted_once() {
    for dialect in Dialect::ALL {
        let scene = Scene::new(dialect);
        let events =
            vec![json!({"id": "x"}), json!({"id": "y"}), scene.event("a", "1", 0), scene.event("b", "1", 0)];
        let (_, body) = scene.last("c1", events);
        let body = body.to_string().replace("title of a", "t\\ud800");
        let (done, asked) = scene.pass_of_text(USUAL, [reply(200, &body)]);
        let done = done.unwrap();
        assert_eq!((done.tally.added, done.unreadable.count, asked.len()), (2, 2, 1));
        assert_eq!((scene.title("a").as_str(), scene.title("b").as_str()), ("t\u{fffd}", "title of b"));
    }
}

#[test]
fn what_is_not_understood_stays_as_it_was() {
    for dialect in Dialect::ALL {
        for is_long in [false, true] {
            let scene = Scene::of(dialect, &["a", "b", "c"]);
            for (how, version) in [(USUAL, "2"), (FULL, "3")] {
                let garbled = vec![json!({"id": "a"}), json!({"id": "stranger"})];
                let known = vec![scene.event("b", version, 0), scene.event("c", "1", 0)];
                let pages = match is_long {
                    true => vec![scene.more("p2", garbled), scene.last("c1", known)],
                    false => vec![scene.last("c1", [garbled, known].concat())],
                };
                let (done, asked) = scene.pass(how, pages);
                let done = done.unwrap();
                assert_eq!(asked.len(), 1 + usize::from(is_long));
                assert_eq!(done.tally, Tally { changed: 1, unchanged: 2, ..Tally::default() });
                let named = done.unreadable.named.iter().map(|one| one.id.as_str()).collect::<Vec<_>>();
                assert_eq!((done.unreadable.count, named), (2, vec!["a", "stranger"]));
                assert_eq!(scene.seen(), versions(&[("a", "1"), ("b", version), ("c", "1")]));
            }
        }
    }
}

#[test]
fn of_many_that_are_not_understood_some_are_named() {
    for dialect in Dialect::ALL {
        let scene = Scene::new(dialect);
        let garbled = (0..12).map(|number| json!({"id": format!("x{number}")})).collect();
        let done = scene.pass(USUAL, [scene.last("c1", garbled)]).0.unwrap();
        assert_eq!((done.unreadable.count, done.unreadable.named.len()), (12, 10));
    }
}

#[test]
fn what_is_no_list_changes_nothing() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a"]);
        let cursor = scene.calendar().cursor;
        for (answers, kind) in [
            (vec![(200, json!({"hello": "world"}))], Kind::ProviderError),
            (vec![scene.more("p2", vec![scene.event("b", "1", 0)]), (200, json!([]))], Kind::ProviderError),
        ] {
            let error = scene.pass(USUAL, answers).0.err().unwrap();
            assert_eq!(error.kind, kind, "{}", error.message);
            assert!(error.message.starts_with("evil: `Mine` at Evil: "), "{}", error.message);
            assert_eq!(scene.seen(), versions(&[("a", "1")]));
            assert_eq!(scene.calendar().cursor, cursor);
        }
    }
}

/// A link that leads elsewhere would end every later pass.
#[test]
fn a_place_that_cannot_be_asked_is_not_kept() {
    let scene = Scene::of(Dialect::Microsoft, &["a"]);
    let cursor = scene.calendar().cursor;
    let away = |events| scene.page(&[("@odata.deltaLink", "https://elsewhere.example/delta")], events);
    let b = || vec![scene.event("a", "1", 0), scene.event("b", "1", 0)];
    for how in [USUAL, FULL] {
        for answers in [vec![away(b())], vec![scene.more("p2", b()), away(vec![])]] {
            let error = scene.pass(how, answers).0.err().unwrap();
            assert!(error.message.contains("elsewhere.example"), "{}", error.message);
            assert_eq!((scene.seen(), scene.calendar().cursor), (versions(&[("a", "1")]), cursor.clone()));
        }
    }
}

//! What a pass that builds on another one does, and when it cannot.

use serde_json::json;

use super::scene::{DAY, FULL, REACH, Scene, USUAL, versions};
use crate::clock;
use crate::error::Kind;
use crate::index::{Span, Tally};
use crate::providers::calendars::Dialect;

/// Whether it is what a full pass asks for now, or asked for a moment ago.
fn is_asked(window: Option<(i64, i64)>, before: i64) -> bool {
    [before, clock::now()].iter().any(|now| {
        let Span { from, to } = REACH.ask(*now);
        window == Some((from, to))
    })
}

#[test]
fn a_change_touches_its_own_row() {
    let rows = |scene: &Scene| scene.rows("SELECT rowid || remote || version FROM event ORDER BY rowid");
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a", "b"]);
        let events = vec![scene.event("b", "2", 0), scene.event("c", "1", 0)];
        let (done, asked) = scene.pass(USUAL, [scene.last("c1", events)]);
        let done = done.unwrap();
        assert_eq!(done.tally, Tally { added: 1, changed: 1, unchanged: 1, ..Tally::default() });
        assert!(!done.full && asked.len() == 1 && asked[0].line.contains("c0"), "{asked:?}");
        assert_eq!(rows(&scene), ["1a1", "2b2", "3c1"]);
    }
    // Who says of what is removed that it was deleted is believed at once.
    let scene = Scene::of(Dialect::Google, &["a", "b", "c"]);
    let events = vec![scene.event("b", "2", 0), scene.gone("a"), scene.gone("nobody")];
    let (done, asked) = scene.pass(USUAL, [scene.last("c1", events)]);
    let tally = Tally { changed: 1, removed: 1, unchanged: 1, ..Tally::default() };
    assert_eq!((done.unwrap().tally, asked.len()), (tally, 1));
    assert_eq!(rows(&scene), ["2b2", "3c1"]);
    assert_eq!(scene.buried(), ["a"], "what was never seen is not mourned");
}

#[test]
fn changes_on_several_pages_are_one() {
    let scene = Scene::of(Dialect::Google, &["a", "b", "c", "d"]);
    let first = scene.more("p2", vec![scene.gone("a"), scene.gone("b"), scene.event("c", "2", 0)]);
    let second = scene.last("c1", vec![scene.event("a", "3", 0), scene.gone("nobody")]);
    let (done, asked) = scene.pass(USUAL, [first, second]);
    let tally = Tally { changed: 2, removed: 1, unchanged: 1, ..Tally::default() };
    assert_eq!((done.unwrap().tally, asked.len()), (tally, 2));
    assert_eq!(scene.seen(), versions(&[("a", "3"), ("c", "2"), ("d", "1")]));
    assert_eq!(scene.buried(), ["b"]);
    assert_eq!((scene.calendar().events, scene.calendar().cursor.as_deref()), (3, Some("c1")));
}

/// A provider tells changes of any time; out of the window is not deleted.
#[test]
fn what_leaves_the_window_goes_without_a_tombstone_and_may_come_back() {
    for dialect in Dialect::ALL {
        for is_long in [false, true] {
            let scene = Scene::of(dialect, &["a", "b"]);
            let pages = |cursor: &str, events| match is_long {
                true => vec![scene.more("p2", events), scene.last(cursor, vec![])],
                false => vec![scene.last(cursor, events)],
            };
            let away = vec![scene.event("a", "2", 900), scene.event("new", "1", -900)];
            let (done, asked) = scene.pass(USUAL, pages("c1", away));
            let done = done.unwrap();
            assert_eq!((done.tally.added, done.tally.changed, done.tally.unchanged), (0, 0, 1));
            assert_eq!(asked.len(), 1 + usize::from(is_long), "nobody is asked where it went");
            assert_eq!((scene.seen(), scene.buried()), (versions(&[("b", "1")]), vec![]));
            let back = vec![scene.event("a", "3", 900), scene.event("a", "4", 0)];
            let done = scene.pass(USUAL, pages("c2", back)).0.unwrap();
            assert_eq!(done.tally, Tally { added: 1, unchanged: 1, ..Tally::default() });
            assert_eq!(scene.seen(), versions(&[("a", "4"), ("b", "1")]));
        }
    }
}

/// Microsoft says `deleted` of both, so the event itself is asked for.
#[test]
fn what_is_told_as_removed_is_asked_for_where_that_may_not_be_so() {
    let scene = Scene::of(Dialect::Microsoft, &["a", "b", "c"]);
    let (done, asked) = scene.pass(
        USUAL,
        [scene.last("c1", vec![scene.gone("a"), scene.gone("nobody")]), (404, json!({"error": {}}))],
    );
    assert_eq!(done.unwrap().tally, Tally { removed: 1, unchanged: 2, ..Tally::default() });
    assert!(asked.len() == 2 && asked[1].line.ends_with("/a"), "{asked:?}");
    assert_eq!((scene.seen(), scene.buried()), (versions(&[("b", "1"), ("c", "1")]), vec!["a".to_owned()]));

    let elsewhere = (200, scene.event("b", "1", 900));
    let (done, asked) = scene.pass(USUAL, [scene.last("c2", vec![scene.gone("b")]), elsewhere]);
    assert_eq!((done.unwrap().tally.unchanged, asked.len()), (1, 2));
    assert_eq!((scene.seen(), scene.buried()), (versions(&[("c", "1")]), vec!["a".to_owned()]));
}

/// Of what a full pass does not bring only what it was asked for can have been deleted, and that is asked.
#[test]
fn what_a_full_pass_does_not_bring_is_asked_for() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a", "b", "c", "d", "e"]);
        scene.widen();
        let far = vec![scene.event("far", "1", 900)];
        scene.pass(USUAL, [scene.last("c1", far)]).0.unwrap();
        let mut ids = vec!["a", "b", "c", "d", "e"];
        let cancelled = match dialect {
            Dialect::Google => json!({"id": "c", "status": "cancelled"}),
            Dialect::Microsoft => json!({"id": "c", "isCancelled": true}),
        };
        let refused = (403, json!({"error": {"code": "x", "message": "x"}}));
        let mut buried = Vec::new();
        for (id, answer, is_deleted) in [
            ("a", (404, json!({"error": {"code": "x", "message": "x"}})), true),
            ("b", (200, scene.event("b", "1", 900)), false),
            ("c", (200, cancelled), true),
            ("d", refused, false),
        ] {
            ids.retain(|one| *one != id);
            let far = u64::from(id == "a");
            let all = ids.iter().map(|id| scene.event(id, "1", 0)).collect();
            let (done, asked) = scene.pass(FULL, [scene.last("c2", all), answer]);
            assert_eq!(asked.len(), 2, "{id}");
            assert!(asked[1].line.split('?').next().unwrap().ends_with(&format!("/{id}")), "{asked:?}");
            let (removed, left) = if is_deleted { (1, far) } else { (0, 1 + far) };
            let unchanged = ids.len() as u64;
            assert_eq!(done.unwrap().tally, Tally { removed, left, unchanged, ..Tally::default() }, "{id}");
            buried.extend(is_deleted.then(|| id.to_owned()));
            assert_eq!((scene.buried(), scene.seen().len()), (buried.clone(), ids.len()));
        }
    }
}

#[test]
fn a_full_pass_of_one_page_lets_go_of_what_is_outside() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a"]);
        scene.widen();
        scene.pass(USUAL, [scene.last("c1", vec![scene.event("far", "1", 900)])]).0.unwrap();
        let (done, asked) = scene.pass(FULL, [scene.last("c2", vec![scene.event("a", "1", 0)])]);
        let tally = Tally { left: 1, unchanged: 1, ..Tally::default() };
        assert_eq!((done.unwrap().tally, asked.len(), scene.calendar().pass), (tally, 1, 0));
        assert_eq!((scene.seen(), scene.buried()), (versions(&[("a", "1")]), vec![]));
        assert_eq!(scene.calendar().events, 1);
    }
}

#[test]
fn changes_keep_the_window_and_a_full_pass_moves_it() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a"]);
        let start = clock::now();
        let wide = scene.widen();
        let far = vec![scene.event("far", "1", 900)];
        for pages in
            [vec![scene.last("c1", far.clone())], vec![scene.more("p", far), scene.last("c2", vec![])]]
        {
            let (done, asked) = scene.pass(USUAL, pages);
            assert!(!done.unwrap().full && !asked[0].line.contains("time"), "{asked:?}");
            assert_eq!(scene.calendar().window, Some(wide));
            assert!(scene.seen().contains_key("far"));
        }
        // The provider has forgotten where the last pass ended.
        let gone = (410, json!({"error": {"code": 410, "message": "x"}}));
        let everything = || scene.last("c3", vec![scene.event("a", "2", 0), scene.event("far", "2", 0)]);
        let (done, asked) = scene.pass(USUAL, [gone.clone(), everything()]);
        let done = done.unwrap();
        assert!(done.full && asked.len() == 2 && done.tally.changed == 2, "{asked:?}");
        assert!(is_asked(scene.calendar().window, start));
        // It forgets at once what it has just said.
        let (done, asked) = scene.pass(USUAL, [gone.clone(), gone, everything()]);
        let error = done.err().unwrap();
        assert_eq!((error.kind, error.message.as_str()), (Kind::Unavailable, "Evil does not let it be read"));
        assert_eq!((asked.len(), scene.seen()), (2, versions(&[("a", "2"), ("far", "2")])));
    }
}

#[test]
fn everything_is_read_where_it_is_wanted_or_the_window_has_passed() {
    for dialect in Dialect::ALL {
        let scene = Scene::of(dialect, &["a"]);
        let all = |cursor: &str| scene.last(cursor, vec![scene.event("a", "1", 0)]);
        let is_full = |how| {
            let (done, asked) = scene.pass(how, [all("c1")]);
            let asks = asked[0].line.to_lowercase();
            let asks_for_a_span = asks.contains("timemin") || asks.contains("startdatetime");
            assert_eq!(done.unwrap().full, asks_for_a_span, "{asks}");
            asks_for_a_span
        };
        assert!(is_full(FULL) && !is_full(USUAL));
        scene.rows(&format!("UPDATE calendar SET window_end = {} RETURNING name", clock::now() + DAY));
        assert!(is_full(USUAL));
        assert!(!is_full(USUAL));
    }
}

/// A calendar without a delta is read whole each time.
#[test]
fn where_changes_are_not_offered_the_plain_view_is_read() {
    let scene = Scene::new(Dialect::Microsoft);
    let refused = (404, json!({"error": {"code": "ErrorItemNotFound"}}));
    let plain = || scene.page(&[], vec![scene.event("a", "1", 0)]);
    let (done, asked) = scene.pass(USUAL, [refused, plain()]);
    assert!(done.unwrap().full);
    assert!(asked[0].line.contains("/delta?") && asked[1].line.contains("/calendarView?"), "{asked:?}");
    assert!(scene.calendar().cursor.is_some());
    let (done, asked) = scene.pass(USUAL, [plain()]);
    assert_eq!(done.unwrap().tally, Tally { unchanged: 1, ..Tally::default() });
    assert!(asked[0].line.contains("/calendarView?"), "{asked:?}");
}

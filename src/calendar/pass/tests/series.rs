//! Occurrences that are told without what their series has.

use serde_json::{Value, json};

use super::scene::{FULL, Scene, USUAL};
use crate::providers::calendars::Dialect;

fn part(scene: &Scene, id: &str) -> Value {
    let mut event = scene.event(id, "1", 0);
    event["seriesMasterId"] = json!("s");
    for shared in ["subject", "iCalUId"] {
        event.as_object_mut().unwrap().remove(shared);
    }
    event
}

fn series(scene: &Scene) -> Value {
    let mut event = scene.event("s", "1", 0);
    event["type"] = json!("seriesMaster");
    event["subject"] = json!("Weekly");
    event
}

#[test]
fn a_series_on_the_same_page_completes_its_occurrences() {
    let scene = Scene::new(Dialect::Microsoft);
    let (done, asked) = scene.pass(USUAL, [scene.last("c1", vec![part(&scene, "o"), series(&scene)])]);
    assert_eq!((done.unwrap().tally.added, asked.len()), (1, 1));
    assert_eq!((scene.title("o").as_str(), scene.calendar().pass), ("Weekly", 0));
}

#[test]
fn a_series_that_was_not_told_is_asked_for() {
    for is_long in [false, true] {
        let scene = Scene::new(Dialect::Microsoft);
        let pages = || match is_long {
            true => {
                vec![scene.more("p2", vec![part(&scene, "o")]), scene.last("c1", vec![part(&scene, "q")])]
            }
            false => vec![scene.last("c1", vec![part(&scene, "o"), part(&scene, "q")])],
        };
        let (done, asked) = scene.pass(USUAL, pages().into_iter().chain([(200, series(&scene))]));
        assert_eq!((done.unwrap().tally.added, asked.len()), (2, 2 + usize::from(is_long)), "once for both");
        assert!(asked.last().unwrap().line.ends_with("/s"), "{asked:?}");
        assert_eq!((scene.title("o").as_str(), scene.title("q").as_str()), ("Weekly", "Weekly"));
        // Without it they are there all the same.
        let missing = (404, json!({"error": {"code": "ErrorItemNotFound"}}));
        let (done, _) = scene.pass(FULL, pages().into_iter().chain([missing]));
        assert!(done.is_ok());
        assert_eq!((scene.title("o").as_str(), scene.seen().len()), ("", 2));
    }
}

//! Google's way: pages, a sync token, cancelled events.

use serde_json::json;

use crate::scene::Scene;
use crate::server::{Dialect, Event};

#[test]
fn everything_then_what_changed() {
    let scene = Scene::new(Dialect::Google);
    scene.server.state().largest_page = 3;
    for hour in 0..7 {
        scene.server.put("primary", Event::new(&format!("e{hour}"), hour));
    }
    scene.server.put("primary", Event::day("d", 2));
    let first = scene.synced(&[]);
    assert_eq!(first["added"], 8, "{first}");
    assert_eq!(first["full"], true, "{first}");
    scene.is_equal();
    scene.server.forget();
    scene.server.put("primary", Event::new("e1", 1).titled("Changed"));
    scene.server.put("primary", Event::new("new", 30));
    scene.server.delete("primary", "e2");
    let second = scene.synced(&[]);
    let counts = ["added", "changed", "removed", "unchanged", "requests"].map(|key| second[key].clone());
    assert_eq!(counts, [json!(1), json!(1), json!(1), json!(6), json!(1)], "{second}");
    assert_eq!(scene.server.asked().len(), 1);
    scene.is_equal();
    let third = scene.synced(&[]);
    assert_eq!(third["outcome"], "unchanged", "{third}");
    scene.is_equal();
}

//! Group SY: what a sync promises, whatever the provider does.

mod choices;
mod contents;
mod pages;
mod runs;

use serde_json::Value;

use crate::home::Output;
use crate::scene::Scene;
use crate::server::{Dialect, Event};

const BOTH: [Dialect; 2] = [Dialect::Google, Dialect::Microsoft];

/// `count` events, an hour each, `page` of them on a page.
fn filled(dialect: Dialect, count: i64, page: usize) -> Scene {
    let scene = Scene::new(dialect);
    scene.server.state().largest_page = page;
    for hour in 0..count {
        scene.server.put("primary", Event::new(&format!("e{hour:05}"), hour % 2_000));
    }
    scene
}

fn first(out: &Output) -> Value {
    out.json()["calendars"][0].clone()
}

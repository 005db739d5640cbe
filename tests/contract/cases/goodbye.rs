//! The end of a connection.

use serde_json::{Value, json};

use super::{Check, nothing_is_stored, refuse, relent};
use crate::dialect::At;
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 2] =
    [("disconnect::ends_it", disconnects), ("disconnect::dry_run_ends_nothing", dry)];

pub(super) fn disconnects(scene: &Scene) {
    scene.connected();
    let gone = scene.run(&["disconnect", scene.name(), "--yes", "--json"]).expect(0).json();
    let gone = &gone["disconnected"][0];
    let told = scene.server.play.lock().unwrap().revoked.len();
    match &scene.dialect.revoke {
        Some(_) => assert_eq!((&gone["revoked"], told), (&json!(true), 1)),
        None => {
            assert_eq!((&gone["revoked"], told), (&Value::Null, 0));
            assert!(gone["manage_url"].as_str().is_some_and(|url| url.starts_with("https://")), "{gone}");
        }
    }
    nothing_is_stored(scene);
}

fn dry(scene: &Scene) {
    scene.connected();
    let shown = scene.run(&["disconnect", scene.name(), "--dry-run", "--json"]).expect(0);
    let requests = shown.json()["requests"].as_array().unwrap().clone();
    assert_eq!(requests.len(), usize::from(scene.dialect.revoke.is_some()), "{}", shown.stdout);
    assert!(!shown.stdout.contains("refresh-1") && !shown.stdout.contains("access-1"), "{}", shown.stdout);
    assert_eq!(scene.server.play.lock().unwrap().revoked.len(), 0);
    assert_eq!(scene.status()["state"], "connected");
}

/// What still works there is not forgotten here, unless a person insists.
pub(super) fn cannot_be_told(scene: &Scene) {
    scene.connected();
    refuse(scene, At::Revoke, 503, json!("<html>maintenance</html>"));
    scene.run(&["disconnect", scene.name(), "--yes"]).expect(4);
    assert_eq!(scene.status()["state"], "connected");
    let gone = scene.run(&["disconnect", scene.name(), "--yes", "--force", "--json"]).expect(0).json();
    assert_eq!(gone["disconnected"][0]["revoked"], false, "{gone}");
    relent(scene);
    nothing_is_stored(scene);
}

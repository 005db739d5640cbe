//! With a key, and nobody there.

use serde_json::json;

use super::{Check, nothing_is_stored, refuse, relent, test_says};
use crate::dialect::At;
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 3] =
    [("machine::connects", connects), ("machine::is_refused", refused), ("machine::a_key_that_ends", ends)];

fn connects(scene: &Scene) {
    let signed_in = scene.sign_in_as_a_machine();
    let ended = signed_in.ended.expect(0);
    let event = signed_in.connected.unwrap_or_else(|| panic!("not connected: {}", ended.stdout));
    assert_eq!(event["account_id"], json!(scene.dialect.me.id), "{event}");
    assert_eq!(scene.token(), "access-1");
    scene.run(&["refresh", scene.name(), "--force"]).expect(0);
    assert_eq!(scene.token(), "access-2");
    test_says(scene, 0, "ok");
    // What is refused is asked for anew.
    scene.server.tell(|play| play.access.clear());
    test_says(scene, 0, "ok");
    assert_eq!(scene.token(), "access-3");
}

fn refused(scene: &Scene) {
    refuse(
        scene,
        At::Machine,
        400,
        json!({"error": "invalid_grant", "error_description": "no such account"}),
    );
    let ended = scene.sign_in_as_a_machine().ended;
    assert!([1, 3].contains(&ended.code), "{}{}", ended.stdout, ended.stderr);
    assert!(
        ended.stdout.contains("no such account") || ended.stderr.contains("no such account"),
        "{}",
        ended.stdout
    );
    nothing_is_stored(scene);
}

fn ends(scene: &Scene) {
    scene.sign_in_as_a_machine().ended.expect(0);
    refuse(scene, At::Machine, 400, json!({"error": "invalid_grant", "error_description": "deleted"}));
    let ended = scene.run(&["refresh", scene.name(), "--force", "--json"]).expect(3);
    assert!(ended.stdout.contains("--service-account"), "the cure is a key: {}", ended.stdout);
    relent(scene);
    scene.sign_in_as_a_machine().ended.expect(0);
    test_says(scene, 0, "ok");
}

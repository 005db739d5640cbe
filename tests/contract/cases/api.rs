//! What a test of the connection finds.

use serde_json::{Value, json};

use super::{Check, lies_ahead, needs_a_sign_in, refuse, relent, test_says};
use crate::dialect::{At, Limited};
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 4] = [
    ("api::works_and_is_told", works),
    ("api::a_dead_token_needs_a_sign_in", dead_token),
    ("api::is_limited_and_until_when", limited),
    ("api::is_down", down),
];

fn works(scene: &Scene) {
    scene.connected();
    let tested = test_says(scene, 0, "ok");
    assert_eq!(tested["account"], scene.dialect.me.account, "{tested}");
    scene.run(&["providers", scene.name()]).expect(0);
}

/// Refused, and refused again after every renewal.
fn dead_token(scene: &Scene) {
    scene.connected();
    let (status, body) = scene.dialect.dead.clone();
    refuse(scene, At::Api, status, body);
    needs_a_sign_in(scene);
}

fn limited(scene: &Scene) {
    is_limited_by(scene, scene.dialect.limited.clone());
}

pub(super) fn is_limited_by(scene: &Scene, limits: Limited) {
    scene.connected();
    let after = limits.after;
    scene.server.tell(|play| play.limits = Some(limits));
    let tested = test_says(scene, 4, "rate_limited");
    match after {
        Some(seconds) => lies_ahead(&tested["error"], seconds),
        None => assert_eq!(tested["error"]["retry_at"], Value::Null, "nobody said when: {tested}"),
    }
    relent(scene);
    test_says(scene, 0, "ok");
}

/// It is nobody's fault here, and nothing has to be done again.
fn down(scene: &Scene) {
    scene.connected();
    for (status, body) in
        [(500, json!({"message": "oops"})), (502, json!("<html>Bad Gateway</html>")), (503, json!(""))]
    {
        refuse(scene, At::Api, status, body);
        test_says(scene, 4, "down");
        assert_eq!(scene.status()["state"], "connected", "after {status}");
    }
    relent(scene);
    test_says(scene, 0, "ok");
}

pub(super) fn is_introspected(scene: &Scene) {
    scene.connected();
    scene.server.tell(|play| play.is_dead = true);
    needs_a_sign_in(scene);
}

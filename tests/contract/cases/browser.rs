//! In a browser, with a listener or by pasting the address it ended on.

use serde_json::json;

use super::{Check, is_who_it_is, nothing_is_stored, refuse, test_says};
use crate::dialect::At;
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 6] = [
    ("browser::connects", connects),
    ("browser::twice_is_another_sign_in", twice),
    ("browser::is_denied", denied),
    ("paste::the_address_is_enough", pastes),
    ("paste::the_code_alone_is_enough_with_pkce_only", pastes_code),
    ("paste::is_denied", paste_denied),
];

pub(super) const SCOPES: [(&str, Check); 1] = [("browser::a_missing_scope_is_named", missing_scope)];

pub(super) fn connects(scene: &Scene) {
    is_who_it_is(scene, scene.sign_in());
    assert_eq!(scene.status()["state"], "connected");
    assert_eq!(scene.token(), "access-1");
}

/// Where any port is registered, this is another one.
fn twice(scene: &Scene) {
    is_who_it_is(scene, scene.sign_in());
    scene.sign_in().ended.expect(0);
    assert_eq!(scene.token(), "access-2");
}

fn denied(scene: &Scene) {
    refuse(scene, At::Consent, 0, "access_denied".into());
    if scene.is_shown() {
        // Nothing comes back but what the person pastes: nothing.
        let ended = scene.feed(&["connect", scene.name(), "--paste"], "");
        assert_ne!(ended.code, 0, "{}", ended.stderr);
    } else {
        let ended = scene.sign_in().ended.expect(1);
        assert!(ended.stdout.contains("\"denied\""), "{}", ended.stdout);
    }
    nothing_is_stored(scene);
}

fn pastes(scene: &Scene) {
    is_who_it_is(scene, scene.sign_in_and_paste(str::to_owned));
    assert_eq!(scene.token(), "access-1");
}

/// Without PKCE a code may be anybody's: somebody else's account would be connected.
fn pastes_code(scene: &Scene) {
    let signed_in = scene.sign_in_and_paste(|_| "code-1".to_owned());
    let browser = scene.dialect.browser.as_ref().unwrap();
    if browser.pkce || scene.is_shown() {
        is_who_it_is(scene, signed_in);
    } else {
        assert_ne!(signed_in.ended.code, 0, "{}", signed_in.ended.stdout);
        nothing_is_stored(scene);
    }
}

fn paste_denied(scene: &Scene) {
    if scene.is_shown() {
        return denied(scene);
    }
    refuse(scene, At::Consent, 0, "access_denied".into());
    scene.sign_in_and_paste(str::to_owned).ended.expect(1);
    nothing_is_stored(scene);
}

/// Granted is what the answer says, not what was asked for.
fn missing_scope(scene: &Scene) {
    let browser = scene.dialect.browser.as_ref().unwrap();
    let introspected = scene.dialect.introspect.as_ref().map(|shape| shape.answer.to_string());
    let is_told = browser.answer.to_string().contains("SCOPE")
        || introspected.is_some_and(|answer| answer.contains("SCOPE"));
    let lost = browser.scopes.last().unwrap();
    let rest: Vec<&str> = browser.scopes.iter().filter(|scope| *scope != lost).copied().collect();
    scene.server.tell(|play| play.granted = Some(rest.join(" ")));
    let event = scene.sign_in().connected.unwrap();
    if !is_told {
        // What nobody tells cannot be known.
        return assert_eq!(event["missing_scopes"], json!([]), "{event}");
    }
    if rest.is_empty() {
        // A provider that grants nothing has said nothing.
        return;
    }
    assert!(event["missing_scopes"].as_array().unwrap().contains(&json!(lost)), "{event}");
    let tested = test_says(scene, 3, "missing_scopes");
    assert!(tested.to_string().contains(lost), "{tested}");
}

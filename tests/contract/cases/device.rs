//! With a code that is entered on another machine, by a client without a secret.

use serde_json::Value;

use super::{Check, List, is_who_it_is, nothing_is_stored};
use crate::dialect::{RevokeAuth, Secret};
use crate::scene::Scene;

pub(super) fn list(list: &mut List) {
    let cases: [(&str, Check); 6] = [
        ("device::connects", connects),
        ("device::connects_with_a_secret", connects),
        ("device::slows_down", slows_down),
        ("device::is_denied", denied),
        ("device::expires", expires),
        ("device::disconnects", disconnects),
    ];
    for (name, check) in cases {
        let dialect = list.dialect.clone();
        let has_secret = name.ends_with("secret");
        list.act(name, move || Scene::with(&dialect, has_secret), check);
    }
}

fn connects(scene: &Scene) {
    scene.server.tell(|play| play.pending = 1);
    is_who_it_is(scene, scene.sign_in_with_a_code());
    assert_eq!(scene.token(), "access-1");
}

fn slows_down(scene: &Scene) {
    scene.server.tell(|play| play.slow = 1);
    is_who_it_is(scene, scene.sign_in_with_a_code());
}

fn denied(scene: &Scene) {
    let denied = scene.dialect.device.as_ref().unwrap().denied.to_owned();
    scene.server.tell(|play| play.device_ends = Some(denied));
    let ended = scene.sign_in_with_a_code().ended.expect(1);
    assert!(ended.stdout.contains("\"denied\""), "{}", ended.stdout);
    nothing_is_stored(scene);
}

fn expires(scene: &Scene) {
    for word in scene.dialect.device.as_ref().unwrap().expired {
        scene.server.tell(|play| play.device_ends = Some((*word).to_owned()));
        let ended = scene.sign_in_with_a_code().ended;
        assert_eq!(ended.code, 3, "{word}: {}{}", ended.stdout, ended.stderr);
    }
    nothing_is_stored(scene);
}

/// Where revoking takes the secret, a client without one says where a person can do it.
fn disconnects(scene: &Scene) {
    assert!(scene.dialect.browser.as_ref().unwrap().secret != Secret::Optional);
    scene.sign_in_with_a_code().ended.expect(0);
    let gone = scene.run(&["disconnect", scene.name(), "--yes", "--json"]).expect(0).json();
    let gone = &gone["disconnected"][0];
    if scene.dialect.revoke.as_ref().is_none_or(|revoke| revoke.auth == RevokeAuth::Basic) {
        assert_eq!(gone["revoked"], Value::Null, "{gone}");
        assert!(gone["manage_url"].as_str().is_some_and(|url| url.starts_with("https://")), "{gone}");
    }
    nothing_is_stored(scene);
}

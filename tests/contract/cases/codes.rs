//! What the provider's codes mean, whatever the status they come with: the documentation's, and what the file adds.

use std::collections::BTreeSet;

use serde_json::json;

use super::{List, needs_a_sign_in, refuse, test_says};
use crate::dialect::{At, Refresh};
use crate::overlay::file;
use crate::scene::Scene;

/// Of a longer list (a range of codes) every so many are enough.
const MANY: usize = 25;

pub(super) fn list(list: &mut List) {
    let codes = list.dialect.codes.clone();
    for code in all(list, "reconnect", codes.reconnect) {
        let other = code.clone();
        list.add(&format!("reconnect::{code}::api"), move |scene| ends_at_the_api(scene, &code));
        if list.dialect.refresh != Refresh::Never {
            list.add(&format!("reconnect::{other}::refresh"), move |scene| {
                ends_at_the_refresh(scene, &other);
            });
        }
    }
    for code in all(list, "missing-scope", codes.missing_scope) {
        list.add(&format!("missing_scope::{code}"), move |scene| {
            is_refused(scene, &code, 3, "missing_scopes");
        });
    }
    for code in all(list, "rate-limited", codes.rate_limited) {
        list.add(&format!("rate_limited::{code}"), move |scene| is_refused(scene, &code, 4, "rate_limited"));
    }
}

fn all(list: &List, key: &str, known: Vec<String>) -> Vec<String> {
    let file = file(list.dialect.name);
    let listed = file.get("error").and_then(|error| error.get(key)?.as_array().cloned()).unwrap_or_default();
    let listed = listed.iter().map(|code| code.as_str().unwrap().to_owned());
    let all: BTreeSet<String> = known.into_iter().chain(listed).collect();
    let step = all.len() / MANY + 1;
    all.into_iter().step_by(step).collect()
}

fn ends_at_the_api(scene: &Scene, code: &str) {
    scene.connected();
    let (status, body) = (scene.dialect.refusal)(code);
    refuse(scene, At::Api, status, body);
    needs_a_sign_in(scene);
}

fn ends_at_the_refresh(scene: &Scene, code: &str) {
    scene.connected();
    refuse(scene, At::Refresh, 400, json!({"error": code, "error_description": "no"}));
    scene.run(&["refresh", scene.name(), "--force"]).expect(3);
    assert_eq!(scene.status()["state"], "needs_reauth");
}

fn is_refused(scene: &Scene, code: &str, exit: i32, outcome: &str) {
    scene.connected();
    let (status, body) = (scene.dialect.refusal)(code);
    refuse(scene, At::Api, status, body);
    test_says(scene, exit, outcome);
    assert_eq!(scene.status()["state"], "connected", "the sign-in goes on");
}

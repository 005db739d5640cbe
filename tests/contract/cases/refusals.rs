//! Each shape of a refusal that the documentation shows.

use super::{List, refuse};
use crate::dialect::{At, Refusal};
use crate::scene::Scene;

pub(super) fn list(list: &mut List) {
    for refusal in list.dialect.refusals.clone() {
        list.add(&format!("refusal::{}", refusal.case), move |scene| refused(scene, &refusal));
    }
}

fn refused(scene: &Scene, refusal: &Refusal) {
    let name = scene.name();
    if matches!(refusal.at, At::Refresh | At::Api | At::Revoke) {
        scene.connected();
    }
    refuse(scene, refusal.at, refusal.status, refusal.body.clone());
    let ended = match refusal.at {
        At::Consent | At::Code => scene.sign_in().ended,
        At::Device => scene.sign_in_with_a_code().ended,
        At::Machine => scene.sign_in_as_a_machine().ended,
        At::Refresh => scene.run(&["refresh", name, "--force", "--json"]),
        At::Api => scene.run(&["test", name, "--json"]),
        At::Revoke => scene.run(&["disconnect", name, "--yes", "--json"]),
    };
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.code, refusal.exit, "{said}");
    assert!(said.contains(refusal.words), "`{}` is not in: {said}", refusal.words);
    if let Some(reason) = refusal.reason {
        assert!(said.contains(&format!("\"reason\":\"{reason}\"")), "not {reason}: {said}");
    }
    if refusal.exit == 3 && refusal.at == At::Refresh {
        assert_eq!(scene.status()["state"], "needs_reauth");
    }
}

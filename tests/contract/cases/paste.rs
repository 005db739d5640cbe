//! With a token that the provider's pages gave.

use serde_json::{Value, json};

use super::{List, is_who_it_is_at, nothing_is_stored, test_says};
use crate::dialect::{Paste, RevokeAuth};
use crate::scene::Scene;

pub(super) fn list(list: &mut List, paste: &Paste) {
    for (number, token) in paste.tokens.iter().enumerate() {
        list.add(&format!("token::connects::{number}"), |scene| connects(scene, token));
    }
    list.group(&[("token::is_refused", refused), ("token::ends", ends)]);
    if let Some(stranger) = paste.stranger {
        list.add("token::of_another_kind_is_not_sent", move |scene| is_none(scene, stranger));
    }
    if paste.warns.is_some() {
        list.group(&[("token::warns_of_what_will_fail_in_silence", warns)]);
    }
}

fn connects(scene: &Scene, token: &str) {
    let elsewhere = scene.dialect.paste.as_ref().unwrap().me.is_some();
    let workspace = scene.dialect.me.workspace.filter(|_| !elsewhere);
    is_who_it_is_at(scene, scene.connected_with(token), workspace);
    test_says(scene, 0, "ok");
    assert_eq!(scene.token(), token);
    // Nothing renews it.
    let ended = scene.run(&["refresh", scene.name(), "--json"]).expect(0);
    assert_eq!(ended.json()["refreshes"][0]["outcome"], "unsupported", "{}", ended.stdout);
}

fn refused(scene: &Scene) {
    let token = scene.dialect.paste.as_ref().unwrap().tokens[0];
    scene.paste(token).ended.expect(3);
    nothing_is_stored(scene);
}

fn is_none(scene: &Scene, stranger: &str) {
    scene.paste(stranger).ended.expect(2);
    assert_eq!(scene.server.desk.asked().len(), 0, "it is nobody's business");
    nothing_is_stored(scene);
}

fn ends(scene: &Scene) {
    // A client's word is not about a token that is not the client's.
    let auth = scene.dialect.revoke.as_ref().map(|revoke| revoke.auth);
    let revoke = matches!(auth, Some(RevokeAuth::Token | RevokeAuth::Nothing));
    scene.connected_with(scene.dialect.paste.as_ref().unwrap().tokens[0]).ended.expect(0);
    let gone = scene.run(&["disconnect", scene.name(), "--yes", "--json"]).expect(0).json();
    let told = scene.server.play.lock().unwrap().revoked.len();
    assert_eq!(
        (&gone["disconnected"][0]["revoked"], told),
        (&json!(revoke.then_some(true)), usize::from(revoke))
    );
    nothing_is_stored(scene);
}

fn warns(scene: &Scene) {
    let paste = scene.dialect.paste.as_ref().unwrap();
    let (_, _, _, words) = paste.warns.as_ref().unwrap();
    scene.connected_with(paste.tokens[0]).ended.expect(0);
    assert_eq!(test_says(scene, 0, "ok")["warnings"], json!([]));
    scene.server.tell(|play| play.warns = true);
    let tested = scene.test().1;
    assert!(tested["warnings"].to_string().contains(words), "{tested}");
    assert_ne!(tested["warnings"], Value::Null);
}

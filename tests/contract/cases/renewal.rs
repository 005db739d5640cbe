//! Fresh tokens from old ones: rotating, stable, none.

use serde_json::{Value, json};

use super::{Check, List, lies_ahead, refuse, relent, test_says};
use crate::dialect::{At, Refresh, retry_after};
use crate::scene::Scene;

const CASES: [(&str, Check); 6] = [
    ("refresh::renews", renews),
    ("refresh::a_refused_token_is_renewed", on_401),
    ("refresh::no_new_refresh_token_leaves_the_old_one", keeps),
    ("refresh::invalid_grant_ends_it", invalid_grant),
    ("refresh::is_limited", limited),
    ("refresh::is_down", down),
];

pub(super) fn list(list: &mut List) {
    let dialect = list.dialect.clone();
    if dialect.refresh == Refresh::Never {
        return list.group(&[("refresh::there_is_none", none)]);
    }
    list.group(&CASES);
    let tells_life = dialect.browser.is_some_and(|b| b.answer.to_string().contains("expires_in"));
    if tells_life {
        list.group(&[("refresh::an_expired_token_is_renewed", expired)]);
    }
}

fn none(scene: &Scene) {
    scene.connected();
    let ended = scene.run(&["refresh", scene.name(), "--json"]).expect(0);
    assert_eq!(ended.json()["refreshes"][0]["outcome"], "unsupported", "{}", ended.stdout);
    assert_eq!(scene.status()["expires_at"], Value::Null);
    // By force there is nothing that could be done, and the connection goes on working.
    let ended = scene.run(&["refresh", scene.name(), "--force", "--json"]).expect(3);
    assert!(ended.stdout.contains("no refresh token"), "{}{}", ended.stdout, ended.stderr);
    test_says(scene, 0, "ok");
}

pub(super) fn renews(scene: &Scene) {
    scene.connected();
    if scene.dialect.refresh == Refresh::Never {
        return;
    }
    let scopes = scene.status()["scopes"].clone();
    for round in 2..4 {
        scene.run(&["refresh", scene.name(), "--force"]).expect(0);
        assert_eq!(scene.token(), format!("access-{round}"));
    }
    assert_eq!(scene.status()["scopes"], scopes);
    test_says(scene, 0, "ok");
}

fn on_401(scene: &Scene) {
    scene.connected();
    scene.server.tell(|play| play.access.clear());
    test_says(scene, 0, "ok");
    assert_eq!(scene.token(), "access-2");
}

/// The refresh token is not lost, whatever stands in its place.
fn keeps(scene: &Scene) {
    scene.connected();
    let odd: [fn(&mut Value); 3] = [
        |answer| drop(answer.as_object_mut().unwrap().remove("refresh_token")),
        |answer| answer["refresh_token"] = Value::Null,
        |answer| answer["refresh_token"] = json!(""),
    ];
    for change in odd {
        scene.server.tell(|play| play.odd = Some(change));
        scene.run(&["refresh", scene.name(), "--force"]).expect(0);
    }
    scene.server.tell(|play| play.odd = None);
    scene.run(&["refresh", scene.name(), "--force"]).expect(0);
    assert_eq!(scene.token(), "access-5");
}

fn invalid_grant(scene: &Scene) {
    scene.connected();
    let gone = json!({"error": "invalid_grant", "error_description": "it is no longer good"});
    refuse(scene, At::Refresh, 400, gone);
    scene.run(&["refresh", scene.name(), "--force"]).expect(3);
    assert_eq!(scene.status()["state"], "needs_reauth");
    // It is not asked again and again; and a sign-in is the cure.
    relent(scene);
    scene.run(&["token", scene.name()]).expect(3);
    scene.sign_in().ended.expect(0);
    assert_eq!(scene.status()["state"], "connected");
}

fn limited(scene: &Scene) {
    scene.connected();
    scene.server.tell(|play| play.limits = Some(retry_after(30, 429, json!({"error": "slow"}))));
    let ended = scene.run(&["refresh", scene.name(), "--force", "--json"]).expect(4);
    lies_ahead(&ended.json()["refreshes"][0]["error"], 30);
    assert_eq!(scene.status()["state"], "connected");
    relent(scene);
    scene.run(&["refresh", scene.name(), "--force"]).expect(0);
}

fn down(scene: &Scene) {
    scene.connected();
    refuse(scene, At::Refresh, 503, json!("<html>maintenance</html>"));
    scene.run(&["refresh", scene.name(), "--force"]).expect(4);
    assert_eq!(scene.status()["state"], "connected");
    relent(scene);
    scene.run(&["refresh", scene.name(), "--force"]).expect(0);
}

fn expired(scene: &Scene) {
    scene.server.tell(|play| {
        play.odd = Some(|answer| {
            let text = answer.to_string();
            let life = text.split("\"expires_in\":").nth(1).unwrap().split([',', '}']).next().unwrap();
            *answer = serde_json::from_str(&text.replacen(life, "1", 1)).unwrap();
        });
    });
    scene.connected();
    scene.server.tell(|play| play.odd = None);
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    assert_eq!(scene.token(), "access-2");
}

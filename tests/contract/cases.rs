//! The suite: what must hold for every provider, for each way in that its dialect has.

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::dialect::{At, Dialect, Refresh, Refusal};
use crate::overlay::file;
use crate::scene::{Scene, SignedIn};
use crate::seal::Ended;

type Check = fn(&Scene);
type Change = fn(&mut Value);

/// A scene for each, so that no case sees what another left.
pub(crate) fn of(dialect: Dialect) -> Vec<Trial> {
    let mut trials = Vec::new();
    let mut add = |name: String, check: Box<dyn FnOnce(&Scene) + Send>| {
        let dialect = dialect.clone();
        trials.push(Trial::test(format!("{}::{name}", dialect.name), move || {
            let scene = Scene::new(&dialect);
            check(&scene);
            scene.over();
            Ok(())
        }));
    };
    let mut group = |cases: &[(&str, Check)]| {
        for (name, check) in cases {
            let check = *check;
            add((*name).to_owned(), Box::new(check));
        }
    };
    if let Some(browser) = &dialect.browser {
        group(&[
            ("browser::connects", browser_connects),
            ("browser::is_registered_as_documented", redirect_is_registered),
            ("browser::is_denied", browser_denied),
            ("browser::token_answers_are_read_leniently", odd_answers),
            ("browser::no_token_is_no_connection", no_tokens),
        ]);
        if browser.scope.is_some() {
            group(&[
                ("browser::scopes_come_in_three_shapes", scope_shapes),
                ("browser::a_missing_scope_is_named", missing_scope),
            ]);
        }
    }
    if dialect.device.is_some() {
        group(&[
            ("device::connects", device_connects),
            ("device::is_denied", device_denied),
            ("device::expires", device_expires),
        ]);
    }
    if dialect.paste.is_some() {
        group(&[("token::connects", paste_connects), ("token::is_refused", paste_refused)]);
    }
    group(&[
        ("api::works_and_is_told", works),
        ("api::a_dead_token_needs_a_sign_in", dead_token),
        ("api::is_limited", limited),
    ]);
    match dialect.refresh {
        Refresh::Never => group(&[("refresh::there_is_none", no_refresh)]),
        _ => group(&[
            ("refresh::renews", renews),
            ("refresh::a_refused_token_is_renewed", renews_on_401),
            ("refresh::invalid_grant_ends_it", invalid_grant),
        ]),
    }
    group(&[("disconnect::ends_it", disconnects)]);
    for refusal in dialect.refusals.clone() {
        add(format!("refusal::{}", refusal.case), Box::new(move |scene| refused(scene, &refusal)));
    }
    for word in reconnect_words(dialect.name) {
        let other = word.clone();
        add(format!("reconnect::{word}::api"), Box::new(move |scene| reconnect_at_the_api(scene, &word)));
        if dialect.refresh != Refresh::Never {
            add(
                format!("reconnect::{other}::refresh"),
                Box::new(move |scene| reconnect_at_the_refresh(scene, &other)),
            );
        }
    }
    trials
}

fn reconnect_words(name: &str) -> Vec<String> {
    let file = file(name);
    let words = file.get("error").and_then(|error| error.get("reconnect")).and_then(toml::Value::as_array);
    words.into_iter().flatten().map(|word| word.as_str().unwrap().to_owned()).collect()
}

fn is_who_it_is(scene: &Scene, signed_in: SignedIn) -> Value {
    let SignedIn { ended, connected } = signed_in;
    let ended = ended.expect(0);
    let event = connected.unwrap_or_else(|| panic!("not connected: {}{}", ended.stdout, ended.stderr));
    let me = &scene.dialect.me;
    assert_eq!((&event["account"], &event["account_id"]), (&json!(me.account), &json!(me.id)), "{event}");
    let elsewhere = scene.dialect.paste.as_ref().is_some_and(|p| p.me.is_some()) && pasted(scene);
    assert_eq!(event["workspace"], json!(me.workspace.filter(|_| !elsewhere)), "{event}");
    assert_eq!(event["verified"], true, "{event}");
    assert_eq!(event["missing_scopes"], json!([]), "{event}");
    event
}

fn pasted(scene: &Scene) -> bool {
    let token = scene.dialect.paste.as_ref().unwrap().token;
    scene.server.play.lock().unwrap().access.contains(token)
}

fn browser_connects(scene: &Scene) {
    is_who_it_is(scene, scene.sign_in());
    let status = scene.status();
    assert_eq!(status["state"], "connected", "{status}");
    assert_eq!(scene.token(), "access-1");
}

/// The word for word string that a person enters in the provider's console.
fn redirect_is_registered(scene: &Scene) {
    let file = file(scene.name());
    let fixed = file["redirect"].as_str().filter(|uri| uri.contains(':'));
    let Some(uri) = fixed else { return any_port(scene) };
    let document = scene.run(&["providers", scene.name(), "--json"]).json();
    let told = document["providers"][0]["redirect_uri"].as_str().unwrap().to_owned();
    assert!(told.starts_with(uri), "{told}");
    let expected = scene.dialect.browser.as_ref().unwrap().redirect;
    // The scene has a port of its own.
    let without_port = |uri: &str| {
        let mut url: url::Url = uri.parse().unwrap();
        let _ = url.set_port(None);
        url.to_string()
    };
    assert_eq!(without_port(uri), without_port(expected));
}

fn any_port(scene: &Scene) {
    for _ in 0..2 {
        scene.sign_in().ended.expect(0);
    }
    assert!(scene.dialect.browser.as_ref().unwrap().redirect.contains('*'));
}

fn browser_denied(scene: &Scene) {
    scene.server.tell(|play| play.refuses = Some((At::Consent, 0, "access_denied".into())));
    if scene.dialect.browser.as_ref().unwrap().redirect.starts_with("urn:") {
        // Nothing comes back but what the person pastes: nothing.
        let ended = scene.feed(&["connect", scene.name(), "--paste"], "");
        assert_ne!(ended.code, 0, "{}", ended.stderr);
    } else {
        let ended = scene.sign_in().ended.expect(1);
        assert!(ended.stdout.contains("\"denied\""), "{}", ended.stdout);
    }
    assert_eq!(scene.status(), Value::Null, "nothing is stored");
}

/// Fields that a provider may give or leave out: none of it keeps anybody from connecting.
fn odd_answers(scene: &Scene) {
    let changes: [(&str, Change); 5] = [
        ("a life in words", |answer| change(answer, "expires_in", json!("3600"))),
        ("no life", |answer| change(answer, "expires_in", Value::Null)),
        ("no scope", |answer| change(answer, "scope", Value::Null)),
        ("a type in capitals", |answer| shout(answer)),
        ("more than was expected", |answer| change(answer, "new_field", json!({"a": [1, null]}))),
    ];
    for (what, odd) in changes {
        scene.server.tell(|play| play.odd = Some(odd));
        let ended = scene.sign_in().ended;
        assert_eq!(ended.code, 0, "{what}: {}{}", ended.stdout, ended.stderr);
    }
}

/// Replaces a field wherever it is; nothing takes it away.
fn change(answer: &mut Value, field: &str, value: Value) {
    match answer {
        Value::Object(object) => {
            if object.contains_key(field) {
                if value.is_null() {
                    object.remove(field);
                } else {
                    object.insert(field.to_owned(), value.clone());
                }
            } else if field == "new_field" {
                object.insert(field.to_owned(), value.clone());
                return;
            }
            object.values_mut().for_each(|inner| change(inner, field, value.clone()));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| change(inner, field, value.clone())),
        _ => {}
    }
}

fn shout(answer: &mut Value) {
    if let Value::Object(object) = answer {
        for (key, value) in object.iter_mut() {
            match value.as_str() {
                Some(kind) if key == "token_type" => *value = json!(kind.to_uppercase()),
                _ => shout(value),
            }
        }
    }
}

fn no_tokens(scene: &Scene) {
    let raws = [
        (200, "<html>Sign in to the hotel's network</html>"),
        (200, "{}"),
        (200, ""),
        (200, r#"{"access_token":"","token_type":"Bearer"}"#),
        (200, r#"{"access_token":null,"token_type":"Bearer"}"#),
        (200, "[]"),
        (500, "{}"),
    ];
    for (status, raw) in raws {
        scene.server.tell(|play| play.raw = Some((status, raw.to_owned())));
        let ended = scene.sign_in().ended;
        assert!([1, 4].contains(&ended.code), "{raw}: {}{}", ended.stdout, ended.stderr);
    }
    assert_eq!(scene.status(), Value::Null, "nothing is stored");
}

fn scope_shapes(scene: &Scene) {
    let mut told = Vec::new();
    let shapes: [Change; 3] =
        [|answer| respell(answer, " "), |answer| respell(answer, ","), |answer| listed(answer)];
    for shape in shapes {
        scene.server.tell(|play| play.odd = Some(shape));
        let event = is_who_it_is(scene, scene.sign_in());
        assert!(!event["scopes"].as_array().unwrap().is_empty(), "{event}");
        told.push(event["scopes"].clone());
    }
    assert_eq!((&told[0], &told[0]), (&told[1], &told[2]));
}

fn scopes_in(text: &str) -> Vec<&str> {
    text.split([' ', ',']).collect()
}

fn respell(answer: &mut Value, separator: &str) {
    each_scope(answer, &|text| json!(scopes_in(text).join(separator)));
}

fn listed(answer: &mut Value) {
    each_scope(answer, &|text| json!(scopes_in(text)));
}

fn each_scope(answer: &mut Value, write: &dyn Fn(&str) -> Value) {
    if let Value::Object(object) = answer {
        for (key, value) in object.iter_mut() {
            match value.as_str() {
                Some(text) if key == "scope" => *value = write(text),
                _ => each_scope(value, write),
            }
        }
    }
}

/// Granted is what the answer says, not what was asked for.
fn missing_scope(scene: &Scene) {
    let browser = scene.dialect.browser.as_ref().unwrap();
    let template = browser.answer.to_string();
    if !template.contains("SCOPE") {
        return;
    }
    let lost = browser.scopes.last().unwrap();
    let rest: Vec<&str> = browser.scopes.iter().filter(|scope| *scope != lost).copied().collect();
    scene.server.tell(|play| play.granted = Some(rest.join(" ")));
    let event = scene.sign_in().connected.unwrap();
    assert!(event["missing_scopes"].as_array().unwrap().contains(&json!(lost)), "{event}");
    let (ended, tested) = scene.test();
    assert_eq!((ended.code, tested["outcome"].as_str()), (3, Some("missing_scopes")), "{tested}");
}

fn device_connects(scene: &Scene) {
    scene.server.tell(|play| play.pending = 1);
    is_who_it_is(scene, scene.sign_in_with_a_code());
    assert_eq!(scene.token(), "access-1");
}

fn device_denied(scene: &Scene) {
    scene.server.tell(|play| play.device_ends = Some(scene.dialect.device.as_ref().unwrap().denied));
    scene.sign_in_with_a_code().ended.expect(1);
    assert_eq!(scene.status(), Value::Null, "nothing is stored");
}

fn device_expires(scene: &Scene) {
    scene.server.tell(|play| play.device_ends = Some(scene.dialect.device.as_ref().unwrap().expired));
    scene.sign_in_with_a_code().ended.expect(3);
}

fn paste_connects(scene: &Scene) {
    let token = scene.dialect.paste.as_ref().unwrap().token;
    scene.server.tell(|play| play.access.extend([token.to_owned()]));
    is_who_it_is(scene, scene.paste(&format!("{token}\n")));
    let (ended, tested) = scene.test();
    assert_eq!((ended.code, tested["outcome"].as_str()), (0, Some("ok")), "{tested}{}", ended.stderr);
}

fn paste_refused(scene: &Scene) {
    let token = scene.dialect.paste.as_ref().unwrap().token;
    scene.paste(token).ended.expect(3);
    assert_eq!(scene.status(), Value::Null, "nothing is stored");
}

fn works(scene: &Scene) {
    scene.connected();
    let (ended, tested) = scene.test();
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(
        (&tested["outcome"], &tested["account"]),
        (&json!("ok"), &json!(scene.dialect.me.account)),
        "{tested}"
    );
    scene.run(&["providers", scene.name()]).expect(0);
}

/// Refused, and refused again after every renewal.
fn dead_token(scene: &Scene) {
    scene.connected();
    let (status, body) = scene.dialect.dead.clone();
    scene.server.tell(|play| play.refuses = Some((At::Api, status, body)));
    needs_a_sign_in(scene.test());
}

fn needs_a_sign_in((ended, tested): (Ended, Value)) {
    assert_eq!(
        (ended.code, tested["outcome"].as_str()),
        (3, Some("needs_reauth")),
        "{tested}{}",
        ended.stderr
    );
    let help = tested["error"]["help"].as_str().unwrap_or_default();
    assert!(help.contains("integ connect"), "{tested}");
}

fn limited(scene: &Scene) {
    scene.connected();
    scene.server.tell(|play| play.limits = Some(scene.dialect.limited.clone()));
    let (ended, tested) = scene.test();
    assert_eq!(
        (ended.code, tested["outcome"].as_str()),
        (4, Some("rate_limited")),
        "{tested}{}",
        ended.stderr
    );
    if scene.dialect.limited.says_when {
        let help = tested["error"]["help"].as_str().unwrap_or_default();
        assert!(help.contains("try again in"), "{tested}");
    }
}

fn no_refresh(scene: &Scene) {
    scene.connected();
    let ended = scene.run(&["refresh", scene.name(), "--json"]).expect(0);
    assert_eq!(ended.json()["refreshes"][0]["outcome"], "unsupported", "{}", ended.stdout);
    // By force there is nothing that could be done, and the connection goes on working.
    let ended = scene.run(&["refresh", scene.name(), "--force", "--json"]).expect(3);
    assert!(ended.stdout.contains("no refresh token"), "{}{}", ended.stdout, ended.stderr);
    assert_eq!(scene.test().1["outcome"], "ok");
}

fn renews(scene: &Scene) {
    scene.connected();
    for round in 2..4 {
        scene.run(&["refresh", scene.name(), "--force"]).expect(0);
        assert_eq!(scene.token(), format!("access-{round}"));
    }
    assert_eq!(scene.test().1["outcome"], "ok");
}

fn renews_on_401(scene: &Scene) {
    scene.connected();
    scene.server.tell(|play| play.access.clear());
    let (ended, tested) = scene.test();
    assert_eq!(ended.code, 0, "{}{}", ended.stdout, ended.stderr);
    assert_eq!(tested["outcome"], "ok");
    assert_eq!(scene.token(), "access-2");
}

fn invalid_grant(scene: &Scene) {
    scene.connected();
    let gone = json!({"error": "invalid_grant", "error_description": "it is no longer good"});
    scene.server.tell(|play| play.refuses = Some((At::Refresh, 400, gone)));
    scene.run(&["refresh", scene.name(), "--force"]).expect(3);
    assert_eq!(scene.status()["state"], "needs_reauth");
}

fn disconnects(scene: &Scene) {
    scene.connected();
    let ended = scene.run(&["disconnect", scene.name(), "--yes", "--json"]).expect(0);
    let revoked = &ended.json()["disconnected"][0]["revoked"];
    let told = scene.server.play.lock().unwrap().revoked.len();
    match &scene.dialect.revoke {
        Some(_) => assert_eq!((revoked, told), (&json!(true), 1)),
        None => assert_eq!((revoked, told), (&Value::Null, 0)),
    }
    assert_eq!(scene.status(), Value::Null, "nothing is left");
}

fn refused(scene: &Scene, refusal: &Refusal) {
    let refuse =
        || scene.server.tell(|play| play.refuses = Some((refusal.at, refusal.status, refusal.body.clone())));
    let ended = match refusal.at {
        At::Consent | At::Code => {
            refuse();
            scene.sign_in().ended
        }
        At::Refresh => {
            scene.connected();
            refuse();
            scene.run(&["refresh", scene.name(), "--force"])
        }
        At::Api => {
            scene.connected();
            refuse();
            scene.run(&["test", scene.name()])
        }
    };
    let said = format!("{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.code, refusal.exit, "{said}");
    assert!(said.contains(refusal.words), "`{}` is not in: {said}", refusal.words);
}

/// The code decides, whatever the status.
fn reconnect_at_the_api(scene: &Scene, word: &str) {
    scene.connected();
    let (status, body) = (scene.dialect.refusal)(word);
    scene.server.tell(|play| play.refuses = Some((At::Api, status, body)));
    needs_a_sign_in(scene.test());
}

fn reconnect_at_the_refresh(scene: &Scene, word: &str) {
    scene.connected();
    let body = json!({"error": word, "error_description": "no"});
    scene.server.tell(|play| play.refuses = Some((At::Refresh, 400, body)));
    scene.run(&["refresh", scene.name(), "--force"]).expect(3);
    assert_eq!(scene.status()["state"], "needs_reauth");
}

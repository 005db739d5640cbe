//! Odd answers of the token endpoint: what a provider may leave out or spell otherwise keeps nobody from connecting, and
//! what is no token never becomes a connection.

use serde_json::{Value, json};

use super::{Check, is_who_it_is, nothing_is_stored};
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 4] = [
    ("answers::are_read_leniently", lenient),
    ("answers::scopes_come_in_three_shapes", scope_shapes),
    ("answers::a_token_type_is_one_that_is_known", types),
    ("answers::no_token_is_no_connection", no_tokens),
];

type Change = fn(&mut Value);

fn lenient(scene: &Scene) {
    let changes: [(&str, Change); 15] = [
        ("a life in words", |answer| change(answer, "expires_in", &json!("3600"))),
        ("a broken life", |answer| change(answer, "expires_in", &json!(3599.5))),
        ("no life", |answer| remove(answer, "expires_in")),
        ("a life of null", |answer| change(answer, "expires_in", &Value::Null)),
        ("a life of nonsense", |answer| change(answer, "expires_in", &json!("soon"))),
        ("a life of zero", |answer| change(answer, "expires_in", &json!(0))),
        ("no refresh token", |answer| change(answer, "refresh_token", &Value::Null)),
        ("an empty refresh token", |answer| change(answer, "refresh_token", &json!(""))),
        ("no scope", |answer| remove(answer, "scope")),
        ("a scope of null", |answer| change(answer, "scope", &Value::Null)),
        ("an empty list of scopes", |answer| change(answer, "scope", &json!([]))),
        ("scopes that nobody knows", |answer| change(answer, "scope", &json!(["x:y", null, 7, {"a": 1}]))),
        ("a scope that is an object", |answer| change(answer, "scope", &json!({"read": true}))),
        ("a type in capitals", shout),
        ("more than was expected", |answer| add(answer)),
    ];
    for (what, odd) in changes {
        scene.server.tell(|play| {
            play.odd = Some(odd);
            play.refresh.clear();
        });
        let ended = scene.sign_in().ended;
        assert_eq!(ended.code, 0, "{what}: {}{}", ended.stdout, ended.stderr);
        let token = scene.run(&["token", scene.name()]);
        assert!(token.stdout.starts_with("access-"), "{what}: {}{}", token.stdout, token.stderr);
        scene.run(&["disconnect", scene.name(), "--yes", "--force"]).expect(0);
    }
}

/// Every field of that name, wherever it is; where there is none, nothing.
fn each(answer: &mut Value, field: &str, act: &dyn Fn(&mut serde_json::Map<String, Value>)) {
    match answer {
        Value::Object(object) => {
            if object.contains_key(field) {
                act(object);
            }
            object.values_mut().for_each(|inner| each(inner, field, act));
        }
        Value::Array(items) => items.iter_mut().for_each(|inner| each(inner, field, act)),
        _ => {}
    }
}

fn change(answer: &mut Value, field: &str, value: &Value) {
    each(answer, field, &|object| drop(object.insert(field.to_owned(), value.clone())));
}

fn remove(answer: &mut Value, field: &str) {
    each(answer, field, &|object| drop(object.remove(field)));
}

fn shout(answer: &mut Value) {
    each(answer, "token_type", &|object| {
        let kind = object["token_type"].as_str().unwrap().to_uppercase();
        object.insert("token_type".to_owned(), json!(kind));
    });
}

fn add(answer: &mut Value) {
    each(answer, "access_token", &|object| {
        object.insert("new_field".to_owned(), json!({"a": [1, null], "access": "\u{1b}[2J"}));
        object.insert("id".to_owned(), json!(7));
    });
}

fn types(scene: &Scene) {
    let untyped = scene.dialect.browser.as_ref().unwrap().untyped;
    let changes: [(&str, bool, Change); 4] = [
        ("none", untyped, |answer| remove(answer, "token_type")),
        ("null", untyped, |answer| change(answer, "token_type", &Value::Null)),
        ("mac", false, |answer| alien(answer, "mac")),
        ("DPoP", false, |answer| alien(answer, "DPoP")),
    ];
    for (what, is_taken, odd) in changes {
        scene.server.tell(|play| play.odd = Some(odd));
        let ended = scene.sign_in().ended;
        assert_eq!(ended.code == 0, is_taken, "{what}: {}{}", ended.stdout, ended.stderr);
        if is_taken {
            scene.run(&["disconnect", scene.name(), "--yes", "--force"]).expect(0);
        }
        nothing_is_stored(scene);
    }
}

/// A token that wants to be sent in another way than we would.
fn alien(answer: &mut Value, kind: &'static str) {
    each(answer, "access_token", &|object| drop(object.insert("token_type".to_owned(), json!(kind))));
}

fn no_tokens(scene: &Scene) {
    let raws = [
        (200, "<html>Sign in to the hotel's network</html>"),
        (200, "{}"),
        (200, ""),
        (200, r#"{"ok":true,"access_token":"","token_type":"Bearer"}"#),
        (200, r#"{"ok":true,"access_token":null,"token_type":"Bearer"}"#),
        (200, r#"{"ok":true,"access_token":{"a":1},"token_type":"Bearer"}"#),
        (200, r#"{"ok":true,"access_token":"a b","token_type":"Bearer"}"#),
        (200, r#"{"ok":true,"access_token":"a","access_token":"b","token_type":"Bearer"}"#),
        (200, "[]"),
        (200, "access_token=a&token_type=bearer"),
        (500, "{}"),
        (502, "<html>Bad Gateway</html>"),
    ];
    for (status, raw) in raws {
        scene.server.tell(|play| play.raw = Some((status, raw.to_owned())));
        let ended = scene.sign_in().ended;
        assert!([1, 4].contains(&ended.code), "{raw}: {}{}", ended.stdout, ended.stderr);
    }
    nothing_is_stored(scene);
}

fn scope_shapes(scene: &Scene) {
    let template = scene.dialect.browser.as_ref().unwrap().answer.to_string();
    if !template.contains("\"scope\"") {
        return;
    }
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

fn respell(answer: &mut Value, separator: &'static str) {
    each_scope(answer, &|scopes| json!(scopes.join(separator)));
}

fn listed(answer: &mut Value) {
    each_scope(answer, &|scopes| json!(scopes));
}

fn each_scope(answer: &mut Value, write: &dyn Fn(Vec<&str>) -> Value) {
    each(answer, "scope", &|object| {
        let text = object["scope"].as_str().unwrap_or_default().to_owned();
        object.insert("scope".to_owned(), write(text.split([' ', ',']).collect()));
    });
}

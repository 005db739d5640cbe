//! What `--dry-run` shows is what is then sent.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Check;
use crate::scene::Scene;

pub(super) const CASES: [(&str, Check); 1] = [("dry_run::shows_what_is_then_sent", as_sent)];

fn as_sent(scene: &Scene) {
    let name = scene.name();
    scene.connected();
    if scene.dialect.refresh == crate::dialect::Refresh::Never {
        return;
    }
    let shown = scene.run(&["refresh", name, "--force", "--dry-run", "--json"]).expect(0);
    assert!(!shown.stdout.contains("refresh-1"), "{}", shown.stdout);
    let document = shown.json();
    let [request] = document["requests"].as_array().unwrap().as_slice() else { panic!("{document}") };
    scene.run(&["refresh", name, "--force"]).expect(0);
    let sent = scene.server.desk.last();
    let url = format!("{}{}", scene.server.desk.url, sent.target);
    assert_eq!(
        (&request["method"], &request["url"]),
        (&Value::from(sent.method.as_str()), &Value::from(url))
    );
    assert_eq!(request["headers"]["content-type"].as_str(), sent.header("content-type"));
    assert_eq!(names(request["body"].as_str().unwrap()), names(&sent.body));
}

/// Of the fields of a form or of an object.
fn names(body: &str) -> BTreeSet<String> {
    match serde_json::from_str::<Value>(body) {
        Ok(Value::Object(object)) => object.keys().cloned().collect(),
        _ => url::form_urlencoded::parse(body.as_bytes()).map(|(name, _)| name.into_owned()).collect(),
    }
}

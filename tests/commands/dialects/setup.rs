//! `[manifest]`: an app made from a text instead of by hand.

use super::*;

#[test]
fn the_manifest_is_printed_ready_to_paste() {
    let desk = desk(tokens());
    let home = Home::new();
    let more = format!(
        "api-url = \"{}\"\nredirect = \"http://localhost:4711/cb\"\nscopes = [\"a:read\", \"b\"]\n\
         [manifest]\nwhat = \"Create app, From a manifest\"\n\
         text = '{{\"redirect_urls\": [\"{{redirect}}\"], \"scopes\": [{{scopes}}]}}'",
        desk.url
    );
    home.provider("x", &file(&desk, &more));
    let document = home.run(&["setup", "x", "--json"]).expect(0).json();
    let manifest: Value = serde_json::from_str(document["manifest"].as_str().unwrap()).unwrap();
    let expected = json!({"redirect_urls": ["http://localhost:4711/cb"], "scopes": ["a:read", "b"]});
    assert_eq!(manifest, expected);
    let ended = home.run(&["setup", "x"]).expect(3);
    assert!(
        ended.stderr.contains("From a manifest") && ended.stderr.contains("\"a:read\",\"b\""),
        "{}",
        ended.stderr
    );
}

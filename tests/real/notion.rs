//! The built-in Notion against its own published description: what we send is what Notion says it takes.
use serde_json::json;

use crate::harness::{Sealed, Server, needs};

const TOKEN: &str = "ntn_canary4f7a2c9e1b8d3056";

/// The description of that package still names the parents and children of an older API version; Notion's own library
/// has these.
fn corrections() -> String {
    let parent = json!({"type": "object", "required": ["type", "data_source_id"], "additionalProperties": false,
        "properties": {"type": {"const": "data_source_id"}, "data_source_id": {"type": "string"}}});
    let children =
        "/paths/~1v1~1pages/post/requestBody/content/application~1json/schema/properties/children/items";
    json!([["/components/schemas/dataSourceIdParentRequest", parent],
        [children, {"type": "object", "required": ["type"]}]])
    .to_string()
}

fn start() -> Option<(Server, Sealed)> {
    start_with("[]")
}

fn start_with(corrections: &str) -> Option<(Server, Sealed)> {
    needs("notion", &["@stoplight/prism-cli", "@notionhq/notion-mcp-server"]).then(|| {
        let (server, home) = (
            Server::start(
                "prism.mjs",
                &["@notionhq/notion-mcp-server/scripts/notion-openapi.json", corrections],
                &[],
            ),
            Sealed::new(),
        );
        home.provider("notion", &format!("api-url = \"{}\"\n", server.url));
        home.secrets().plant(TOKEN);
        home.watch(&server.url);
        home.integ(&["connect", "notion", "--token-stdin"]).stdin(TOKEN).run().ok();
        (server, home)
    })
}

#[test]
fn a_pasted_token_is_looked_up_and_tested_as_the_description_says() {
    let Some((server, home)) = start() else { return };
    let test = home.integ(&["test", "notion", "--json"]).run().ok().json();
    assert_eq!(test["tests"][0]["outcome"], "ok", "{test}");
    let status = home.integ(&["status", "--json"]).run().ok().json();
    let account = status["connections"][0]["account"].as_str().unwrap_or_default();
    assert!(!account.is_empty(), "{status}");
    assert_eq!(server.requests("GET", "/v1/users/me"), 2);
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
}

#[test]
fn calls_of_the_api_conform_and_what_does_not_is_refused() {
    let Some((server, home)) = start() else { return };
    let search = ["api", "notion", "/v1/search", "-X", "POST", "-f"];
    home.integ(&[&search[..], &["query=plan"]].concat()).run().ok();
    assert_eq!(server.requests("POST", "/v1/search"), 1);
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
    // The description would tell: this field is a text.
    home.integ(&["api", "notion", "/v1/search", "-X", "POST", "--input", "-"])
        .stdin(r#"{"query":7}"#)
        .run()
        .exits(1);
    assert_eq!(server.noted("violation"), 1, "{:?}", server.events());
}

#[test]
fn tasks_are_searched_for_made_and_queried_as_the_description_says() {
    let Some((server, home)) = start_with(&corrections()) else { return };
    let properties = json!({"Name": {"id": "title", "type": "title", "title": {}},
        "Due": {"id": "d", "type": "date", "date": {}},
        "Status": {"id": "s", "type": "status", "status": {"options": [{"id": "o", "name": "Done"}],
            "groups": [{"name": "Complete", "option_ids": ["o"]}]}}});
    let page = json!({"object": "page", "id": "p1", "url": "https://www.notion.so/p1",
        "parent": {"type": "data_source_id", "data_source_id": "ds1"},
        "properties": {"Name": {"type": "title", "title": [{"plain_text": "Plan"}]}}});
    let list =
        |results| json!({"object": "list", "results": results, "has_more": false, "next_cursor": null});
    let source = json!({"object": "data_source", "id": "ds1", "title": [{"plain_text": "Plans"}], "properties": properties});
    server.tell(
        "answers",
        &json!({
            "POST /v1/search": list(json!([source])),
            "POST /v1/pages": page,
            "GET /v1/pages/p1": page,
            "PATCH /v1/pages/p1": page,
            "GET /v1/data_sources/ds1": source,
            "POST /v1/data_sources/ds1/query": list(json!([page])),
            "GET /v1/users": list(json!([])),
        }),
    );
    let create =
        ["task", "create", "Plan", "--to", "notion/Plans", "--due", "2026-12-01", "--notes", "# A\n\n- b"];
    home.integ(&create).run().ok();
    home.integ(&["task", "show", "1"]).run().ok();
    home.integ(&["task", "list", "--remote", "notion/Plans"]).run().ok();
    home.integ(&["task", "done", "1"]).run().ok();
    for (method, path) in [
        ("POST", "/v1/search"),
        ("POST", "/v1/pages"),
        ("POST", "/v1/data_sources/ds1/query"),
        ("PATCH", "/v1/pages/p1"),
    ] {
        assert_eq!(server.requests(method, path), 1, "{method} {path}: {:?}", server.events());
    }
    assert!(server.requests("GET", "/v1/data_sources/ds1") >= 1, "the schema was not asked for");
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
    // A lost answer: the page is looked for, by a query that conforms as well.
    server.tell("faults", &json!({"path": "/v1/pages", "fail": 1, "status": 500, "body": {}}));
    let again = ["task", "create", "Other", "--to", "notion/Plans"];
    server.tell(
        "answers",
        &json!({
            "POST /v1/pages": page,
            "POST /v1/data_sources/ds1/query": list(json!([page])),
            "GET /v1/blocks/p1/children": list(json!([])),
        }),
    );
    home.integ(&again).run().ok();
    assert_eq!(server.requests("GET", "/v1/blocks/p1/children"), 1, "{:?}", server.events());
    assert_eq!(server.noted("violation"), 0, "{:?}", server.events());
}

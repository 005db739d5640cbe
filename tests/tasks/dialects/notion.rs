use serde_json::{Value, json};

use super::{conforms, missing};
use crate::desk::Asked;
use crate::server::{Dialect, Play};

const KEY: &str = "ntn_CANARY-of-tasks-79";

pub(crate) const NOTION: Dialect = Dialect { provider: "notion", token: KEY, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/v1/pages"
}

fn properties() -> Value {
    json!({
        "Aufgabe": {"id": "title", "type": "title", "title": {}},
        "Status": {"id": "s", "type": "status", "status": {
            "options": [{"id": "o1", "name": "Not started"}, {"id": "o2", "name": "Done"}],
            "groups": [{"id": "g1", "name": "To-do", "option_ids": ["o1"]}, {"id": "g2", "name": "Complete", "option_ids": ["o2"]}]}},
        "Priority": {"id": "p", "type": "select", "select": {"options": [{"id": "h", "name": "🔥 High"}, {"id": "l", "name": "Low"}]}},
        "Tags": {"id": "t", "type": "multi_select", "multi_select": {"options": []}},
        "Assignee": {"id": "a", "type": "people", "people": {}},
        "Created": {"id": "c", "type": "created_time", "created_time": {}},
        "Due": {"id": "d", "type": "date", "date": {}},
        "Other day": {"id": "d2", "type": "date", "date": {}},
        "Cost": {"id": "n", "type": "number", "number": {}},
        "Checked": {"id": "b", "type": "checkbox", "checkbox": {}},
        "Parent item": {"id": "r", "type": "relation", "relation": {}},
    })
}

fn source(id: &str, name: &str, properties: Value) -> Value {
    json!({"object": "data_source", "id": id, "title": [{"plain_text": name}], "properties": properties, "in_trash": false})
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    play.must(asked.header("notion-version") == Some("2025-09-03"), "Notion-Version");
    let sources = [
        source("ds1", "Tasks", properties()),
        source("ds2", "Plain", json!({"Name": {"id": "title", "type": "title", "title": {}}})),
    ];
    let steps: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["users", "me"]) => {
            (200, json!({"object": "user", "id": play.account, "type": "bot", "name": "integ", "bot": {}}))
        }
        ("GET", ["users"]) => (
            200,
            json!({"results": [{"object": "user", "id": "b", "type": "bot", "name": "bot"},
                {"object": "user", "id": "u1", "type": "person", "name": "Ben", "person": {"email": "ben@x.example"}}], "has_more": false, "next_cursor": null}),
        ),
        ("POST", ["search"]) => {
            let body = asked.json();
            conforms(
                play,
                "search",
                &body,
                &[
                    ("query", "string"),
                    ("filter", "object"),
                    ("start_cursor", "string"),
                    ("page_size", "integer"),
                ],
            );
            // A page is one long, so that pages are followed.
            match body["start_cursor"].as_str() {
                None => (200, json!({"results": [sources[0]], "has_more": true, "next_cursor": "c1"})),
                Some(_) => (200, json!({"results": [sources[1]], "has_more": false, "next_cursor": null})),
            }
        }
        ("GET", ["data_sources", id]) => match sources.iter().find(|source| source["id"] == *id) {
            Some(source) => (200, source.clone()),
            None => missing(),
        },
        ("POST", ["data_sources", _, "query"]) => {
            let body = asked.json();
            conforms(
                play,
                "query",
                &body,
                &[
                    ("filter", "object"),
                    ("sorts", "array"),
                    ("start_cursor", "string"),
                    ("page_size", "integer"),
                ],
            );
            let wanted = &body["filter"]["and"][0]["title"]["equals"];
            let fits = |page: &&Value| wanted.is_null() || title(page) == *wanted;
            (
                200,
                json!({"results": play.tasks.iter().filter(fits).collect::<Vec<_>>(), "has_more": false, "next_cursor": null}),
            )
        }
        ("POST", ["pages"]) => create(play, asked),
        ("GET", ["pages", id]) => match play.tasks.iter().find(|page| page["id"] == *id) {
            Some(page) => (200, page.clone()),
            None => {
                (404, json!({"object": "error", "status": 404, "code": "object_not_found", "message": "no"}))
            }
        },
        ("GET", ["blocks", id, "children"]) => match play.tasks.iter().find(|page| page["id"] == *id) {
            Some(page) => (200, json!({"results": page["children"], "has_more": false, "next_cursor": null})),
            None => missing(),
        },
        ("PATCH", ["pages", id]) => {
            let body = asked.json();
            conforms(play, "change", &body, &[("properties", "object")]);
            match play.tasks.iter_mut().find(|page| page["id"] == *id) {
                Some(page) => {
                    for (name, value) in body["properties"].as_object().unwrap() {
                        page["properties"][name] = value.clone();
                    }
                    (200, page.clone())
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn title(page: &Value) -> Value {
    let own = page["properties"].as_object().unwrap().values().find(|value| value.get("title").is_some());
    let pieces = own.and_then(|own| own["title"].as_array().cloned()).unwrap_or_default();
    Value::String(pieces.iter().map(|piece| piece["text"]["content"].as_str().unwrap()).collect())
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let mut page = asked.json();
    conforms(play, "page", &page, &[("parent", "object"), ("properties", "object"), ("children", "array")]);
    play.must(
        page["parent"]["type"] == "data_source_id" && page["parent"]["data_source_id"].is_string(),
        "parent",
    );
    let blocks = page["children"].as_array().cloned().unwrap_or_default();
    play.must(blocks.len() <= 100, "at most 100 children");
    for block in &blocks {
        let kind = block["type"].as_str().unwrap_or_default();
        conforms(play, "block", block, &[("object", "string"), ("type", "string"), (kind, "object")]);
        for text in block[kind]["rich_text"].as_array().into_iter().flatten() {
            let content = text["text"]["content"].as_str().unwrap_or_default();
            play.must(content.encode_utf16().count() <= 2_000, "a text of at most 2000");
        }
    }
    let known = properties();
    for (name, value) in page["properties"].as_object_mut().unwrap() {
        let kind = if name == "Name" { json!("title") } else { known[name]["type"].clone() };
        play.must(kind.as_str().is_some_and(|kind| value.get(kind).is_some()), format!("{name} is a {kind}"));
        value["type"] = kind;
    }
    let id = format!("0000-{}", play.next_id());
    page["id"] = json!(id);
    page["object"] = json!("page");
    page["in_trash"] = json!(false);
    page["url"] = json!(format!("https://www.notion.so/{id}"));
    play.tasks.push(page.clone());
    (200, page)
}

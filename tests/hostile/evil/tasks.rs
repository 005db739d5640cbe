//! A list of tasks as Todoist keeps it: a task that is sent again with its key is the same task.

use serde_json::{Value, json};

use super::State;
use super::api::HOSTILE;
use super::token_modes::Odd;
use super::wire::{self, Answer, Request};

pub(crate) const LISTS: &[Odd] = &[
    ("lists-hostile", |f| {
        f.with("results", json!([{"id": "p1", "name": "Offers"}, {"id": HOSTILE, "name": HOSTILE}]))
    }),
    ("lists-empty", |f| f.with("results", json!([]))),
    ("lists-wrong-types", |f| f.with("results", json!({"p1": "Offers"}))),
    ("lists-twice", |f| {
        f.with("results", json!([{"id": "p1", "name": "Offers"}, {"id": "p9", "name": "Offers"}]))
    }),
    ("lists-loop", |f| f.with("next_cursor", json!("again"))),
    ("lists-401", |_| refused("401 Unauthorized")),
    ("lists-403", |_| refused("403 Forbidden")),
];

pub(crate) const CREATE: &[Odd] = &[
    ("task-no-id", |f| f.with("id", Value::Null)),
    ("task-number-id", |f| f.with("id", json!(7))),
    ("task-hostile-id", |f| f.with("id", json!(HOSTILE))),
    ("task-id-path", |f| f.with("id", json!("../../me"))),
    ("task-array", |f| wire::json("200 OK", &json!([f.document]))),
    ("task-400", |_| refused("400 Bad Request")),
    ("task-401", |_| refused("401 Unauthorized")),
    ("task-403", |_| refused("403 Forbidden")),
    ("task-409", |_| refused("409 Conflict")),
    ("task-413", |_| refused("413 Content Too Large")),
    ("task-422", |_| refused("422 Unprocessable Content")),
];

/// Nothing was created; after all others it was.
pub(super) const REFUSALS: &[&str] =
    &["task-400", "task-401", "task-403", "task-409", "task-413", "task-422"];

fn refused(line: &str) -> Answer {
    wire::json(line, &json!({"error": HOSTILE, "http_code": line[..3].parse::<u16>().unwrap()}))
}

pub(super) fn lists() -> Value {
    json!({"results": [{"id": "p1", "name": "Offers"}], "next_cursor": null})
}

/// What is there or would be there: only `commit` makes it so.
pub(super) fn create(state: &mut State, request: &Request, commit: bool) -> Value {
    let title = request.field("content").unwrap_or_default();
    let key = request.header("x-request-id").unwrap_or_default().to_owned();
    let known = state.tasks.iter().position(|(own, _)| *own == key);
    let number = known.unwrap_or(state.tasks.len()) + 1;
    if commit && known.is_none() {
        state.tasks.push((key, title.clone()));
    }
    json!({"id": format!("T{number}"), "content": title, "checked": false})
}

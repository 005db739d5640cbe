//! Rows of the outbox as people and scripts see them.

use serde_json::{Value, json};

use crate::clock;
use crate::index::{Entry, State};
use crate::output::{Table, sanitise};

pub(super) fn json(entry: &Entry, notices: &[String]) -> Value {
    let error = entry.error.as_ref().filter(|_| entry.state != State::Done).map(|error| {
        json!({"kind": error.kind, "message": error.message, "help": error.help, "at": clock::rfc3339(error.at)})
    });
    let mut object = json!({
        "id": entry.id,
        "key": entry.key,
        "state": entry.state.word(),
        "connection": entry.connection,
        "target": entry.list.clone().or_else(|| entry.place.clone()),
        "title": entry.task.title,
        "remote_id": entry.remote,
        "url": entry.url,
        "error": error,
        "created_at": clock::rfc3339(entry.created_at),
        "sent_at": entry.sent_at.map(clock::rfc3339),
        "retry_at": entry.retry_at.filter(|_| entry.state == State::Queued).map(clock::rfc3339),
    });
    if let (Value::Object(object), false) = (&mut object, notices.is_empty()) {
        object.insert("notices".to_owned(), json!(notices));
    }
    object
}

/// One line, for a person and for `cut`.
pub(super) fn line(entry: &Entry) -> String {
    let tail = match (&entry.url, &entry.remote) {
        (Some(url), _) => url.as_str(),
        (None, Some(id)) => id.as_str(),
        (None, None) => "-",
    };
    [&entry.id.to_string(), entry.state.word(), &target(entry), &entry.task.title, tail]
        .map(|cell| sanitise::line(cell).into_owned())
        .join("\t")
}

/// Many of them.
pub(super) fn table(entries: &[Entry]) -> String {
    let mut table = Table::new(&["Id", "State", "Where", "Title", "When", "What"]);
    for entry in entries {
        let what = match (&entry.error, &entry.url) {
            (Some(error), _) if entry.state != State::Done => error.message.as_str(),
            (_, Some(url)) => url.as_str(),
            _ => entry.remote.as_deref().unwrap_or("-"),
        };
        let when = clock::soon(entry.sent_at.unwrap_or(entry.created_at));
        table.row(&[
            &entry.id.to_string(),
            entry.state.word(),
            &target(entry),
            &entry.task.title,
            &when,
            what,
        ]);
    }
    table.render()
}

fn target(entry: &Entry) -> String {
    match &entry.list {
        Some(list) => format!("{}/{list}", entry.connection),
        None => entry.connection.clone(),
    }
}

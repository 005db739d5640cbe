//! A small API: a list in pages, one item of it, and an echo.

use hyper::StatusCode;
use hyper::header::{AUTHORIZATION, LINK};
use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome, Refusal};
use super::bearer;
use super::people::Person;
use super::request::Request;
use super::route::Route;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/api/items", handler: items },
    Route { method: "GET", path: "/api/items/{id}", handler: item },
    Route { method: "*", path: "/api/echo", handler: echo },
];

const ITEMS: usize = 25;
const PAGE: usize = 10;
const LARGEST_PAGE: usize = 100;

fn items(state: &mut State, request: &Request) -> Outcome {
    let person = bearer::check(state, request, &["items.read"])?;
    let limit = match request.query.get("limit").map(str::parse) {
        None => PAGE,
        Some(Ok(limit @ 1..=LARGEST_PAGE)) => limit,
        Some(_) => return Err(Refusal::invalid_request("limit must be 1 to 100")),
    };
    let start = match request.query.get("cursor") {
        None => 0,
        Some(cursor) => {
            position(cursor).ok_or(Refusal::bad("invalid_cursor", "this cursor was not given here"))?
        }
    };
    let end = (start + limit).min(ITEMS);
    let items: Vec<Value> = (start..end).map(|at| describe(at, person)).collect();
    let next = (end < ITEMS).then(|| format!("after-{end}"));
    let answer = Answer::json(&json!({ "items": items, "next_cursor": next }));
    Ok(match next {
        Some(cursor) => {
            let url = state.url(&format!("/api/items?limit={limit}&cursor={cursor}"));
            answer.with(LINK, format!("<{url}>; rel=\"next\""))
        }
        None => answer,
    })
}

fn position(cursor: &str) -> Option<usize> {
    cursor.strip_prefix("after-")?.parse().ok().filter(|at| (1..ITEMS).contains(at))
}

fn item(state: &mut State, request: &Request) -> Outcome {
    let person = bearer::check(state, request, &["items.read"])?;
    let id = request.capture("id");
    let at = (0..ITEMS).find(|at| id == name(*at));
    let at = at.ok_or(Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is no such item"))?;
    Ok(Answer::json(&describe(at, person)))
}

fn describe(at: usize, owner: &Person) -> Value {
    json!({ "id": name(at), "title": format!("Item {}", at + 1), "owner": owner.email })
}

fn name(at: usize) -> String {
    format!("item-{}", at + 1)
}

/// What arrived, but for the token.
fn echo(state: &mut State, request: &Request) -> Outcome {
    bearer::check(state, request, &[])?;
    let headers: Map<String, Value> = request
        .headers
        .iter()
        .filter(|(name, _)| *name != AUTHORIZATION)
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()))
        .collect();
    let text = String::from_utf8_lossy(&request.body);
    let body = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text));
    Ok(Answer::json(&json!({
        "method": request.method.as_str(),
        "query": request.query.pairs(),
        "headers": headers,
        "body": body,
    })))
}

use serde_json::{Value, json};

use super::{conforms, missing};
use crate::desk::Asked;
use crate::server::{Dialect, Play, TOKEN};

pub(crate) const TRELLO: Dialect = Dialect { provider: "trello", token: TOKEN, creates, answers };

fn creates(asked: &Asked, path: &str) -> bool {
    asked.method == "POST" && path == "/1/cards"
}

fn answers(play: &mut Play, asked: &Asked, path: &str) -> (u16, Value) {
    let steps: Vec<&str> = path.trim_start_matches("/1/").split('/').collect();
    match (asked.method.as_str(), steps.as_slice()) {
        ("GET", ["members", "me"]) => {
            (200, json!({"id": play.account, "username": "anna", "fullName": "Anna"}))
        }
        ("GET", ["members", "me", "boards"]) => (200, json!([{"id": "b1", "name": "Sales"}])),
        ("GET", ["boards", "b1", "lists"]) => {
            (200, json!([{"id": "l1", "name": "To do"}, {"id": "l2", "name": "Later"}]))
        }
        ("GET", ["boards", "b1", "members"]) => {
            (200, json!([{"id": "m1", "fullName": "Ben", "username": "ben1"}]))
        }
        ("GET", ["boards", "b1", "labels"]) => (
            200,
            json!([{"id": "g1", "name": "hot", "color": "red"}, {"id": "g2", "name": "", "color": "blue"}]),
        ),
        ("GET", ["boards", "b1", "cards"]) => (200, json!(play.tasks)),
        ("GET", ["lists", list, "cards"]) => {
            let own: Vec<&Value> = play.tasks.iter().filter(|card| card["idList"] == **list).collect();
            (200, json!(own))
        }
        ("POST", ["cards"]) => create(play, asked),
        ("GET" | "PUT", ["cards", id]) => {
            let change = (asked.method == "PUT").then(|| asked.json());
            match play.tasks.iter_mut().find(|card| card["id"] == *id) {
                Some(card) => {
                    change.into_iter().for_each(|change| card["dueComplete"] = change["dueComplete"].clone());
                    (200, card.clone())
                }
                None => missing(),
            }
        }
        _ => missing(),
    }
}

fn create(play: &mut Play, asked: &Asked) -> (u16, Value) {
    let mut card = asked.json();
    let known = [
        ("idList", "string"),
        ("name", "string"),
        ("desc", "string"),
        ("due", "string"),
        ("pos", "string"),
        ("idMembers", "array"),
        ("idLabels", "array"),
    ];
    conforms(play, "card", &card, &known);
    play.must(card["idList"].is_string(), "idList is required");
    let id = play.next_id();
    card["id"] = json!(id);
    card["closed"] = json!(false);
    card["dueComplete"] = json!(false);
    card["shortUrl"] = json!(format!("https://trello.com/c/{id}"));
    play.tasks.push(card.clone());
    (200, card)
}

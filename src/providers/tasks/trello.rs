//! Trello. A task is a card of a list of a board. Nothing in the API tells a second try from a second card: our mark
//! stands below the description, and the board's cards are looked through for it.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, due_ms, mark, marked,
    put, targets_of, text,
};
use crate::http::Request;
use crate::new_task::{Created, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "list",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: false,
    tags: Tags::Known,
    parent: false,
    // What `urlSource` makes of an address is an attachment, one more thing that can fail.
    url: false,
    fields: false,
    longest_title: Limit::Characters(16_384),
    // 16,384, and our mark is among it.
    longest_notes: Limit::Characters(16_300),
    once: Once::Marker { settles: Duration::from_secs(3) },
};

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let boards = line.all(line.get("/members/me/boards?filter=open&fields=id,name", &[])?, "").await?;
    let boards = targets_of(&boards, Part::Folder, "id", "name");
    let mut found = Vec::new();
    for board in &boards {
        let lists =
            line.all(line.get("/boards/{}/lists?filter=open&fields=id,name", &[&board.id])?, "").await?;
        let lists = targets_of(&lists, Part::List, "id", "name").into_iter();
        found.extend(lists.map(|list| list.within(Some(&board.id))));
    }
    found.extend(boards);
    Ok(found)
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let Some(board) = list.and_then(|list| list.within.as_deref()) else { return Ok(Vec::new()) };
    let found = match part {
        Part::Person => {
            let path = "/boards/{}/members?fields=id,fullName,username";
            let person = |item: &Value| {
                let name = text(item, "fullName").or_else(|| text(item, "username"))?;
                let person = Target::new(Part::Person, text(item, "id")?, name);
                Some(person.alias(text(item, "username").as_deref()))
            };
            line.all(line.get(path, &[board])?, "").await?.iter().filter_map(person).collect()
        }
        Part::Tag => {
            let path = "/boards/{}/labels?fields=id,name,color&limit=1000";
            // A label may have a colour and no name.
            let label = |item: &Value| {
                let name = text(item, "name").or_else(|| text(item, "color"))?;
                Some(Target::new(Part::Tag, text(item, "id")?, name))
            };
            line.all(line.get(path, &[board])?, "").await?.iter().filter_map(label).collect()
        }
        Part::Folder | Part::List => Vec::new(),
    };
    Ok(found.into_iter().map(|target: Target| target.within(Some(board))).collect())
}

pub(super) fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let list = order.list.ok_or_else(|| Trouble::Unfit("a card needs a list".into()))?;
    let mut body =
        json!({"idList": list.id, "name": order.task.title, "desc": marked(order), "pos": "bottom"});
    let due = order.task.due.as_ref().map(due_ms).and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    put(&mut body, "due", due.map(|due| due.to_string()));
    put(&mut body, "idMembers", order.assignee.map(|person| vec![person.id.clone()]));
    let labels: Vec<&str> = order.tags.iter().map(|tag| tag.id.as_str()).collect();
    put(&mut body, "idLabels", (!labels.is_empty()).then_some(labels));
    line.post("/cards", &[], &body)
}

pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    Some(Created { id, url: text(body, "shortUrl").or_else(|| text(body, "url")) })
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    // Somebody may have moved it to another list since.
    let (path, id) = match &list.within {
        Some(board) => ("/boards/{}/cards?filter=all&fields=desc,shortUrl,url", board),
        None => ("/lists/{}/cards?filter=all&fields=desc,shortUrl,url", &list.id),
    };
    let what = [path, id];
    let (cards, mark) =
        (line.listed(&what, async || line.all(line.get(path, &[id])?, "").await).await?, mark(order));
    let ours = cards.iter().find(|card| text(card, "desc").is_some_and(|desc| desc.contains(&mark)));
    Ok(ours.and_then(|card| created(StatusCode::OK, card)))
}

const SHOWN: &str = "fields=name,shortUrl,due,dueComplete,closed";

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    Ok(remote(&line.ask(line.get(&format!("/cards/{{}}?{SHOWN}"), &[known.id])?).await?))
}

/// Ticked, not archived: it stays where people see it.
pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    line.ask(line.send_json(Method::PUT, "/cards/{}", &[known.id], &json!({"dueComplete": true}))?)
        .await
        .map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let request = match list {
        Some(list) => line.get(&format!("/lists/{{}}/cards?{SHOWN}"), &[&list.id])?,
        None => line.get(&format!("/members/me/cards?filter=open&{SHOWN}"), &[])?,
    };
    let cards = line.all(request, "").await?;
    Ok(cards.iter().filter_map(remote).filter(|remote| !remote.done).collect())
}

fn remote(card: &Value) -> Option<Remote> {
    let is = |field: &str| card.get(field).and_then(Value::as_bool).unwrap_or(false);
    Some(Remote {
        id: text(card, "id")?,
        title: text(card, "name").unwrap_or_default(),
        url: text(card, "shortUrl"),
        done: is("dueComplete") || is("closed"),
        due: text(card, "due"),
    })
}

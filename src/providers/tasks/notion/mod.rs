//! Notion. A task is a page of a data source, whose schema says what it can hold and what the parts are called. Nothing in
//! the API tells a second try from a second page: our mark stands below the body, and the pages of that title are looked
//! through for it.

mod body;
mod property;
mod schema;

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, items, mark, since,
    text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Remote};
use schema::Schema;

pub(super) const TRAITS: Traits = Traits {
    list: "data source",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: true,
    tags: Tags::Free,
    parent: true,
    url: false,
    fields: true,
    longest_title: Limit::Utf16(2_000),
    // A request may have 500 KB in all.
    longest_notes: Limit::Bytes(150_000),
    once: Once::Marker { settles: Duration::from_secs(5) },
};

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let wanted = json!({"filter": {"property": "object", "value": "data_source"}, "page_size": 100});
    let found = line.all(line.post("/v1/search", &[], &wanted)?, "results").await?;
    let source = |item: &Value| {
        let is_gone =
            ["in_trash", "archived"].iter().any(|field| item.get(*field) == Some(&Value::Bool(true)));
        let name = schema::plain(items(item, "/title"));
        let name = if name.trim().is_empty() { "Untitled".to_owned() } else { name };
        let schema = item.get("properties").map(Schema::of)?;
        let target = Target::new(Part::List, text(item, "id").filter(|_| !is_gone)?, name);
        Some(target.detail(schema.detail()))
    };
    Ok(found.iter().filter_map(source).collect())
}

pub(super) async fn parts(line: &Line<'_>, part: Part, _: Option<&Target>) -> Result<Vec<Target>, Trouble> {
    if part != Part::Person {
        return Ok(Vec::new());
    }
    let found = line.all(line.get("/v1/users?page_size=100", &[])?, "results").await?;
    let person = |item: &Value| {
        let is_person = text(item, "type").as_deref() == Some("person");
        let address = item.get("person").and_then(|person| text(person, "email"));
        let name = text(item, "name").or_else(|| address.clone())?;
        is_person.then_some(Target::new(Part::Person, text(item, "id")?, name).alias(address.as_deref()))
    };
    Ok(found.iter().filter_map(person).collect())
}

/// As the search told it, else as it is.
async fn schema_of(line: &Line<'_>, list: &Target) -> Result<Schema, Trouble> {
    match Schema::known(&list.detail) {
        Some(schema) => Ok(schema),
        None => schema_at(line, &list.id).await,
    }
}

async fn schema_at(line: &Line<'_>, id: &str) -> Result<Schema, Trouble> {
    let answer = line.ask(line.get("/v1/data_sources/{}", &[id])?).await?;
    answer.get("properties").map(Schema::of).ok_or(Trouble::Odd)
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let list = order.list.ok_or_else(|| Trouble::Unfit("a page needs a data source".into()))?;
    let schema = schema_of(line, list).await?;
    let people = match order.task.fields.iter().any(|(name, _)| schema.is_people(name)) {
        true => parts(line, Part::Person, None).await?,
        false => Vec::new(),
    };
    let page = json!({
        "parent": {"type": "data_source_id", "data_source_id": list.id},
        "properties": schema.values(order, &people)?,
        "children": body::children(order),
    });
    line.post("/v1/pages", &[], &page)
}

/// An answer of 503 may name the page that was made all the same.
pub(super) fn created(status: StatusCode, body: &Value) -> Option<Created> {
    if status.is_success() {
        return Some(Created { id: text(body, "id")?, url: text(body, "url") });
    }
    let id = body.get("additional_data").and_then(|more| text(more, "committed_resource_id"))?;
    Some(Created { url: Some(format!("https://www.notion.so/{}", id.replace('-', ""))), id })
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    let schema = schema_of(line, list).await?;
    let wanted = json!({
        "filter": {"and": [
            {"property": schema.title()?, "title": {"equals": order.task.title}},
            {"timestamp": "created_time", "created_time": {"on_or_after": clock::rfc3339(since(order))}},
        ]},
        "page_size": 100,
    });
    let query = line.post("/v1/data_sources/{}/query", &[&list.id], &wanted)?;
    let mark = mark(order);
    for page in line.all(query, "results").await? {
        let Some(id) = text(&page, "id") else { continue };
        let request = line.get("/v1/blocks/{}/children?page_size=100", &[&id])?;
        if line.all(request, "results").await?.iter().any(|block| body::has(block, &mark)) {
            return Ok(created(StatusCode::OK, &page));
        }
    }
    Ok(None)
}

async fn page(line: &Line<'_>, id: &str) -> Result<(Value, Schema), Trouble> {
    let page = line.ask(line.get("/v1/pages/{}", &[id])?).await?;
    let source = page.get("parent").and_then(|parent| text(parent, "data_source_id"));
    let schema = match source {
        Some(id) => schema_at(line, &id).await?,
        None => Schema::default(),
    };
    Ok((page, schema))
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let (page, schema) = page(line, known.id).await?;
    Ok(schema.remote(&page))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let (page, schema) = page(line, known.id).await?;
    if schema.remote(&page).is_some_and(|remote| remote.done) {
        return Ok(());
    }
    let change = json!({"properties": schema.done()?});
    line.ask(line.send_json(Method::PATCH, "/v1/pages/{}", &[known.id], &change)?).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let list =
        list.ok_or_else(|| Trouble::Unfit("which data source? integ task targets lists them".into()))?;
    let schema = schema_of(line, list).await?;
    let query = line.post("/v1/data_sources/{}/query", &[&list.id], &json!({"page_size": 100}))?;
    let pages = line.all(query, "results").await?;
    Ok(pages.iter().filter_map(|page| schema.remote(page)).filter(|remote| !remote.done).collect())
}

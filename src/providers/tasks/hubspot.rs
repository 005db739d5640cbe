//! HubSpot tasks. There are no lists: the account itself stands for one, so that a task has an address. Our mark stands
//! below the body, and the newest tasks are looked through for it; the search learns of a task only after a while.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, due_ms, html, mark,
    prose, put, since, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "account",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Time,
    assignee: true,
    priority: true,
    tags: Tags::None,
    parent: false,
    url: false,
    fields: true,
    longest_title: Limit::Characters(1_000),
    longest_notes: Limit::Characters(60_000),
    once: Once::Marker { settles: Duration::from_secs(20) },
};

const TASKS: &str = "/crm/v3/objects/tasks";
const SHOWN: &str = "hs_task_subject,hs_task_status,hs_timestamp";
/// What a task can belong to, and the number of the bond.
const BONDS: [(&str, u16); 3] = [("contact", 204), ("company", 192), ("deal", 216)];

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let account = line.ask(line.get("/account-info/v3/details", &[])?).await?;
    let id = text(&account, "portalId").ok_or(Trouble::Odd)?;
    let host = text(&account, "uiDomain");
    Ok(vec![Target::new(Part::List, id, "Tasks").detail(json!({"host": host}))])
}

pub(super) async fn parts(line: &Line<'_>, part: Part, _: Option<&Target>) -> Result<Vec<Target>, Trouble> {
    if part != Part::Person {
        return Ok(Vec::new());
    }
    let owners = line.all(line.get("/crm/v3/owners?limit=100", &[])?, "results").await?;
    let person = |item: &Value| {
        let address = text(item, "email");
        let names = [text(item, "firstName"), text(item, "lastName")];
        let name = names.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let name = if name.is_empty() { address.clone()? } else { name };
        Some(Target::new(Part::Person, text(item, "id")?, name).alias(address.as_deref()))
    };
    Ok(owners.iter().filter_map(person).collect())
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    // A task without a time is refused: one that is due at no time is due when it is sent.
    let due = task.due.as_ref().map_or_else(|| clock::now().saturating_mul(1_000), due_ms);
    let mut properties = json!({
        "hs_timestamp": due.to_string(),
        "hs_task_subject": task.title,
        "hs_task_body": body(order),
        "hs_task_status": "NOT_STARTED",
        "hs_task_type": "TODO",
    });
    put(&mut properties, "hs_task_priority", task.priority.map(level));
    put(&mut properties, "hubspot_owner_id", order.assignee.map(|person| person.id.clone()));
    let mut bonds = Vec::new();
    for (name, value) in &task.fields {
        let folded = name.to_ascii_lowercase();
        if let Some((_, kind)) = BONDS.iter().find(|(bond, _)| *bond == folded) {
            let id = if value.contains('@') { contact(line, value).await? } else { value.clone() };
            let types = json!([{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]);
            bonds.push(json!({"to": {"id": id}, "types": types}));
            continue;
        }
        match folded.as_str() {
            "type" => put(&mut properties, "hs_task_type", Some(value.to_ascii_uppercase())),
            "status" => put(&mut properties, "hs_task_status", Some(value.to_ascii_uppercase())),
            // Where our mark and what has an option of its own stand.
            "hs_task_body" | "hs_task_subject" | "hs_timestamp" => {
                return Err(Trouble::Unfit(format!(
                    "`{name}` has an option of its own: --notes, the title, --due"
                )));
            }
            _ => put(&mut properties, name, Some(value.clone())),
        }
    }
    line.post(TASKS, &[], &json!({"properties": properties, "associations": bonds}))
}

/// The contact with this address.
async fn contact(line: &Line<'_>, address: &str) -> Result<String, Trouble> {
    let request = line.get("/crm/v3/objects/contacts/{}?idProperty=email", &[address])?;
    match line.ask(request).await {
        Ok(found) => text(&found, "id").ok_or(Trouble::Odd),
        Err(Trouble::Refused { status: 404, .. }) => {
            Err(Trouble::Unfit(format!("there is no contact with the address {address}")))
        }
        Err(other) => Err(other),
    }
}

fn body(order: &Order<'_>) -> String {
    let notes = order.notes.as_deref().unwrap_or_default();
    format!("{}<p>{}</p>", html::html(&prose::blocks(notes), true), mark(order))
}

/// Three levels: nothing is above high.
fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent | Priority::High => "HIGH",
        Priority::Normal => "MEDIUM",
        Priority::Low => "LOW",
    }
}

pub(super) fn created(status: StatusCode, body: &Value, order: &Order<'_>) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    let page = || {
        let list = order.list?;
        let host = text(&list.detail, "host")?;
        Some(format!("https://{host}/tasks/{}/view/all/task/{id}", list.id))
    };
    Some(Created { url: text(body, "url").or_else(page), id })
}

/// Tasks by a search, the newest first.
async fn search(line: &Line<'_>, filters: Value, shown: &[&str]) -> Result<Vec<Value>, Trouble> {
    let body = json!({
        "filterGroups": [{"filters": filters}],
        "sorts": ["-hs_createdate"],
        "properties": shown,
        "limit": 100,
        "after": "0",
    });
    line.all(line.post(&format!("{TASKS}/search"), &[], &body)?, "results").await
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let since = since(order).saturating_mul(1_000).to_string();
    let young = json!([{"propertyName": "hs_createdate", "operator": "GTE", "value": since}]);
    let found = line.listed(&[&since], async || search(line, young, &["hs_task_body"]).await).await?;
    let mark = mark(order);
    let holds = |task: &&Value| {
        let body = task.pointer("/properties/hs_task_body").and_then(Value::as_str);
        body.is_some_and(|body| body.contains(&mark))
    };
    Ok(found.iter().find(holds).and_then(|task| created(StatusCode::OK, task, order)))
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let task = line.ask(line.get(&format!("{TASKS}/{{}}?properties={SHOWN}"), &[known.id])?).await?;
    Ok(remote(&task))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let change = json!({"properties": {"hs_task_status": "COMPLETED"}});
    let request = line.send_json(Method::PATCH, &format!("{TASKS}/{{}}"), &[known.id], &change)?;
    line.ask(request).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, _: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let open = json!([{"propertyName": "hs_task_status", "operator": "NEQ", "value": "COMPLETED"}]);
    let shown: Vec<&str> = SHOWN.split(',').collect();
    Ok(search(line, open, &shown).await?.iter().filter_map(remote).collect())
}

fn remote(task: &Value) -> Option<Remote> {
    let properties = task.get("properties")?;
    let is_archived = task.get("archived") == Some(&Value::Bool(true));
    Some(Remote {
        id: text(task, "id").filter(|_| !is_archived)?,
        title: text(properties, "hs_task_subject").unwrap_or_default(),
        url: text(task, "url"),
        done: text(properties, "hs_task_status").as_deref() == Some("COMPLETED"),
        due: text(properties, "hs_timestamp"),
    })
}

//! Salesforce tasks. There are no lists. Our mark stands below the description, which no query may search: the tasks of
//! that subject are looked through for it.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, items, mark, marked,
    put, since, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "list",
    needs_list: false,
    notes: Notes::Plain,
    due: Dues::Day,
    assignee: true,
    priority: true,
    tags: Tags::None,
    parent: false,
    url: false,
    fields: true,
    longest_title: Limit::Utf16(255),
    // 32,000, and our mark is among it.
    longest_notes: Limit::Utf16(31_900),
    once: Once::Marker { settles: Duration::from_secs(3) },
};

/// Versions live for three years and more; nothing here is newer than this one.
const DATA: &str = "/services/data/v60.0";
/// A longer listing is not read to its end (pages).
const MOST_PAGES: usize = 50;

/// Every record that a query finds.
async fn query(line: &Line<'_>, soql: &str) -> Result<Vec<Value>, Trouble> {
    let mut request = line.get(&format!("{DATA}/query?q={{}}"), &[soql])?;
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let answer = line.ask(request).await?;
        found.extend(answer.get("records").and_then(Value::as_array).ok_or(Trouble::Odd)?.iter().cloned());
        match text(&answer, "nextRecordsUrl") {
            // A path from the top of the host.
            Some(next) if next.starts_with('/') => request = line.get(&next.replace(['{', '}'], ""), &[])?,
            _ => break,
        }
    }
    Ok(found)
}

/// A text inside the quotes of a query.
fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\'', "\\'")
}

pub(super) async fn parts(line: &Line<'_>, part: Part, _: Option<&Target>) -> Result<Vec<Target>, Trouble> {
    if part != Part::Person {
        return Ok(Vec::new());
    }
    let users = query(line, "SELECT Id, Name, Email FROM User WHERE IsActive = true").await?;
    let person = |item: &Value| {
        let person = Target::new(Part::Person, text(item, "Id")?, text(item, "Name")?);
        Some(person.alias(text(item, "Email").as_deref()))
    };
    Ok(users.iter().filter_map(person).collect())
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let mut body = json!({"Subject": task.title, "Description": marked(order)});
    put(&mut body, "ActivityDate", task.due.as_ref().map(|due| due.day().to_string()));
    put(&mut body, "OwnerId", order.assignee.map(|person| person.id.clone()));
    put(&mut body, "Priority", task.priority.map(level));
    if !task.fields.is_empty() {
        let described = line.ask(line.get(&format!("{DATA}/sobjects/Task/describe"), &[])?).await?;
        for (name, value) in &task.fields {
            let field = field(items(&described, "/fields"), name)?;
            let id = text(field, "name").ok_or(Trouble::Odd)?;
            if matches!(id.as_str(), "Subject" | "Description") {
                return Err(Trouble::Unfit(format!("`{name}` has an option of its own: the title, --notes")));
            }
            put(&mut body, &id, Some(field_value(field, name, value)?));
        }
    }
    line.post(&format!("{DATA}/sobjects/Task"), &[], &body)
}

/// By its label or its name in the API.
fn field<'a>(known: &'a [Value], name: &str) -> Result<&'a Value, Trouble> {
    let mine = |field: &&Value| field.get("createable") == Some(&Value::Bool(true));
    let called = |field: &Value, at: &str| text(field, at).is_some_and(|own| own.eq_ignore_ascii_case(name));
    let found = known.iter().filter(mine).find(|field| called(field, "name") || called(field, "label"));
    found.ok_or_else(|| {
        let names: Vec<String> =
            known.iter().filter(mine).filter_map(|field| text(field, "name")).take(40).collect();
        Trouble::Unfit(format!("there is no field `{name}`; there are: {}", names.join(", ")))
    })
}

fn field_value(field: &Value, name: &str, value: &str) -> Result<Value, Trouble> {
    let unfit = |what: &str| Trouble::Unfit(format!("`{name}` takes {what}, not `{value}`"));
    let kind = text(field, "type").unwrap_or_default();
    Ok(match kind.as_str() {
        "boolean" => match value.to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => json!(true),
            "false" | "no" | "0" => json!(false),
            _ => return Err(unfit("yes or no")),
        },
        "int" | "double" | "currency" | "percent" => {
            json!(value.parse::<serde_json::Number>().map_err(|_| unfit("a number"))?)
        }
        "picklist" => {
            let known = items(field, "/picklistValues").iter().filter_map(|option| text(option, "value"));
            let known: Vec<String> = known.collect();
            let found = known.iter().find(|option| option.eq_ignore_ascii_case(value));
            json!(found.ok_or_else(|| unfit(&format!("one of: {}", known.join(", "))))?)
        }
        _ => json!(value),
    })
}

/// As an organisation has them that did not change them: nothing is above high.
fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent | Priority::High => "High",
        Priority::Normal => "Normal",
        Priority::Low => "Low",
    }
}

pub(super) fn created(line: &Line<'_>, status: StatusCode, body: &Value) -> Option<Created> {
    let id = text(body, "id").filter(|_| status.is_success())?;
    Some(Created { url: page(line, &id), id })
}

/// A record's page is at its id, on the organisation's own host.
fn page(line: &Line<'_>, id: &str) -> Option<String> {
    line.url("/{}", &[id]).ok().map(String::from)
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let soql = format!(
        "SELECT Id, Description FROM Task WHERE Subject = '{}' AND CreatedDate >= {} ORDER BY CreatedDate DESC",
        quoted(&order.task.title),
        clock::rfc3339(since(order))
    );
    let (found, mark) = (query(line, &soql).await?, mark(order));
    let ours = found.iter().find(|task| text(task, "Description").is_some_and(|own| own.contains(&mark)));
    Ok(ours.and_then(|task| text(task, "Id")).map(|id| Created { url: page(line, &id), id }))
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let path = format!("{DATA}/sobjects/Task/{{}}?fields=Id,Subject,IsClosed,ActivityDate");
    Ok(remote(line, &line.ask(line.get(&path, &[known.id])?).await?))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let closed =
        query(line, "SELECT ApiName FROM TaskStatus WHERE IsClosed = true ORDER BY SortOrder").await?;
    let status = closed.first().and_then(|status| text(status, "ApiName"));
    let status = status.ok_or_else(|| Trouble::Unfit("no status of a task means done".into()))?;
    let path = format!("{DATA}/sobjects/Task/{{}}");
    let request = line.send_json(Method::PATCH, &path, &[known.id], &json!({"Status": status}))?;
    line.ask(request).await.map(drop)
}

/// The person's own: an organisation's are too many.
pub(super) async fn list(line: &Line<'_>, _: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let me = line.ask(line.get("/services/oauth2/userinfo", &[])?).await?;
    let me = text(&me, "user_id").ok_or(Trouble::Odd)?;
    let soql = format!(
        "SELECT Id, Subject, IsClosed, ActivityDate FROM Task WHERE IsClosed = false AND OwnerId = '{}'",
        quoted(&me)
    );
    Ok(query(line, &soql).await?.iter().filter_map(|task| remote(line, task)).collect())
}

fn remote(line: &Line<'_>, task: &Value) -> Option<Remote> {
    let id = text(task, "Id")?;
    Some(Remote {
        title: text(task, "Subject").unwrap_or_default(),
        url: page(line, &id),
        done: task.get("IsClosed").and_then(Value::as_bool).unwrap_or(false),
        due: text(task, "ActivityDate"),
        id,
    })
}

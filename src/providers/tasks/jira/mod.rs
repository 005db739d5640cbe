//! Jira Cloud, REST v3. Our mark is a property of the issue, which nobody sees; the project's newest issues are asked
//! for it. Notes are Atlassian's document format.

mod document;

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};

use self::document::document;
use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, choice, items, put,
    since, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "project",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Day,
    assignee: true,
    priority: true,
    tags: Tags::Free,
    parent: true,
    url: false,
    fields: true,
    longest_title: Limit::Utf16(255),
    longest_notes: Limit::Characters(30_000),
    // Its search is said to lag behind.
    once: Once::Marker { settles: Duration::from_secs(15) },
};

/// What our property of an issue is called.
const MARK: &str = "integ";
/// A longer listing is not read to its end (pages).
const MOST_PAGES: usize = 100;

/// All items of a listing that counts where it is.
async fn counted(line: &Line<'_>, path: &str, parts: &[&str], at: &str) -> Result<Vec<Value>, Trouble> {
    let mut found: Vec<Value> = Vec::new();
    for _ in 0..MOST_PAGES {
        let mut parts = parts.to_vec();
        let start = found.len().to_string();
        parts.push(&start);
        let answer = line.ask(line.get(&format!("{path}&startAt={{}}"), &parts)?).await?;
        let own = answer.get(at).and_then(Value::as_array).ok_or(Trouble::Odd)?;
        found.extend(own.iter().cloned());
        let total = answer.get("total").and_then(Value::as_u64).and_then(|total| usize::try_from(total).ok());
        let is_last = answer.get("isLast").and_then(Value::as_bool);
        if own.is_empty() || is_last.unwrap_or_else(|| total.is_none_or(|total| found.len() >= total)) {
            break;
        }
    }
    Ok(found)
}

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    // The answers name issues by the address of the API; people know the site's.
    let server = line.ask(line.get("/rest/api/3/serverInfo", &[])?).await?;
    let site = text(&server, "baseUrl").filter(|site| site.starts_with("https://"));
    let projects =
        counted(line, "/rest/api/3/project/search?maxResults=100&action=create", &[], "values").await?;
    let project = |item: &Value| {
        let key = text(item, "key")?;
        let list = Target::new(Part::List, text(item, "id")?, text(item, "name")?).alias(Some(&key));
        Some(list.detail(json!({"key": key, "site": site})))
    };
    Ok(projects.iter().filter_map(project).collect())
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let (Part::Person, Some(list)) = (part, list) else { return Ok(Vec::new()) };
    let path = "/rest/api/3/user/assignable/search?maxResults=1000&project={}";
    let person = |item: &Value| {
        let person = Target::new(Part::Person, text(item, "accountId")?, text(item, "displayName")?);
        Some(person.alias(text(item, "emailAddress").as_deref()).within(Some(&list.id)))
    };
    Ok(line.all(line.get(path, &[key(list)])?, "").await?.iter().filter_map(person).collect())
}

fn key(list: &Target) -> &str {
    list.detail.get("key").and_then(Value::as_str).unwrap_or(&list.id)
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let list = order.list.ok_or_else(|| Trouble::Unfit("an issue needs a project".into()))?;
    if let Some(bad) = task.tags.iter().find(|tag| tag.contains(char::is_whitespace)) {
        return Err(Trouble::Unfit(format!("`{bad}` is no label: Jira's have no spaces")));
    }
    let kind = kind(line, list, order).await?;
    let kind_id = text(&kind, "id").ok_or(Trouble::Odd)?;
    let mut fields = json!({"project": {"id": list.id}, "issuetype": {"id": kind_id}, "summary": task.title});
    put(&mut fields, "description", order.notes.as_deref().map(document));
    put(&mut fields, "duedate", task.due.as_ref().map(|due| due.day().to_string()));
    put(&mut fields, "assignee", order.assignee.map(|person| json!({"accountId": person.id})));
    put(&mut fields, "priority", task.priority.map(|priority| json!({"name": level(priority)})));
    put(&mut fields, "labels", (!task.tags.is_empty()).then(|| task.tags.clone()));
    put(
        &mut fields,
        "parent",
        task.parent.as_ref().map(|parent| match parent.parse::<u64>() {
            Ok(_) => json!({"id": parent}),
            Err(_) => json!({"key": parent}),
        }),
    );
    let wanted: Vec<_> = task.fields.iter().filter(|(name, _)| !is_kind(name)).collect();
    if !wanted.is_empty() {
        let path = "/rest/api/3/issue/createmeta/{}/issuetypes/{}?maxResults=200";
        let known = counted(line, path, &[key(list), &kind_id], "fields").await?;
        for (name, value) in wanted {
            let field =
                choice("field", name, &known, |f| f.get("name").and_then(Value::as_str).unwrap_or(""))?;
            let id = text(field, "fieldId").or_else(|| text(field, "key")).ok_or(Trouble::Odd)?;
            put(&mut fields, &id, Some(field_value(field, name, value)?));
        }
    }
    let mark = json!([{"key": MARK, "value": {"task": order.mark}}]);
    line.post("/rest/api/3/issue", &[], &json!({"fields": fields, "properties": mark}))
}

fn is_kind(name: &str) -> bool {
    ["type", "issue type", "issuetype"].iter().any(|own| name.eq_ignore_ascii_case(own))
}

/// The type of the issue: as `--field type=…` says, else `Task` or the first that there is; below a parent the first
/// that belongs there.
async fn kind(line: &Line<'_>, list: &Target, order: &Order<'_>) -> Result<Value, Trouble> {
    let path = "/rest/api/3/issue/createmeta/{}/issuetypes?maxResults=200";
    let known = counted(line, path, &[key(list)], "issueTypes").await?;
    let name = |kind: &Value| kind.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some((_, wanted)) = order.task.fields.iter().find(|(own, _)| is_kind(own)) {
        let named: Vec<(String, &Value)> = known.iter().map(|kind| (name(kind), kind)).collect();
        return Ok(choice("type", wanted, &named, |(name, _)| name)?.1.clone());
    }
    let is_below = |kind: &&Value| kind.get("subtask") == Some(&Value::Bool(true));
    let below = known.iter().find(is_below).filter(|_| order.task.parent.is_some());
    let task = || known.iter().find(|kind| name(kind) == "Task");
    let first = || known.iter().find(|kind| !is_below(kind));
    let found = below.or_else(task).or_else(first);
    found.cloned().ok_or_else(|| Trouble::Unfit(format!("no issue can be made in `{}`", list.name)))
}

fn field_value(field: &Value, name: &str, value: &str) -> Result<Value, Trouble> {
    let unfit = |what: &str| Trouble::Unfit(format!("`{name}` takes {what}, not `{value}`"));
    let allowed = items(field, "/allowedValues");
    let option = |wanted: &str| -> Result<Value, Trouble> {
        let named = |o: &Value| text(o, "name").or_else(|| text(o, "value")).unwrap_or_default();
        let known: Vec<(String, &Value)> = allowed.iter().map(|o| (named(o), o)).collect();
        let (_, found) = choice("value", wanted, &known, |(name, _)| name)?;
        Ok(json!({"id": text(found, "id")}))
    };
    let kind = field.pointer("/schema/type").and_then(Value::as_str).unwrap_or_default();
    let custom = field.pointer("/schema/custom").and_then(Value::as_str).unwrap_or_default();
    let inner = field.pointer("/schema/items").and_then(Value::as_str).unwrap_or_default();
    Ok(match (kind, inner) {
        // Fields of several lines are documents, fields of one line are not.
        ("string", _) if custom.ends_with(":textarea") || name.eq_ignore_ascii_case("environment") => {
            document(value)
        }
        ("string", _) => json!(value),
        ("number", _) => json!(value.parse::<serde_json::Number>().map_err(|_| unfit("a number"))?),
        ("date", _) => {
            json!(value.parse::<jiff::civil::Date>().map_err(|_| unfit("a date (2026-12-01)"))?.to_string())
        }
        ("datetime", _) => json!(value.parse::<jiff::Timestamp>().map_err(|_| unfit("a time"))?.to_string()),
        ("array", "string") => json!(value.split(',').map(str::trim).collect::<Vec<_>>()),
        ("array", _) if !allowed.is_empty() => {
            Value::Array(value.split(',').map(|one| option(one.trim())).collect::<Result<_, Trouble>>()?)
        }
        ("user", _) => json!({"accountId": value}),
        _ if !allowed.is_empty() => option(value)?,
        _ => return Err(Trouble::Unfit(format!("`{name}` ({kind}) cannot be set"))),
    })
}

/// As they are called where nobody changed them.
fn level(priority: Priority) -> &'static str {
    match priority {
        Priority::Urgent => "Highest",
        Priority::High => "High",
        Priority::Normal => "Medium",
        Priority::Low => "Low",
    }
}

pub(super) fn created(status: StatusCode, body: &Value, order: &Order<'_>) -> Option<Created> {
    let key = text(body, "key").filter(|_| status.is_success())?;
    let site = order.list.and_then(|list| text(&list.detail, "site"));
    Some(Created { url: site.map(|site| page(&site, &key)), id: key })
}

fn page(site: &str, key: &str) -> String {
    format!("{}/browse/{key}", site.trim_end_matches('/'))
}

/// All issues that a query finds.
async fn issues(
    line: &Line<'_>,
    jql: &str,
    fields: &[&str],
    properties: &[&str],
) -> Result<Vec<Value>, Trouble> {
    let mut body = json!({"jql": jql, "fields": fields, "properties": properties, "maxResults": 100});
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let answer = line.ask(line.post("/rest/api/3/search/jql", &[], &body)?).await?;
        found.extend(answer.get("issues").and_then(Value::as_array).ok_or(Trouble::Odd)?.iter().cloned());
        match text(&answer, "nextPageToken") {
            Some(next) => put(&mut body, "nextPageToken", Some(next)),
            None => break,
        }
    }
    Ok(found)
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    // A date would be meant in the person's own time zone.
    let minutes = clock::now().saturating_sub(since(order)) / 60 + 1;
    let jql =
        format!("project = \"{}\" AND created >= \"-{minutes}m\" ORDER BY created DESC", quoted(key(list)));
    let what = [key(list), &since(order).to_string()];
    let found = line.listed(&what, async || issues(line, &jql, &["summary"], &[MARK]).await).await?;
    let mark = format!("/properties/{MARK}/task");
    let ours = found.iter().find(|issue| issue.pointer(&mark).and_then(Value::as_str) == Some(order.mark));
    Ok(ours.and_then(|issue| created(StatusCode::OK, issue, order)))
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

const SHOWN: [&str; 3] = ["summary", "status", "duedate"];

async fn issue(line: &Line<'_>, id: &str) -> Result<Value, Trouble> {
    line.ask(line.get(&format!("/rest/api/3/issue/{{}}?fields={}", SHOWN.join(",")), &[id])?).await
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    Ok(remote(&issue(line, known.id).await?, None))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    if remote(&issue(line, known.id).await?, None).is_some_and(|remote| remote.done) {
        return Ok(());
    }
    let path = "/rest/api/3/issue/{}/transitions";
    let answer = line.ask(line.get(path, &[known.id])?).await?;
    let is_end =
        |step: &&Value| step.pointer("/to/statusCategory/key").and_then(Value::as_str) == Some("done");
    let step = items(&answer, "/transitions").iter().find(is_end).and_then(|step| text(step, "id"));
    let step =
        step.ok_or_else(|| Trouble::Unfit("nothing leads from its status to one that means done".into()))?;
    line.ask(line.post(path, &[known.id], &json!({"transition": {"id": step}}))?).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let jql = match list {
        Some(list) => format!("project = \"{}\" AND statusCategory != Done", quoted(key(list))),
        None => "assignee = currentUser() AND statusCategory != Done".to_owned(),
    };
    let site = list.and_then(|list| text(&list.detail, "site"));
    let found = issues(line, &format!("{jql} ORDER BY created DESC"), &SHOWN, &[]).await?;
    Ok(found.iter().filter_map(|issue| remote(issue, site.as_deref())).collect())
}

fn remote(issue: &Value, site: Option<&str>) -> Option<Remote> {
    let (key, fields) = (text(issue, "key")?, issue.get("fields")?);
    let category = fields.pointer("/status/statusCategory/key").and_then(Value::as_str);
    Some(Remote {
        title: text(fields, "summary").unwrap_or_default(),
        url: site.map(|site| page(site, &key)),
        done: category == Some("done"),
        due: text(fields, "duedate"),
        id: key,
    })
}

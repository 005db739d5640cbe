//! GitHub issues. Our mark is a comment in the issue's text, which nobody sees; the repository's newest issues are looked
//! through for it. An issue is called `owner/name#number` here.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, choice, mark, put,
    since, text,
};
use crate::clock;
use crate::http::Request;
use crate::new_task::{Created, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "repository",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::None,
    assignee: true,
    priority: false,
    tags: Tags::Free,
    parent: false,
    url: false,
    fields: true,
    longest_title: Limit::Characters(256),
    // 65,536, and our mark is among it.
    longest_notes: Limit::Characters(65_400),
    once: Once::Marker { settles: Duration::from_secs(3) },
};

pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let path = "/user/repos?per_page=100&affiliation=owner,collaborator,organization_member";
    let mut found: Vec<Target> = Vec::new();
    for repository in line.all(line.get(path, &[])?, "").await? {
        let is = |field: &str| repository.get(field).and_then(Value::as_bool);
        if is("archived") == Some(true) || is("has_issues") == Some(false) {
            continue;
        }
        let Some(whole) = text(&repository, "full_name") else { continue };
        let Some((owner, name)) = whole.split_once('/') else { continue };
        if !found.iter().any(|target| target.part == Part::Folder && target.id == owner) {
            found.push(Target::new(Part::Folder, owner, owner));
        }
        let pushes = repository.pointer("/permissions/push").and_then(Value::as_bool).unwrap_or(true);
        let list = Target::new(Part::List, &whole, name).within(Some(owner));
        found.push(list.detail(json!({"push": pushes})));
    }
    Ok(found)
}

/// The two parts of a repository's path.
fn path_of(list: &str) -> Result<[&str; 2], Trouble> {
    let (owner, name) = list
        .split_once('/')
        .ok_or_else(|| Trouble::Unfit(format!("`{list}` is no repository: OWNER/NAME")))?;
    Ok([owner, name])
}

pub(super) async fn parts(
    line: &Line<'_>,
    part: Part,
    list: Option<&Target>,
) -> Result<Vec<Target>, Trouble> {
    let (Part::Person, Some(list)) = (part, list) else { return Ok(Vec::new()) };
    let request = line.get("/repos/{}/{}/assignees?per_page=100", &path_of(&list.id)?)?;
    let person = |item: &Value| {
        let login = text(item, "login")?;
        Some(Target::new(Part::Person, &login, &login).within(Some(&list.id)))
    };
    Ok(line.all(request, "").await?.iter().filter_map(person).collect())
}

pub(super) async fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let list = order.list.ok_or_else(|| Trouble::Unfit("an issue needs a repository".into()))?;
    let path = path_of(&list.id)?;
    // Without the right to push, all of these are left out without a word.
    let is_dropped = list.detail.get("push") == Some(&Value::Bool(false));
    if is_dropped && (order.assignee.is_some() || !task.tags.is_empty() || !task.fields.is_empty()) {
        return Err(Trouble::Unfit(format!(
            "who may not push to {} can set neither assignees nor labels nor milestones",
            list.id
        )));
    }
    let hidden = format!("<!-- {} -->", mark(order));
    let text = order.notes.as_ref().map_or(hidden.clone(), |notes| format!("{notes}\n\n{hidden}"));
    let mut body = json!({"title": task.title, "body": text});
    put(&mut body, "assignees", order.assignee.map(|person| vec![person.id.clone()]));
    put(&mut body, "labels", (!task.tags.is_empty()).then(|| task.tags.clone()));
    for (name, value) in &task.fields {
        match name.to_ascii_lowercase().as_str() {
            "milestone" => put(&mut body, "milestone", Some(milestone(line, path, value).await?)),
            "type" => put(&mut body, "type", Some(value.clone())),
            _ => {
                return Err(Trouble::Unfit(format!(
                    "an issue has no field `{name}`; it has: milestone, type"
                )));
            }
        }
    }
    line.post("/repos/{}/{}/issues", &path, &body)
}

/// The number of a milestone, given by its number or title.
async fn milestone(line: &Line<'_>, path: [&str; 2], value: &str) -> Result<i64, Trouble> {
    if let Ok(number) = value.parse() {
        return Ok(number);
    }
    let known = line.all(line.get("/repos/{}/{}/milestones?per_page=100", &path)?, "").await?;
    let title = |item: &Value| item.get("title").and_then(Value::as_str).unwrap_or_default().to_owned();
    let titles: Vec<(String, i64)> =
        known.iter().filter_map(|item| Some((title(item), item.get("number")?.as_i64()?))).collect();
    Ok(choice("milestone", value, &titles, |(title, _)| title)?.1)
}

pub(super) fn created(status: StatusCode, body: &Value, order: &Order<'_>) -> Option<Created> {
    let number = body.get("number").and_then(Value::as_u64).filter(|_| status.is_success())?;
    Some(Created { id: format!("{}#{number}", order.list?.id), url: text(body, "html_url") })
}

pub(super) async fn find(line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
    let Some(list) = order.list else { return Ok(None) };
    let [owner, name] = path_of(&list.id)?;
    let since = clock::rfc3339(since(order));
    let path = "/repos/{}/{}/issues?state=all&sort=created&direction=desc&per_page=100&since={}";
    let what = [owner, name, &since];
    let issues = line.listed(&what, async || line.all(line.get(path, &what)?, "").await).await?;
    let mark = mark(order);
    let ours = issues.iter().find(|issue| text(issue, "body").is_some_and(|body| body.contains(&mark)));
    Ok(ours.and_then(|issue| created(StatusCode::OK, issue, order)))
}

/// The path to an issue by what it is called here.
fn issue_of(id: &str) -> Result<[&str; 3], Trouble> {
    let (list, number) = id
        .rsplit_once('#')
        .ok_or_else(|| Trouble::Unfit(format!("`{id}` is no issue: OWNER/NAME#NUMBER")))?;
    let [owner, name] = path_of(list)?;
    Ok([owner, name, number])
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    let issue = line.ask(line.get("/repos/{}/{}/issues/{}", &issue_of(known.id)?)?).await?;
    Ok(remote(&issue, known.id))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let change = json!({"state": "closed", "state_reason": "completed"});
    let path = issue_of(known.id)?;
    line.ask(line.send_json(Method::PATCH, "/repos/{}/{}/issues/{}", &path, &change)?).await.map(drop)
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let list =
        list.ok_or_else(|| Trouble::Unfit("which repository? integ task targets lists them".into()))?;
    let path = "/repos/{}/{}/issues?state=open&per_page=100";
    let issues = line.all(line.get(path, &path_of(&list.id)?)?, "").await?;
    // A pull request is an issue as well, and no task.
    let own = issues.iter().filter(|issue| issue.get("pull_request").is_none());
    Ok(own
        .filter_map(|issue| remote(issue, &format!("{}#{}", list.id, issue.get("number")?.as_u64()?)))
        .collect())
}

fn remote(issue: &Value, id: &str) -> Option<Remote> {
    Some(Remote {
        id: id.to_owned(),
        title: text(issue, "title")?,
        url: text(issue, "html_url"),
        done: text(issue, "state").as_deref() == Some("closed"),
        due: None,
    })
}

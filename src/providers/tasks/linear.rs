//! Linear. We choose the issue's id, so a second try is refused and the first one's issue is found by it.

use serde_json::{Value, json};

use super::{Dues, Known, Limit, Line, Notes, Once, Order, Part, Tags, Target, Traits, Trouble, put, text};
use crate::http::Request;
use crate::new_task::{Created, Priority, Remote};

pub(super) const TRAITS: Traits = Traits {
    list: "team",
    needs_list: true,
    notes: Notes::Rich,
    due: Dues::Day,
    assignee: true,
    priority: true,
    tags: Tags::Known,
    parent: true,
    url: false,
    fields: true,
    longest_title: Limit::Utf16(512),
    longest_notes: Limit::Bytes(250_000),
    once: Once::ClientId,
};

const TEAMS: &str = "query($after:String){teams(first:50,after:$after){nodes{id key name \
    states{nodes{id name type}} projects(first:50){nodes{id name}}} pageInfo{hasNextPage endCursor}}}";
const PEOPLE: &str = "query($after:String){users(first:100,after:$after){nodes{id name displayName email active} \
    pageInfo{hasNextPage endCursor}}}";
const LABELS: &str = "query($after:String){issueLabels(first:100,after:$after){nodes{id name team{id}} \
    pageInfo{hasNextPage endCursor}}}";
const CREATE: &str =
    "mutation($i:IssueCreateInput!){issueCreate(input:$i){success issue{id identifier url title}}}";
const FIND: &str =
    "query($id:ID!){issues(filter:{id:{eq:$id}},includeArchived:true){nodes{id identifier url}}}";
const GET: &str = "query($id:String!){issue(id:$id){id title url dueDate archivedAt state{type} \
    team{states{nodes{id type position}}}}}";
const DONE: &str =
    "mutation($id:String!,$state:String!){issueUpdate(id:$id,input:{stateId:$state}){success}}";
const OPEN: &str = "query($after:String,$f:IssueFilter){issues(first:100,after:$after,filter:$f){\
    nodes{id title url dueDate state{type}} pageInfo{hasNextPage endCursor}}}";

/// A longer listing is not read to its end (pages).
const MOST_PAGES: usize = 50;

fn ask(line: &Line<'_>, query: &str, variables: &Value) -> Result<Request, Trouble> {
    line.post("/graphql", &[], &json!({"query": query, "variables": variables}))
}

/// All nodes of a connection; `at` is its name.
async fn nodes(line: &Line<'_>, query: &str, at: &str, mut variables: Value) -> Result<Vec<Value>, Trouble> {
    let mut found = Vec::new();
    for _ in 0..MOST_PAGES {
        let mut answer = line.ask(ask(line, query, &variables)?).await?;
        let page = answer.pointer_mut(&format!("/data/{at}")).map(Value::take).unwrap_or_default();
        let Some(Value::Array(nodes)) = page.get("nodes") else { return Err(Trouble::Odd) };
        found.extend(nodes.iter().cloned());
        let more = page.pointer("/pageInfo/hasNextPage").and_then(Value::as_bool).unwrap_or(false);
        match page.pointer("/pageInfo/endCursor").filter(|_| more) {
            Some(cursor) => put(&mut variables, "after", Some(cursor.clone())),
            None => break,
        }
    }
    Ok(found)
}

/// A team holds issues; a project of a team is a list in it.
pub(super) async fn targets(line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
    let mut found = Vec::new();
    for team in nodes(line, TEAMS, "teams", json!({})).await? {
        let (Some(id), Some(name)) = (text(&team, "id"), text(&team, "name")) else { continue };
        let states = team.pointer("/states/nodes").cloned().unwrap_or_default();
        let key = text(&team, "key");
        for project in team.pointer("/projects/nodes").and_then(Value::as_array).into_iter().flatten() {
            if let (Some(own), Some(name)) = (text(project, "id"), text(project, "name")) {
                let list = Target::new(Part::List, format!("{id}/{own}"), name);
                found.push(list.within(Some(&id)).detail(json!({"project": own, "states": states})));
            }
        }
        found.push(Target::new(Part::List, id, name).alias(key.as_deref()).detail(json!({"states": states})));
    }
    Ok(found)
}

pub(super) async fn parts(line: &Line<'_>, part: Part, _: Option<&Target>) -> Result<Vec<Target>, Trouble> {
    match part {
        Part::Person => {
            Ok(nodes(line, PEOPLE, "users", json!({})).await?.iter().filter_map(person).collect())
        }
        Part::Tag => {
            let label = |node: &Value| {
                let team = node.get("team").and_then(|team| text(team, "id"));
                let label = Target::new(Part::Tag, text(node, "id")?, text(node, "name")?);
                Some(label.within(team.as_deref()))
            };
            Ok(nodes(line, LABELS, "issueLabels", json!({})).await?.iter().filter_map(label).collect())
        }
        Part::Folder | Part::List => Ok(Vec::new()),
    }
}

fn person(node: &Value) -> Option<Target> {
    let is_active = node.get("active").and_then(Value::as_bool).unwrap_or(true);
    let person = Target::new(Part::Person, text(node, "id")?, text(node, "name")?);
    is_active.then(|| person.alias(text(node, "email").or_else(|| text(node, "displayName")).as_deref()))
}

pub(super) fn request(line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
    let task = order.task;
    let list = order.list.ok_or_else(|| Trouble::Unfit("an issue needs a team".into()))?;
    let project = text(&list.detail, "project");
    let team = if project.is_some() { list.within.as_deref() } else { None };
    let mut input = json!({"id": order.mark, "teamId": team.unwrap_or(&list.id), "title": task.title});
    put(&mut input, "projectId", project);
    put(&mut input, "description", order.notes.clone());
    put(&mut input, "assigneeId", order.assignee.map(|person| person.id.clone()));
    put(&mut input, "dueDate", task.due.as_ref().map(|due| due.day().to_string()));
    put(&mut input, "priority", task.priority.map(level));
    put(&mut input, "parentId", task.parent.clone());
    let labels: Vec<&str> = order.tags.iter().map(|tag| tag.id.as_str()).collect();
    put(&mut input, "labelIds", (!labels.is_empty()).then_some(labels));
    for (name, value) in &task.fields {
        field(&mut input, list, name, value)?;
    }
    ask(line, CREATE, &json!({"i": input}))
}

/// `state` by its name, `estimate` as a number.
fn field(input: &mut Value, list: &Target, name: &str, value: &str) -> Result<(), Trouble> {
    match name.to_ascii_lowercase().as_str() {
        "state" => {
            let states = list.detail.get("states").and_then(Value::as_array).into_iter().flatten();
            let names: Vec<(String, String)> =
                states.filter_map(|state| Some((text(state, "name")?, text(state, "id")?))).collect();
            let found = names.iter().find(|(name, id)| name.eq_ignore_ascii_case(value) || id == value);
            let unknown = || {
                let known: Vec<&str> = names.iter().map(|(name, _)| name.as_str()).collect();
                Trouble::Unfit(format!("there is no state `{value}`; there are: {}", known.join(", ")))
            };
            put(input, "stateId", Some(found.ok_or_else(unknown)?.1.clone()));
        }
        "estimate" => {
            let number: i64 = value
                .parse()
                .map_err(|_| Trouble::Unfit(format!("an estimate is a whole number, not `{value}`")))?;
            put(input, "estimate", Some(number));
        }
        _ => return Err(Trouble::Unfit(format!("an issue has no field `{name}`; it has: state, estimate"))),
    }
    Ok(())
}

/// 0 is none.
fn level(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 1,
        Priority::High => 2,
        Priority::Normal => 3,
        Priority::Low => 4,
    }
}

pub(super) fn created(body: &Value, order: &Order<'_>) -> Option<Created> {
    let issue = body.pointer("/data/issueCreate/issue")?;
    let id = text(issue, "id").filter(|id| id == order.mark)?;
    Some(Created { id, url: text(issue, "url") })
}

pub(super) async fn find(line: &Line<'_>, id: &str) -> Result<Option<Created>, Trouble> {
    let answer = line.ask(ask(line, FIND, &json!({"id": id}))?).await?;
    let nodes = answer.pointer("/data/issues/nodes").and_then(Value::as_array).ok_or(Trouble::Odd)?;
    let ours = nodes.iter().find(|node| text(node, "id").as_deref() == Some(id));
    Ok(ours.map(|node| Created { id: id.to_owned(), url: text(node, "url") }))
}

async fn issue(line: &Line<'_>, id: &str) -> Result<Option<Value>, Trouble> {
    match line.ask(ask(line, GET, &json!({"id": id}))?).await {
        Ok(answer) => Ok(answer.pointer("/data/issue").filter(|issue| !issue.is_null()).cloned()),
        Err(Trouble::Refused { refusal, .. }) if refusal.words.contains("not found") => Ok(None),
        Err(other) => Err(other),
    }
}

pub(super) async fn get(line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
    Ok(issue(line, known.id).await?.as_ref().and_then(remote))
}

pub(super) async fn done(line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
    let gone = || Trouble::Unfit("it is not there any more".into());
    let issue = issue(line, known.id).await?.ok_or_else(gone)?;
    if is_done(&issue) {
        return Ok(());
    }
    let states = issue.pointer("/team/states/nodes").and_then(Value::as_array).into_iter().flatten();
    let completed = states.filter(|state| state.get("type").and_then(Value::as_str) == Some("completed"));
    let position = |state: &&Value| state.get("position").and_then(Value::as_f64).unwrap_or(0.0);
    let first = completed.min_by(|a, b| position(a).total_cmp(&position(b)));
    let state = first.and_then(|state| text(state, "id"));
    let state = state.ok_or_else(|| Trouble::Unfit("its team has no state that means done".into()))?;
    line.ask(ask(line, DONE, &json!({"id": known.id, "state": state}))?).await.map(drop)
}

fn is_done(issue: &Value) -> bool {
    matches!(
        issue.pointer("/state/type").and_then(Value::as_str),
        Some("completed" | "canceled" | "duplicate")
    )
}

pub(super) async fn list(line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
    let mut filter = json!({"state": {"type": {"nin": ["completed", "canceled", "duplicate"]}}});
    if let Some(list) = list {
        match text(&list.detail, "project") {
            Some(project) => put(&mut filter, "project", Some(json!({"id": {"eq": project}}))),
            None => put(&mut filter, "team", Some(json!({"id": {"eq": list.id}}))),
        }
    }
    let found = nodes(line, OPEN, "issues", json!({"f": filter})).await?;
    Ok(found.iter().filter_map(remote).collect())
}

fn remote(issue: &Value) -> Option<Remote> {
    Some(Remote {
        id: text(issue, "id")?,
        title: text(issue, "title").unwrap_or_default(),
        url: text(issue, "url"),
        done: is_done(issue),
        due: text(issue, "dueDate"),
    })
}

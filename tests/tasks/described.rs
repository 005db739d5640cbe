//! What a request may be, after the providers' official descriptions: every request of every test is held against it, and
//! what is not in it is noted. What lies deeper in a body is judged by the dialects.
//!
//! A line is a method, a path (`*`: an id), the parameters of the query, and after `|` the fields of the body with their
//! types; `!` marks what must be there.

use serde_json::Value;
use url::form_urlencoded;

use crate::desk::Asked;
use crate::server::Play;

/// Asana's OpenAPI 1.0 as published in 2026; people, tags and fields of projects after the reference of 2026-11.
const ASANA: &str = "
GET /api/1.0/users/me opt_fields workspace
GET /api/1.0/workspaces limit offset opt_fields
GET /api/1.0/projects limit offset workspace team archived opt_fields
GET /api/1.0/projects/*/custom_field_settings limit offset opt_fields
GET /api/1.0/tags limit offset workspace opt_fields
GET /api/1.0/users limit offset workspace team opt_fields
GET /api/1.0/tasks limit offset assignee project section workspace completed_since modified_since opt_fields
GET /api/1.0/tasks/* opt_fields
POST /api/1.0/tasks opt_fields | data!:object
PUT /api/1.0/tasks/* opt_fields | data!:object";

/// ClickUp's OpenAPI 2.0 as published in 2026.
const CLICKUP: &str = "
GET /api/v2/user
GET /api/v2/team
GET /api/v2/team/*/space archived
GET /api/v2/space/*/folder archived
GET /api/v2/space/*/list archived
GET /api/v2/list/*
GET /api/v2/list/*/field include_applied_objects
GET /api/v2/list/*/member
GET /api/v2/list/*/task archived include_markdown_description page order_by reverse subtasks include_closed date_created_gt date_created_lt
GET /api/v2/task/* include_subtasks include_markdown_description custom_fields
POST /api/v2/list/*/task | name!:string description:string markdown_content:string assignees:array tags:array status:string priority:integer,null due_date:integer due_date_time:boolean parent:string,null custom_fields:array
PUT /api/v2/task/* | name:string description:string markdown_content:string status:string priority:integer due_date:integer due_date_time:boolean parent:string assignees:object archived:boolean";

/// GitHub's OpenAPI, @octokit/openapi 23.0.2.
const GITHUB: &str = "
GET /user
GET /user/repos visibility affiliation type sort direction per_page page since before
GET /repos/*/*/assignees per_page page
GET /repos/*/*/milestones state sort direction per_page page
GET /repos/*/*/issues milestone state assignee type creator mentioned labels sort direction since per_page page
GET /repos/*/*/issues/*
POST /repos/*/*/issues | title!:string,integer body:string assignee:string milestone:string,integer labels:array assignees:array type:string
PATCH /repos/*/*/issues/* | title:string,integer body:string state:string state_reason:string milestone:string,integer labels:array assignees:array type:string";

/// Google's discovery document of Tasks v1, revision 20261101. What is read-only there is not here.
const GOOGLE: &str = "
GET /v1/userinfo
GET /tasks/v1/users/@me/lists maxResults pageToken
GET /tasks/v1/lists/*/tasks completedMax completedMin dueMax dueMin maxResults pageToken showAssigned showCompleted showDeleted showHidden updatedMin
GET /tasks/v1/lists/*/tasks/*
POST /tasks/v1/lists/*/tasks parent previous | title:string notes:string due:string status:string completed:string
PATCH /tasks/v1/lists/*/tasks/* | title:string notes:string due:string status:string completed:string";

/// HubSpot's OpenAPI of tasks, contacts and owners, v3, as published in 2026.
const HUBSPOT: &str = "
GET /account-info/v3/details
GET /crm/v3/owners after archived email limit
GET /crm/v3/objects/contacts/* archived associations idProperty properties
GET /crm/v3/objects/tasks/* archived associations idProperty properties
POST /crm/v3/objects/tasks | associations!:array properties!:object
PATCH /crm/v3/objects/tasks/* idProperty | properties!:object
POST /crm/v3/objects/tasks/search | after!:string filterGroups!:array limit!:integer properties!:array query:string sorts!:array";

/// Atlassian's reference of the REST API v3, 2026-11.
const JIRA: &str = "
GET /rest/api/3/myself
GET /rest/api/3/serverInfo
GET /rest/api/3/project/search startAt maxResults orderBy query action status
GET /rest/api/3/user/assignable/search query accountId project issueKey startAt maxResults
GET /rest/api/3/issue/createmeta/*/issuetypes startAt maxResults
GET /rest/api/3/issue/createmeta/*/issuetypes/* startAt maxResults
GET /rest/api/3/issue/* fields expand properties
GET /rest/api/3/issue/*/transitions expand transitionId
POST /rest/api/3/issue updateHistory | fields!:object properties:array update:object
POST /rest/api/3/issue/*/transitions | transition!:object fields:object update:object
POST /rest/api/3/search/jql | jql!:string fields:array properties:array maxResults:integer nextPageToken:string expand:string";

const LINEAR: &str = "
POST /graphql | query!:string variables:object operationName:string";

/// Graph v1.0, the metadata of 2026-08-20.
const MICROSOFT: &str = "
GET /v1.0/me $select
GET /v1.0/me/todo/lists $top $skip $filter
GET /v1.0/me/todo/lists/*/tasks $top $skip $filter $orderby $select $expand
GET /v1.0/me/todo/lists/*/tasks/* $select $expand
GET /v1.0/me/todo/lists/*/tasks/*/linkedResources $top
POST /v1.0/me/todo/lists/*/tasks | title:string body:object categories:array dueDateTime:object reminderDateTime:object isReminderOn:boolean importance:string status:string linkedResources:array
PATCH /v1.0/me/todo/lists/*/tasks/* | title:string body:object categories:array dueDateTime:object importance:string status:string";

/// Notion's OpenAPI as of @notionhq/notion-mcp-server 2.5.2, API 2025-09-03.
const NOTION: &str = "
GET /v1/users/me
GET /v1/users start_cursor page_size
GET /v1/data_sources/*
GET /v1/pages/* filter_properties
GET /v1/blocks/*/children start_cursor page_size
POST /v1/search | query:string sort:object filter:object start_cursor:string page_size:integer
POST /v1/data_sources/*/query filter_properties | filter:object sorts:array start_cursor:string page_size:integer archived:boolean in_trash:boolean
POST /v1/pages | parent!:object properties!:object children:array icon:object cover:object
PATCH /v1/pages/* | properties:object in_trash:boolean archived:boolean icon:object cover:object";

/// Salesforce's reference of the REST API v60.0; the fields are those of its Task.
const SALESFORCE: &str = "
GET /services/oauth2/userinfo
GET /services/data/v60.0/query q!
GET /services/data/v60.0/query/*
GET /services/data/v60.0/sobjects/Task/describe
GET /services/data/v60.0/sobjects/Task/* fields
POST /services/data/v60.0/sobjects/Task | Subject:string Description:string ActivityDate:string OwnerId:string Priority:string Status:string WhoId:string WhatId:string
PATCH /services/data/v60.0/sobjects/Task/* | Status:string";

/// Todoist's reference of the API v1, 2026-11.
const TODOIST: &str = "
GET /api/v1/user
GET /api/v1/projects limit cursor
GET /api/v1/projects/*/collaborators limit cursor
GET /api/v1/tasks project_id section_id parent_id label ids limit cursor
GET /api/v1/tasks/*
POST /api/v1/tasks | content!:string description:string project_id:string section_id:string parent_id:string labels:array priority:integer assignee_id:string due_string:string due_date:string due_datetime:string due_lang:string
POST /api/v1/tasks/*/close";

/// Atlassian's reference of Trello's REST API 1, 2026-11.
const TRELLO: &str = "
GET /1/members/me fields
GET /1/members/me/boards fields filter
GET /1/boards/*/lists fields filter cards
GET /1/boards/*/members fields
GET /1/boards/*/labels fields limit
GET /1/boards/*/cards fields filter limit since before
GET /1/lists/*/cards fields
GET /1/cards/* fields
POST /1/cards | idList!:string name:string desc:string pos:string,number due:string dueComplete:boolean idMembers:array idLabels:array
PUT /1/cards/* | name:string desc:string closed:boolean due:string dueComplete:boolean idList:string";

fn description(provider: &str) -> &'static str {
    match provider {
        "asana" => ASANA,
        "clickup" => CLICKUP,
        "github" => GITHUB,
        "google" => GOOGLE,
        "hubspot" => HUBSPOT,
        "jira" => JIRA,
        "linear" => LINEAR,
        "microsoft" => MICROSOFT,
        "notion" => NOTION,
        "salesforce" => SALESFORCE,
        "todoist" => TODOIST,
        "trello" => TRELLO,
        other => panic!("{other} is not described"),
    }
}

/// Notes what of a request its provider does not describe.
pub(crate) fn hold(play: &mut Play, provider: &str, asked: &Asked, path: &str) {
    let own = |line: &&str| {
        let mut words = line.split(' ');
        words.next() == Some(&asked.method) && words.next().is_some_and(|own| is_at(own, path))
    };
    // What is written out is meant before what is an id.
    let lines = description(provider).lines().filter(own);
    let Some(line) = lines.min_by_key(|line| line.matches('*').count()) else {
        return play.must(false, format!("{provider} has no {} {path}", asked.method));
    };
    let (head, fields) = line.split_once(" | ").unwrap_or((line, ""));
    let known: Vec<&str> = head.split(' ').skip(2).collect();
    let query = asked.target.split_once('?').map_or("", |(_, query)| query);
    let given: Vec<String> =
        form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect();
    for name in &given {
        let is_known = known.iter().any(|own| own.trim_end_matches('!') == name);
        play.must(is_known, format!("{head}: the parameter {name:?}"));
    }
    for name in known.iter().filter_map(|own| own.strip_suffix('!')) {
        play.must(
            given.iter().any(|given| given == name),
            format!("{head}: the parameter {name:?} is missing"),
        );
    }
    body(play, head, fields, &asked.body);
}

fn body(play: &mut Play, head: &str, fields: &str, body: &str) {
    if fields.is_empty() {
        return play.must(body.is_empty() || body == "{}", format!("{head}: a body"));
    }
    let Ok(Value::Object(body)) = serde_json::from_str(body) else {
        return play.must(false, format!("{head}: the body is no object"));
    };
    let fields: Vec<(&str, &str)> = fields.split(' ').filter_map(|field| field.split_once(':')).collect();
    for (name, value) in &body {
        let known = fields.iter().find(|(own, _)| own.trim_end_matches('!') == name);
        let fits = known.is_some_and(|(_, kinds)| kinds.split(',').any(|own| own == kind(value)));
        play.must(fits, format!("{head}: the field {name} is {}, described: {known:?}", kind(value)));
    }
    for name in fields.iter().filter_map(|(own, _)| own.strip_suffix('!')) {
        play.must(body.contains_key(name), format!("{head}: the field {name} is missing"));
    }
}

pub(crate) fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_at(template: &str, path: &str) -> bool {
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    template.len() == path.len()
        && template.iter().zip(&path).all(|(own, step)| own == step || *own == "*" && !step.is_empty())
}

/// A stand-in that takes everything proves nothing.
#[test]
fn what_is_not_described_is_noted() {
    let noted = |provider: &str, method: &str, target: &str, body: &str| {
        let mut play = Play::default();
        let asked =
            Asked { method: method.into(), target: target.into(), headers: Vec::new(), body: body.into() };
        hold(&mut play, provider, &asked, target.split('?').next().unwrap());
        play.notes
    };
    let fine = r#"{"content": "x", "labels": []}"#;
    assert!(noted("todoist", "POST", "/api/v1/tasks", fine).is_empty());
    for (method, target, body) in [
        ("POST", "/api/v2/tasks", fine),
        ("PUT", "/api/v1/tasks", fine),
        ("POST", "/api/v1/tasks?x=1", fine),
        ("POST", "/api/v1/tasks", r#"{"content": 5}"#),
        ("POST", "/api/v1/tasks", r#"{"labels": []}"#),
        ("POST", "/api/v1/tasks", r#"{"content": "x", "title": "x"}"#),
        ("POST", "/api/v1/tasks", "[]"),
        ("GET", "/api/v1/tasks", fine),
        ("GET", "/api/v1/tasks/", ""),
    ] {
        assert_eq!(noted("todoist", method, target, body).len(), 1, "{method} {target} {body}");
    }
    assert_eq!(noted("salesforce", "GET", "/services/data/v60.0/query", "").len(), 1);
}

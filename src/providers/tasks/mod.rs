//! TASKS, BY DIALECT: how each target wants a task, and how it is asked what became of one. One file is one dialect; the
//! provider file names it (`[capability.tasks] dialect`), and nothing else chooses it.
//!
//! To add one: its file with `TRAITS` and the functions that `Dialect` calls below, its variant, its word and its arms.
//! A dialect sees one connection through a [`Line`] and knows neither the outbox nor the index: names are ids by the
//! time that it sees them, and what repeats, waits or gives up is the engine's (`task/`).

mod answer;
mod asana;
mod clickup;
mod github;
mod google_tasks;
mod html;
mod hubspot;
mod jira;
mod line;
mod linear;
mod memo;
mod notion;
mod order;
mod prose;
mod salesforce;
mod target;
mod todo;
mod todoist;
mod traits;
mod trello;

use http::StatusCode;
use serde_json::Value;

use answer::{choice, items, put, targets_of, text};
pub(crate) use line::{Line, Trouble};
pub(crate) use memo::Memo;
pub(crate) use order::Order;
use order::{due_ms, mark, marked, since};
pub(crate) use target::{Part, Target};
pub(crate) use traits::{Dues, Limit, Notes, Once, Tags, Traits};

use crate::http::Request;
use crate::new_task::{Created, Remote};
use crate::providers::Provider;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Asana,
    Clickup,
    Github,
    GoogleTasks,
    Hubspot,
    Jira,
    Linear,
    Notion,
    Salesforce,
    Todo,
    Todoist,
    Trello,
}

/// A task that exists: its id, and the id of the list it was put into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub id: &'a str,
    pub list: Option<&'a str>,
}

impl Dialect {
    pub(crate) const ALL: [Dialect; 12] = [
        Dialect::Asana,
        Dialect::Clickup,
        Dialect::Github,
        Dialect::GoogleTasks,
        Dialect::Hubspot,
        Dialect::Jira,
        Dialect::Linear,
        Dialect::Notion,
        Dialect::Salesforce,
        Dialect::Todo,
        Dialect::Todoist,
        Dialect::Trello,
    ];

    /// As provider files name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Dialect::Asana => "asana",
            Dialect::Clickup => "clickup",
            Dialect::Github => "github",
            Dialect::GoogleTasks => "google-tasks",
            Dialect::Hubspot => "hubspot",
            Dialect::Jira => "jira",
            Dialect::Linear => "linear",
            Dialect::Notion => "notion",
            Dialect::Salesforce => "salesforce",
            Dialect::Todo => "todo",
            Dialect::Todoist => "todoist",
            Dialect::Trello => "trello",
        }
    }

    /// The dialect in which this provider takes tasks.
    pub(crate) fn of(provider: &Provider) -> Option<Dialect> {
        let word = provider.capability.get("tasks")?.dialect.as_deref()?;
        Dialect::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    pub(crate) fn traits(self) -> &'static Traits {
        match self {
            Dialect::Asana => &asana::TRAITS,
            Dialect::Clickup => &clickup::TRAITS,
            Dialect::Github => &github::TRAITS,
            Dialect::GoogleTasks => &google_tasks::TRAITS,
            Dialect::Hubspot => &hubspot::TRAITS,
            Dialect::Jira => &jira::TRAITS,
            Dialect::Linear => &linear::TRAITS,
            Dialect::Notion => &notion::TRAITS,
            Dialect::Salesforce => &salesforce::TRAITS,
            Dialect::Todo => &todo::TRAITS,
            Dialect::Todoist => &todoist::TRAITS,
            Dialect::Trello => &trello::TRAITS,
        }
    }

    /// Every folder and list that a task could go into. What else the answers hold (people, tags) may come along.
    pub(crate) async fn targets(self, line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
        match self {
            Dialect::Asana => asana::targets(line).await,
            Dialect::Clickup => clickup::targets(line).await,
            Dialect::Github => github::targets(line).await,
            Dialect::GoogleTasks => google_tasks::targets(line).await,
            Dialect::Hubspot => hubspot::targets(line).await,
            Dialect::Jira => jira::targets(line).await,
            Dialect::Linear => linear::targets(line).await,
            Dialect::Notion => notion::targets(line).await,
            Dialect::Salesforce => Ok(Vec::new()),
            Dialect::Todo => todo::targets(line).await,
            Dialect::Todoist => todoist::targets(line).await,
            Dialect::Trello => trello::targets(line).await,
        }
    }

    /// The people or tags that a list knows: asked when a name is not among what is known already.
    pub(crate) async fn parts(
        self,
        line: &Line<'_>,
        part: Part,
        list: Option<&Target>,
    ) -> Result<Vec<Target>, Trouble> {
        match self {
            Dialect::Asana => asana::parts(line, part, list).await,
            Dialect::Clickup => clickup::parts(line, part, list).await,
            Dialect::Github => github::parts(line, part, list).await,
            Dialect::GoogleTasks => Ok(Vec::new()),
            Dialect::Hubspot => hubspot::parts(line, part, list).await,
            Dialect::Jira => jira::parts(line, part, list).await,
            Dialect::Linear => linear::parts(line, part, list).await,
            Dialect::Notion => notion::parts(line, part, list).await,
            Dialect::Salesforce => salesforce::parts(line, part, list).await,
            Dialect::Todo => Ok(Vec::new()),
            Dialect::Todoist => todoist::parts(line, part, list).await,
            Dialect::Trello => trello::parts(line, part, list).await,
        }
    }

    /// The one request that creates it. May ask for what it needs, and must change nothing.
    pub(crate) async fn request(self, line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
        match self {
            Dialect::Asana => asana::request(line, order).await,
            Dialect::Clickup => clickup::request(line, order).await,
            Dialect::Github => github::request(line, order).await,
            Dialect::GoogleTasks => google_tasks::request(line, order),
            Dialect::Hubspot => hubspot::request(line, order).await,
            Dialect::Jira => jira::request(line, order).await,
            Dialect::Linear => linear::request(line, order),
            Dialect::Notion => notion::request(line, order).await,
            Dialect::Salesforce => salesforce::request(line, order).await,
            Dialect::Todo => todo::request(line, order).await,
            Dialect::Todoist => todoist::request(line, order),
            Dialect::Trello => trello::request(line, order),
        }
    }

    /// What was created, by the answer to that request, whatever its status: an error may name what was made all the
    /// same. `None`: the answer does not say.
    pub(crate) fn created(
        self,
        line: &Line<'_>,
        status: StatusCode,
        body: &Value,
        order: &Order<'_>,
    ) -> Option<Created> {
        match self {
            Dialect::Asana => asana::created(status, body),
            Dialect::Clickup => clickup::created(status, body),
            Dialect::Github => github::created(status, body, order),
            Dialect::GoogleTasks => google_tasks::created(status, body),
            Dialect::Hubspot => hubspot::created(status, body, order),
            Dialect::Jira => jira::created(status, body, order),
            Dialect::Linear => linear::created(body, order),
            Dialect::Notion => notion::created(status, body),
            Dialect::Salesforce => salesforce::created(line, status, body),
            Dialect::Todo => todo::created(status, body),
            Dialect::Todoist => todoist::created(status, body),
            Dialect::Trello => trello::created(status, body),
        }
    }

    /// Looks for what an earlier try may have created. Asked only where `Once` is `ClientId` or `Marker`.
    pub(crate) async fn find(self, line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
        match self {
            Dialect::Asana => asana::find(line, order).await,
            Dialect::Clickup => clickup::find(line, order).await,
            Dialect::Github => github::find(line, order).await,
            Dialect::GoogleTasks => google_tasks::find(line, order).await,
            Dialect::Hubspot => hubspot::find(line, order).await,
            Dialect::Jira => jira::find(line, order).await,
            Dialect::Linear => linear::find(line, order.mark).await,
            Dialect::Notion => notion::find(line, order).await,
            Dialect::Salesforce => salesforce::find(line, order).await,
            Dialect::Todo => todo::find(line, order).await,
            Dialect::Todoist => Ok(None),
            Dialect::Trello => trello::find(line, order).await,
        }
    }

    /// `None`: it is not there any more.
    pub(crate) async fn get(self, line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
        let found = match self {
            Dialect::Asana => asana::get(line, known).await,
            Dialect::Clickup => clickup::get(line, known).await,
            Dialect::Github => github::get(line, known).await,
            Dialect::GoogleTasks => google_tasks::get(line, known).await,
            Dialect::Hubspot => hubspot::get(line, known).await,
            Dialect::Jira => jira::get(line, known).await,
            Dialect::Linear => linear::get(line, known).await,
            Dialect::Notion => notion::get(line, known).await,
            Dialect::Salesforce => salesforce::get(line, known).await,
            Dialect::Todo => todo::get(line, known).await,
            Dialect::Todoist => todoist::get(line, known).await,
            Dialect::Trello => trello::get(line, known).await,
        };
        match found {
            Err(Trouble::Refused { status: 404 | 410, .. }) => Ok(None),
            other => other,
        }
    }

    /// Marks it as done; done twice is done.
    pub(crate) async fn done(self, line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
        match self {
            Dialect::Asana => asana::done(line, known).await,
            Dialect::Clickup => clickup::done(line, known).await,
            Dialect::Github => github::done(line, known).await,
            Dialect::GoogleTasks => google_tasks::done(line, known).await,
            Dialect::Hubspot => hubspot::done(line, known).await,
            Dialect::Jira => jira::done(line, known).await,
            Dialect::Linear => linear::done(line, known).await,
            Dialect::Notion => notion::done(line, known).await,
            Dialect::Salesforce => salesforce::done(line, known).await,
            Dialect::Todo => todo::done(line, known).await,
            Dialect::Todoist => todoist::done(line, known).await,
            Dialect::Trello => trello::done(line, known).await,
        }
    }

    /// The open tasks of a list, or of all that the provider shows together.
    pub(crate) async fn list(self, line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
        match self {
            Dialect::Asana => asana::list(line, list).await,
            Dialect::Clickup => clickup::list(line, list).await,
            Dialect::Github => github::list(line, list).await,
            Dialect::GoogleTasks => google_tasks::list(line, list).await,
            Dialect::Hubspot => hubspot::list(line, list).await,
            Dialect::Jira => jira::list(line, list).await,
            Dialect::Linear => linear::list(line, list).await,
            Dialect::Notion => notion::list(line, list).await,
            Dialect::Salesforce => salesforce::list(line, list).await,
            Dialect::Todo => todo::list(line, list).await,
            Dialect::Todoist => todoist::list(line, list).await,
            Dialect::Trello => trello::list(line, list).await,
        }
    }
}

//! TASKS, BY DIALECT: how each target wants a task, and how it is asked what became of one. One file is one dialect; the
//! provider file names it (`[capability.tasks] dialect`), and nothing else chooses it.
//!
//! To add one: its file with `TRAITS` and the functions that `Dialect` calls below, its variant, its word and its arms.
//! A dialect sees one connection through a [`Line`] and knows neither the outbox nor the index: names are ids by the
//! time that it sees them, and what repeats, waits or gives up is the engine's (`task/`).

mod google_tasks;
mod line;
mod linear;
#[allow(dead_code)]
pub(crate) mod markdown;
mod target;
mod todoist;
mod traits;

use http::StatusCode;
use serde_json::Value;

pub(crate) use line::{Line, Trouble};
pub(crate) use target::{Part, Target};
pub(crate) use traits::{Dues, Limit, Notes, Once, Tags, Traits};

use crate::http::Request;
use crate::new_task::{Created, NewTask, Remote};
use crate::providers::Provider;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    GoogleTasks,
    Linear,
    Todoist,
}

/// One task, with everything a name stood for resolved.
pub(crate) struct Order<'a> {
    pub task: &'a NewTask,
    /// Markdown; the address is in it where the dialect has no field for one.
    pub notes: Option<String>,
    pub list: Option<&'a Target>,
    pub assignee: Option<&'a Target>,
    /// Where tags are `Tags::Known`; else see the task.
    pub tags: Vec<&'a Target>,
    /// A UUID (version 4, lower case), the same for every try of this task.
    pub mark: &'a str,
    /// The first try was at this time (unix seconds): the task cannot be older.
    pub since: i64,
}

/// A task that exists: its id, and the id of the list it was put into.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known<'a> {
    pub id: &'a str,
    pub list: Option<&'a str>,
}

impl Dialect {
    pub(crate) const ALL: [Dialect; 3] = [Dialect::GoogleTasks, Dialect::Linear, Dialect::Todoist];

    /// As provider files name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Dialect::GoogleTasks => "google-tasks",
            Dialect::Linear => "linear",
            Dialect::Todoist => "todoist",
        }
    }

    /// The dialect in which this provider takes tasks.
    pub(crate) fn of(provider: &Provider) -> Option<Dialect> {
        let word = provider.capability.get("tasks")?.dialect.as_deref()?;
        Dialect::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    pub(crate) fn traits(self) -> &'static Traits {
        match self {
            Dialect::GoogleTasks => &google_tasks::TRAITS,
            Dialect::Linear => &linear::TRAITS,
            Dialect::Todoist => &todoist::TRAITS,
        }
    }

    /// Every folder and list that a task could go into. What else the answers hold (people, tags) may come along.
    pub(crate) async fn targets(self, line: &Line<'_>) -> Result<Vec<Target>, Trouble> {
        match self {
            Dialect::GoogleTasks => google_tasks::targets(line).await,
            Dialect::Linear => linear::targets(line).await,
            Dialect::Todoist => todoist::targets(line).await,
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
            Dialect::GoogleTasks => Ok(Vec::new()),
            Dialect::Linear => linear::parts(line, part, list).await,
            Dialect::Todoist => todoist::parts(line, part, list).await,
        }
    }

    /// The one request that creates it. May ask for what it needs, and must change nothing.
    pub(crate) async fn request(self, line: &Line<'_>, order: &Order<'_>) -> Result<Request, Trouble> {
        match self {
            Dialect::GoogleTasks => google_tasks::request(line, order),
            Dialect::Linear => linear::request(line, order),
            Dialect::Todoist => todoist::request(line, order),
        }
    }

    /// What was created, by the answer to that request, whatever its status: an error may name what was made all the
    /// same. `None`: the answer does not say.
    pub(crate) fn created(self, status: StatusCode, body: &Value, order: &Order<'_>) -> Option<Created> {
        match self {
            Dialect::GoogleTasks => google_tasks::created(status, body),
            Dialect::Linear => linear::created(body, order),
            Dialect::Todoist => todoist::created(status, body),
        }
    }

    /// Looks for what an earlier try may have created. Asked only where `Once` is `ClientId` or `Marker`.
    pub(crate) async fn find(self, line: &Line<'_>, order: &Order<'_>) -> Result<Option<Created>, Trouble> {
        match self {
            Dialect::GoogleTasks => google_tasks::find(line, order).await,
            Dialect::Linear => linear::find(line, order.mark).await,
            Dialect::Todoist => Ok(None),
        }
    }

    /// `None`: it is not there any more.
    pub(crate) async fn get(self, line: &Line<'_>, known: Known<'_>) -> Result<Option<Remote>, Trouble> {
        let found = match self {
            Dialect::GoogleTasks => google_tasks::get(line, known).await,
            Dialect::Linear => linear::get(line, known).await,
            Dialect::Todoist => todoist::get(line, known).await,
        };
        match found {
            Err(Trouble::Refused { status: 404 | 410, .. }) => Ok(None),
            other => other,
        }
    }

    /// Marks it as done; done twice is done.
    pub(crate) async fn done(self, line: &Line<'_>, known: Known<'_>) -> Result<(), Trouble> {
        match self {
            Dialect::GoogleTasks => google_tasks::done(line, known).await,
            Dialect::Linear => linear::done(line, known).await,
            Dialect::Todoist => todoist::done(line, known).await,
        }
    }

    /// The open tasks of a list, or of all that the provider shows together.
    pub(crate) async fn list(self, line: &Line<'_>, list: Option<&Target>) -> Result<Vec<Remote>, Trouble> {
        match self {
            Dialect::GoogleTasks => google_tasks::list(line, list).await,
            Dialect::Linear => linear::list(line, list).await,
            Dialect::Todoist => todoist::list(line, list).await,
        }
    }
}

/// A text field of an answer.
fn text(value: &Value, field: &str) -> Option<String> {
    match value.get(field)? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A field of a request, where there is something to say.
fn put(body: &mut Value, field: &str, value: Option<impl Into<Value>>) {
    if let (Value::Object(fields), Some(value)) = (body, value) {
        fields.insert(field.to_owned(), value.into());
    }
}

/// `targets` of an answer's items: those that have an id and a name.
fn targets_of(items: &[Value], part: Part, id: &str, name: &str) -> Vec<Target> {
    items.iter().filter_map(|item| Some(Target::new(part, text(item, id)?, text(item, name)?))).collect()
}

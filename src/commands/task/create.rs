//! Creates tasks.

use std::path::PathBuf;

use clap::Args;

use super::many;
use crate::app::App;
use crate::clock;
use crate::error::{Error, Kind};
use crate::new_task::{Due, NewTask, Priority};
use crate::task::{self, Ask, batch};

/// Create a task, or many
///
/// Each task is written down before it is sent, so that nothing is lost and nothing is created twice. What cannot be sent
/// now is kept, and sent after the next connect or sync, by the schedule, or by `integ task retry`.
#[derive(Args)]
#[command(after_help = "Examples:
  integ task create \"Send the offer\" --due friday --to clickup
  integ task create \"Fix the login\" --to linear/ENG --priority high --notes-file notes.md
  integ task create --from-event EVENT --to todoist
  integ task create --batch tasks.csv --to google/work/Errands")]
pub(crate) struct Create {
    /// What is to be done: one line
    #[arg(required_unless_present_any = ["batch", "from_event"])]
    title: Option<String>,
    /// Where: a connection, or a list of it
    #[arg(long, value_name = "NAME[/LIST]")]
    to: Option<String>,
    /// The list, project, team, database or repository there
    #[arg(long, alias = "project", value_name = "LIST")]
    list: Option<String>,
    /// More about it, in markdown
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    notes: Option<String>,
    /// More about it, from a file or from standard input (-)
    #[arg(long, value_name = "FILE", conflicts_with = "notes")]
    notes_file: Option<PathBuf>,
    /// Until when: 2026-12-01, 2026-12-01T14:00, today, friday, tomorrow 9am, +3d
    #[arg(long, value_name = "WHEN", value_parser = due_argument, allow_hyphen_values = true)]
    due: Option<Due>,
    /// Who does it: an address, a name or an id
    #[arg(long, value_name = "PERSON")]
    assignee: Option<String>,
    /// urgent, high, normal or low
    #[arg(long, value_name = "LEVEL", value_parser = Priority::parse)]
    priority: Option<Priority>,
    /// A tag; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// The task that it is a part of: its id there, or its number here
    #[arg(long, value_name = "ID")]
    parent: Option<String>,
    /// An address that belongs to it
    #[arg(long, value_name = "URL", value_parser = url_argument)]
    url: Option<String>,
    /// A field that only this target has; may be repeated
    #[arg(long = "field", value_name = "NAME=VALUE", value_parser = field_argument)]
    fields: Vec<(String, String)>,
    /// A task about an event of the mirrored calendars: its title, time, people and link; once for each event and title
    #[arg(long, value_name = "ID", conflicts_with = "batch")]
    from_event: Option<String>,
    /// Many at once: JSON lines, CSV or a markdown checklist, from a file or from standard input (-)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["title", "notes_file", "key"])]
    batch: Option<PathBuf>,
    /// The same key is the same task, however often it is created, on every machine of the account (where the provider
    /// knows no keys: of the last 30 days, and not from two machines at the same moment; with Todoist, which forgets
    /// them: for half an hour)
    #[arg(long, value_name = "KEY", value_parser = key_argument)]
    key: Option<String>,
    /// It may wait: exit 0 where it is kept and cannot be sent now
    #[arg(long)]
    queue: bool,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(super) dry_run: bool,
}

impl Create {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match &self.batch {
            Some(path) => self.many(app, path),
            None => self.one(app),
        }
    }

    fn one(&self, app: &App) -> Result<(), Error> {
        let mut task = self.options(NewTask::default())?;
        let mut kind = if self.url.is_some() { "link" } else { "task" };
        let mut key = self.key.clone();
        if let Some(id) = &self.from_event {
            let unknown = || {
                Error::new(Kind::NoTarget, format!("there is no event `{id}` in the mirror"))
                    .help("integ calendar events --json shows their ids; integ sync brings new ones")
            };
            let found = app.index()?.event_called(id, clock::now())?.ok_or_else(unknown)?;
            let title = self.title.as_deref().unwrap_or_default();
            let own = || task::key_of_event(&self.scope(), &found.remote, title);
            key.get_or_insert_with(own);
            task = over(task::from_event(&found, task::due::now().time_zone()), task);
            kind = "event";
        }
        if let Some(title) = &self.title {
            task.title.clone_from(title);
        }
        // A key that is known needs no place: it is that task.
        if let (Some(key), None) = (&self.key, &self.to)
            && let [known] = app.index()?.entries_of_key(key, None)?.as_slice()
        {
            let to = task::destination(app, &known.connection)?;
            let to = task::Destination { list: known.list.clone(), ..to };
            let ask = Ask { task, to, key: self.key.clone() };
            return many::run(app, vec![(0, Ok(ask))], self.queue, false);
        }
        let to = self.placed(task::route(app, self.to.as_deref(), &task, kind)?, None)?;
        app.subject.set(Some(to.name.to_string()));
        many::run(app, vec![(0, Ok(Ask { task, to, key }))], self.queue, false)
    }

    /// What belongs into the keys that are made of something else: where it was asked to go.
    fn scope(&self) -> String {
        [self.to.as_deref(), self.list.as_deref()].map(Option::unwrap_or_default).join("\n")
    }

    fn many(&self, app: &App, path: &std::path::Path) -> Result<(), Error> {
        let bytes = crate::commands::api::read_input(path)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::usage(format!("{} is no UTF-8 text", path.display())))?;
        let name = path.file_name().and_then(|name| name.to_str());
        let format = batch::Format::of(name, &text);
        let batch::Batch { lines, left_out } = batch::read(&text, format, &self.scope())
            .map_err(|why| Error::usage(format!("{}: {why}", path.display())))?;
        if left_out > 0 {
            let lines =
                if left_out == 1 { "1 line was".to_owned() } else { format!("{left_out} lines were") };
            app.out.say(format!("{lines} left out: ticked, or no item of a list."));
        }
        let mut asks = Vec::with_capacity(lines.len());
        // Thousands of lines name a few places.
        let mut places = std::collections::HashMap::new();
        for line in lines {
            let ask = line.wanted.map_err(Error::usage).and_then(|wanted| {
                let task = self.options(wanted.task)?;
                let to = wanted.to.as_deref().or(self.to.as_deref());
                let kind = if task.url.is_some() { "link" } else { "task" };
                let to = match to {
                    None => task::route(app, None, &task, kind)?,
                    Some(to) => match places.get(to) {
                        Some(known) => task::Destination::clone(known),
                        None => {
                            let found = task::destination(app, to)?;
                            places.insert(to.to_owned(), found.clone());
                            found
                        }
                    },
                };
                let to = self.placed(to, wanted.list)?;
                Ok(Ask { task, to, key: wanted.key })
            });
            asks.push((line.number, ask));
        }
        many::run(app, asks, self.queue, true)
    }

    /// The list of `--to NAME/LIST`, of `--list`, or of the line.
    fn placed(&self, mut to: task::Destination, own: Option<String>) -> Result<task::Destination, Error> {
        match (own.or_else(|| self.list.clone()), &to.list) {
            (Some(_), Some(there)) => {
                Err(Error::usage(format!("the list is named twice: `{there}` and by --list")))
            }
            (Some(list), None) => {
                to.list = Some(list);
                Ok(to)
            }
            (None, _) => Ok(to),
        }
    }

    /// What the options say, where the task itself says nothing.
    fn options(&self, task: NewTask) -> Result<NewTask, Error> {
        let notes = match (&self.notes, &self.notes_file) {
            (Some(text), _) => Some(text.clone()),
            (None, Some(path)) if task.notes.is_none() => {
                let bytes = crate::commands::api::read_input(path)?;
                let text = String::from_utf8(bytes);
                Some(text.map_err(|_| Error::usage(format!("{} is no UTF-8 text", path.display())))?)
            }
            _ => None,
        };
        let own = NewTask {
            title: String::new(),
            notes,
            due: self.due.clone(),
            assignee: self.assignee.clone(),
            priority: self.priority,
            tags: self.tags.clone(),
            parent: self.parent.clone(),
            url: self.url.clone(),
            fields: self.fields.clone(),
        };
        Ok(over(own, task))
    }
}

/// What `above` says goes before what `below` says; tags and fields add up.
fn over(below: NewTask, above: NewTask) -> NewTask {
    let mut tags = above.tags;
    tags.extend(below.tags.into_iter().filter(|tag| !tags.contains(tag)).collect::<Vec<_>>());
    let mut fields = above.fields;
    let more = below.fields.into_iter().filter(|(name, _)| !fields.iter().any(|(own, _)| own == name));
    fields.extend(more.collect::<Vec<_>>());
    NewTask {
        title: if above.title.is_empty() { below.title } else { above.title },
        notes: above.notes.or(below.notes),
        due: above.due.or(below.due),
        assignee: above.assignee.or(below.assignee),
        priority: above.priority.or(below.priority),
        tags,
        parent: above.parent.or(below.parent),
        url: above.url.or(below.url),
        fields,
    }
}

fn due_argument(text: &str) -> Result<Due, String> {
    task::due::parse(text, &task::due::now())
}

fn url_argument(text: &str) -> Result<String, String> {
    let sound = text.parse::<url::Url>().is_ok() && !text.chars().any(char::is_control);
    if sound { Ok(text.to_owned()) } else { Err("that is no address: use https://…".to_owned()) }
}

fn field_argument(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
        _ => Err("use NAME=VALUE".to_owned()),
    }
}

fn key_argument(text: &str) -> Result<String, String> {
    match text.trim().is_empty() || text.len() > 500 || text.chars().any(char::is_control) {
        true => Err("a key is a line of at most 500 bytes".to_owned()),
        false => Ok(text.to_owned()),
    }
}

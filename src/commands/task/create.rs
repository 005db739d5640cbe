//! Creates tasks.

use clap::Args;

use super::show_rows;
use crate::app::App;
use crate::error::{Error, Kind};
use crate::index::{Draft, Entry, State};
use crate::new_task::{Due, NewTask, Priority};
use crate::task::{self, Courier, Destination, Flush, Verdict};

/// Create a task
#[derive(Args)]
pub(crate) struct Create {
    /// What is to be done
    title: Option<String>,
    /// Where: a connection, or a list of it (NAME/LIST)
    #[arg(long, value_name = "NAME[/LIST]")]
    to: Option<String>,
    /// More about it, in markdown
    #[arg(long, value_name = "TEXT")]
    notes: Option<String>,
    /// Until when: 2026-12-01, 2026-12-01T14:00, today, friday, +3d
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
    /// The same key is the same task, however often it is created
    #[arg(long, value_name = "KEY")]
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
        let title = self.title.clone().ok_or_else(|| Error::usage("a task needs a title"))?;
        let task = NewTask {
            title,
            notes: self.notes.clone(),
            due: self.due.clone(),
            assignee: self.assignee.clone(),
            priority: self.priority,
            tags: self.tags.clone(),
            ..NewTask::default()
        };
        let to = self.to.as_deref().ok_or_else(|| Error::usage("say where: --to NAME[/LIST]"))?;
        let destination = task::destination(app, to)?;
        app.subject.set(Some(destination.name.to_string()));
        let (entry, notices, failed) = self.one(app, task, &destination)?;
        if app.is_dry() {
            return Ok(());
        }
        if app.out.json {
            app.out.document("tasks", vec![show_rows::json(&entry, &notices)])?;
        } else {
            app.out.line(&show_rows::line(&entry))?;
        }
        match failed {
            None => Ok(()),
            Some(_) if self.queue && entry.state == State::Queued => Ok(()),
            Some(error) => {
                if !app.out.json {
                    app.out.always(&error.message);
                }
                Err(Error::passed_on(error.exit()))
            }
        }
    }

    fn one(
        &self,
        app: &App,
        task: NewTask,
        destination: &Destination,
    ) -> Result<(Entry, Vec<String>, Option<Error>), Error> {
        let name = &destination.name;
        let opened = match &destination.waits {
            None => Courier::open(app, name),
            Some(waits) => Err(waits.error()),
        };
        let courier = opened?;
        task::fits(&task, courier.traits(), name)?;
        let notices = task::notices(&task, courier.traits(), &courier.provider.title);
        notices.iter().for_each(|notice| app.out.warn(notice));
        let resolved = app.block_on(courier.resolve(&task, destination.list.as_deref(), None))?;
        let resolved = match resolved {
            Err(halt) if halt.verdict == Verdict::Parked => return Err(halt.error),
            resolved => resolved.ok(),
        };
        let key = self.key.clone().unwrap_or_else(task::made_key);
        let account = courier.account.clone();
        let mark = task::mark_of(account.as_deref().unwrap_or(name.as_str()), &key);
        if app.is_dry() {
            let resolved = resolved.unwrap_or_default();
            let outcome = app.block_on(courier.deliver(0, &task, &mark, &resolved, Default::default()))?;
            return Err(outcome.err().map_or(Error::new(Kind::Internal, "it was sent"), |halt| halt.error));
        }
        let place = resolved.and_then(|resolved| resolved.list).map(|list| list.id);
        let draft = Draft {
            key,
            mark,
            connection: name.to_string(),
            account,
            list: destination.list.clone(),
            place,
            task,
        };
        let rows = app.index()?.enqueue(&[draft])?;
        let (entry, _) = rows.into_iter().next().ok_or_else(|| Error::new(Kind::Internal, "no row"))?;
        let id = entry.id;
        let mut failed = None;
        if entry.state != State::Done {
            let flush = Flush { courier: &courier, only: Some(vec![id]) };
            app.block_on(flush.run(|delivered| failed = delivered.outcome.err()))??;
        }
        let entry = app.index()?.entry(id)?.ok_or_else(|| Error::new(Kind::Internal, "the row is gone"))?;
        Ok((entry, notices, failed))
    }
}

fn due_argument(text: &str) -> Result<Due, String> {
    task::due::parse(text, &task::due::now())
}

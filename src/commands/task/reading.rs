//! What became of a task: as it is there now, marked as done, or opened.

use clap::Args;
use serde_json::{Value, json};
use url::Url;

use super::row;
use crate::app::{App, environment};
use crate::clock;
use crate::error::{Error, Kind};
use crate::http::host;
use crate::index::{Entry, State};
use crate::output::{self, sanitise};
use crate::providers::tasks::Known;
use crate::task::Courier;

/// Show a task, and how it is at its provider now
#[derive(Args)]
pub(crate) struct Show {
    /// The task, by number or key
    id: String,
    /// Only what integ knows; ask nobody
    #[arg(long)]
    offline: bool,
}

/// Mark tasks as done, where they are
#[derive(Args)]
pub(crate) struct Done {
    /// The tasks, by number or key
    #[arg(value_name = "ID", required = true)]
    ids: Vec<String>,
}

/// Open a task in the browser
#[derive(Args)]
pub(crate) struct Open {
    /// The task, by number or key
    id: String,
}

/// The connection that a task was created with, if it still belongs to the same account.
fn courier_of<'a>(app: &'a App, entry: &Entry) -> Result<Courier<'a>, Error> {
    let name = entry.connection.parse().map_err(|_| Error::new(Kind::Internal, "no name"))?;
    let courier = Courier::open(app, &name)?;
    if let (Some(theirs), Some(ours)) = (&entry.account, &courier.account)
        && theirs != ours
    {
        return Err(Error::new(Kind::AccountMismatch, format!("{name} belongs to another account now")));
    }
    Ok(courier)
}

fn not_created(entry: &Entry) -> Error {
    let id = entry.id;
    Error::usage(format!("task {id} is not created yet: it is {}", entry.state.word()))
        .help(format!("integ task show {id}"))
}

impl Show {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let entry = super::entry(app, &self.id)?;
        let mut there = None;
        if let (Some(id), false) = (&entry.remote, self.offline) {
            let courier = courier_of(app, &entry)?;
            let known = Known { id, list: entry.place.as_deref() };
            let found = app.block_on(courier.look(async |line| courier.dialect.get(line, known).await))?;
            there = Some(found.map_err(|halt| halt.error)?);
        }
        if app.out.json {
            let mut item = row::json(&entry, &[]);
            let remote = there.map(|remote| {
                remote.map(
                    |task| json!({"title": task.title, "done": task.done, "due": task.due, "url": task.url}),
                )
            });
            if let Value::Object(item) = &mut item {
                item.insert("exists".to_owned(), json!(remote.as_ref().map(Option::is_some)));
                item.insert("remote".to_owned(), json!(remote.flatten()));
                item.insert("task".to_owned(), json!(entry.task));
            }
            return Ok(app.out.document("tasks", vec![item])?);
        }
        let mut lines = vec![("title", entry.task.title.clone()), ("state", entry.state.word().to_owned())];
        let mut line = |label, text: Option<String>| lines.extend(text.map(|text| (label, text)));
        line(
            "where",
            Some(
                entry.list.as_ref().map_or(entry.connection.clone(), |l| format!("{}/{l}", entry.connection)),
            ),
        );
        line("key", Some(entry.key.clone()));
        line("id there", entry.remote.clone());
        line("address", entry.url.clone());
        line("created", Some(clock::local(entry.created_at)));
        line("sent", entry.sent_at.map(clock::local));
        line("next try", entry.retry_at.filter(|_| entry.state == State::Queued).map(clock::local));
        if let Some(error) = entry.error.as_ref().filter(|_| entry.state != State::Done) {
            line("error", Some(error.message.clone()));
            line("help", error.help.clone());
        }
        if let Some(there) = there {
            let words = match &there {
                None => "it is not there any more".to_owned(),
                Some(task) if task.done => "done".to_owned(),
                Some(_) => "open".to_owned(),
            };
            line("there", Some(words));
            line("title there", there.filter(|task| task.title != entry.task.title).map(|task| task.title));
        }
        for (label, text) in lines {
            app.out.line(format!("{label:<12} {}", sanitise::line(&text)))?;
        }
        Ok(())
    }
}

impl Done {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (mut items, mut failed) = (Vec::new(), Vec::new());
        for text in &self.ids {
            match done(app, text) {
                Ok(entry) if app.out.json => items.push(row::json(&entry, &[])),
                Ok(entry) => app.out.say(format!("Done: {}", sanitise::line(&entry.task.title))),
                Err(error) if self.ids.len() == 1 => return Err(error),
                Err(error) => {
                    app.out.warn(&error.message);
                    failed.push(error);
                }
            }
        }
        if app.out.json {
            app.out.document("tasks", items)?;
        }
        Error::of_many(self.ids.len(), &failed).map_or(Ok(()), Err)
    }
}

fn done(app: &App, text: &str) -> Result<Entry, Error> {
    let entry = super::entry(app, text)?;
    let id = entry.remote.as_deref().ok_or_else(|| not_created(&entry))?;
    let courier = courier_of(app, &entry)?;
    let known = Known { id, list: entry.place.as_deref() };
    let outcome = app.block_on(courier.look(async |line| courier.dialect.done(line, known).await))?;
    outcome.map_err(|halt| halt.error)?;
    Ok(entry)
}

impl Open {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let entry = super::entry(app, &self.id)?;
        if entry.remote.is_none() {
            return Err(not_created(&entry));
        }
        let no_page = || Error::new(Kind::ProviderError, format!("task {} has no page of its own", entry.id));
        let text = entry.url.as_deref().ok_or_else(no_page)?;
        // A provider's word: nothing but a web page is opened.
        let url: Url = text.parse().ok().filter(|url| host::safe(url).is_ok()).ok_or_else(no_page)?;
        if app.out.json {
            return Ok(app.out.document("tasks", vec![row::json(&entry, &[])])?);
        }
        let configured = app.config()?.text("connect.browser").map(Into::into);
        let browser = environment::os_text("BROWSER").or(configured);
        if !app.prompt.may_act() {
            return Ok(app.out.line(url.as_str())?);
        }
        if let Err(why) = output::open_browser(&url, browser.as_deref(), environment::without_secrets) {
            app.out.warn(&format!("no browser could be opened: {why}"));
            app.out.line(url.as_str())?;
        }
        Ok(())
    }
}

//! One task or many: sent, and told one by one.

use super::row;
use crate::app::App;
use crate::error::Error;
use crate::index::State;
use crate::output::{Progress, sanitise};
use crate::task::{Ask, Made, create};
use serde_json::{Value, json};

/// Each with the line that it stood in. `queue`: waiting is no failure.
pub(super) fn run(
    app: &App,
    asks: Vec<(usize, Result<Ask, Error>)>,
    queue: bool,
    is_batch: bool,
) -> Result<(), Error> {
    let (mut lines, mut sound, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    for (line, ask) in asks {
        match ask {
            Ok(ask) => {
                lines.push((line, ask.task.title.clone()));
                sound.push(ask);
            }
            Err(error) => refused.push((line, error)),
        }
    }
    let total = lines.len() + refused.len();
    if !is_batch && let Some((_, error)) = refused.pop() {
        return Err(error);
    }
    let progress = Progress::new(&app.out, if is_batch { total } else { 0 }, "Sending");
    let mut shown = Shown {
        app,
        is_batch,
        queue,
        lines: &lines,
        items: Vec::new(),
        failed: Vec::new(),
        told: false,
        reason: String::new(),
    };
    for (line, error) in refused {
        progress.step();
        shown.refused(line, error)?;
    }
    let mut written = Ok(());
    create(app, sound, |place, made| {
        progress.step();
        let told = shown.made(place, made);
        if written.is_ok() {
            written = told;
        }
    })?;
    drop(progress);
    written?;
    if app.is_dry() {
        return shown.failed.into_iter().next().map_or(Ok(()), Err);
    }
    shown.finish(total)
}

struct Shown<'a> {
    app: &'a App,
    is_batch: bool,
    queue: bool,
    lines: &'a [(usize, String)],
    items: Vec<(usize, Value)>,
    failed: Vec<Error>,
    /// A row was shown, and what is wrong with it.
    told: bool,
    /// What the last one that waits waits for: a thousand may wait for the same.
    reason: String,
}

impl Shown<'_> {
    /// A line that is no task.
    fn refused(&mut self, line: usize, error: Error) -> Result<(), Error> {
        if self.app.out.json {
            let item = json!({"line": line, "id": null, "key": null, "state": "refused", "title": null, "error": error.json()});
            self.items.push((line, item));
        } else {
            self.app.out.line(format!("-\trefused\t-\tline {line}\t{}", sanitise::line(&error.message)))?;
        }
        self.failed.push(error);
        Ok(())
    }

    fn made(&mut self, place: usize, made: &Made) -> Result<(), Error> {
        let (line, title) = self.lines.get(place).cloned().unwrap_or_default();
        let app = self.app;
        if app.is_dry() {
            self.failed.extend(made.error.as_ref().map(again));
            return Ok(());
        }
        let waits = made.entry.as_ref().is_some_and(|entry| entry.state == State::Queued);
        let failure = made.error.as_ref().filter(|_| !(waits && self.queue));
        for notice in &made.notices {
            let about = if self.is_batch { format!("line {line}: {notice}") } else { notice.clone() };
            app.out.warn(&about);
        }
        match (&made.entry, &made.error) {
            (Some(entry), error) => {
                self.told = true;
                if app.out.json {
                    let mut item = row::json(entry, &made.notices);
                    if let (Value::Object(item), Some(error)) = (&mut item, error) {
                        item.insert("error".to_owned(), error.json());
                    }
                    if let (Value::Object(item), true) = (&mut item, self.is_batch) {
                        item.insert("line".to_owned(), json!(line));
                    }
                    self.items.push((line, item));
                } else {
                    app.out.line(row::line(entry))?;
                    if let Some(error) = error {
                        self.tell(entry.id, entry.state, error);
                    }
                }
            }
            (None, Some(error)) if self.is_batch => {
                if app.out.json {
                    let item = json!({"line": line, "id": null, "key": null, "state": "refused", "title": title,
                        "error": error.json()});
                    self.items.push((line, item));
                } else {
                    let (title, why) = (sanitise::line(&title), sanitise::line(&error.message));
                    app.out.line(format!("-\trefused\t-\t{title}\t{why}"))?;
                }
            }
            _ => {}
        }
        self.failed.extend(failure.map(again));
        Ok(())
    }

    fn tell(&mut self, id: i64, state: State, error: &Error) {
        if self.is_batch && state == State::Queued {
            if self.reason == error.message {
                return;
            }
            self.reason.clone_from(&error.message);
        }
        let kept = match state {
            State::Queued => format!("kept as task {id}, and sent later: "),
            State::Parked => format!("kept as task {id}, and not sent again by itself: "),
            _ => String::new(),
        };
        self.app.out.warn(&format!("{kept}{}", error.message));
        if let Some(help) = &error.help {
            self.app.out.hint(help);
        }
    }

    fn finish(mut self, total: usize) -> Result<(), Error> {
        let app = self.app;
        if app.out.json && (self.is_batch || self.told) {
            self.items.sort_by_key(|(line, _)| *line);
            app.out.document("tasks", self.items.into_iter().map(|(_, item)| item).collect())?;
        }
        if !self.is_batch {
            // What was refused before it was written down is an error like any other; what is kept was told.
            return match self.failed.pop() {
                None => Ok(()),
                Some(error) if self.told => Err(Error::passed_on(error.exit())),
                Some(error) => Err(error),
            };
        }
        if total > 1 {
            let done = total - self.failed.len();
            app.out.say(format!("{done} of {total} are settled."));
        }
        Error::of_many(total, &self.failed).map_or(Ok(()), Err)
    }
}

/// For the exit code.
fn again(error: &Error) -> Error {
    let mut same = Error::new(error.kind, &error.message);
    same.help.clone_from(&error.help);
    same.retry_at = error.retry_at;
    same.needed.clone_from(&error.needed);
    same.link.clone_from(&error.link);
    same
}

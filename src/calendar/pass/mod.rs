//! One calendar, once: everything, or what changed since the last time. Whatever goes wrong, what was seen before is seen
//! until the last step, and the next pass begins where this one did.

mod at_once;
mod complete;
mod heard;
mod take;
#[cfg(test)]
mod tests;

use std::cell::Cell;
use std::collections::HashSet;
use std::time::Duration;

use super::line::{Line, Reply};
use super::window::Reach;
use crate::clock;
use crate::error::{Error, Kind};
use crate::index::{Calendar, Index, Mark, Span, Tally};
use crate::output::Bar;
use crate::providers::Api;
use crate::providers::calendars::{Ask, Change, Dialect, Page, Reader, Start, Verdict, mend};
use heard::Heard;
pub(super) use heard::Unreadable;

/// A list that is longer is no list (pages).
const PAGES: usize = 10_000;

/// An answer that takes no longer may be waited for with the index locked.
const SOON: Duration = Duration::from_millis(100);

/// When this many would be removed, and they are more than half, something is wrong elsewhere.
const MANY: u64 = 25;

pub(super) struct Pass<'a> {
    pub line: &'a Line<'a>,
    pub index: &'a Index,
    pub calendar: &'a Calendar,
    pub reach: Reach,
    pub full: bool,
    pub force: bool,
    /// Ask and compare; write nothing.
    pub dry: bool,
    pub requests: Cell<u64>,
    pub bar: Bar,
}

pub(super) struct Done {
    pub tally: Tally,
    pub full: bool,
    pub unreadable: Unreadable,
}

enum Ended {
    Done(Done),
    Heard(Heard),
    Means(Verdict),
}

impl Pass<'_> {
    pub(super) async fn run(&self) -> Result<Done, Error> {
        let (now, calendar) = (clock::now(), self.calendar);
        let asked = self.reach.ask(now);
        let covered = self.reach.covered(calendar, now).filter(|_| !self.full);
        let cursor = calendar.cursor.as_deref().filter(|_| covered.is_some());
        let mut start = Dialect::start(cursor, asked.from, asked.to);
        loop {
            let window = covered.filter(|_| !start.is_full()).unwrap_or(asked);
            if !self.dry {
                self.index.sweep(calendar)?;
            }
            match (self.read(start, window).await?, start) {
                (Ended::Done(done), _) => return Ok(done),
                (Ended::Heard(heard), _) => return self.publish(start, window, heard),
                // Once: a provider that has forgotten what it has just said will do so again.
                (Ended::Means(Verdict::Expired), Start::After(_)) => {
                    crate::log::info(&format!("{}: everything is read again", calendar.name));
                    start = Start::Span { from: asked.from, to: asked.to };
                }
                (Ended::Means(Verdict::NotOffered), Start::Span { from, to }) => {
                    start = Start::Plain { from, to }
                }
                (Ended::Means(_), _) => {
                    let message = format!("{} does not let it be read", self.line.provider.title);
                    return Err(Error::new(Kind::Unavailable, message).help("try again later"));
                }
            }
        }
    }

    async fn read(&self, start: Start<'_>, window: Span) -> Result<Ended, Error> {
        let dialect = self.line.dialect;
        let mut reader = Reader::new(dialect);
        let (mut heard, mut page, mut seen) = (Heard::default(), None::<String>, HashSet::new());
        let mut size = dialect.largest_page();
        for _ in 0..PAGES {
            let ask = Ask { calendar: &self.calendar.remote, start, page: page.as_deref(), size };
            let make = |api: &Api<'_>| dialect.events_request(api, &ask);
            let means = |status, code: &str| dialect.verdict(start, status, code);
            let asking = self.line.ask(&self.requests, make, means);
            let mut body = match self.patiently(asking).await? {
                Reply::Body(body) => body,
                Reply::Means(verdict) => return Ok(Ended::Means(verdict)),
                Reply::TooLarge if size > 10 => {
                    size /= 5;
                    continue;
                }
                Reply::TooLarge => return Err(self.wrong("an event is larger than limits.api-answer")),
            };
            // A provider that tells all on one page need not be heard out before it is believed.
            if page.is_none()
                && !self.dry
                && !dialect.seems_to_go_on(&body)
                && let Some(done) = self.at_once(&body, start, window)?
            {
                return Ok(Ended::Done(done));
            }
            let read = self.page(&mut body, &mut reader, &mut heard, start, window)?;
            drop(body);
            match read.next {
                // A hash would do; no calendar has so many pages that their names matter.
                Some(next) if seen.insert(next.clone()) => page = Some(next),
                Some(_) => return Err(self.wrong("the pages go round in a circle")),
                None => {
                    self.complete(&mut reader, &mut heard, start, window).await?;
                    heard.cursor = start.next(read.cursor);
                    self.guard(heard.cursor.as_deref())?;
                    return Ok(Ended::Heard(heard));
                }
            }
        }
        Err(self.wrong("there is no end to the pages"))
    }

    /// A page's events are staged.
    fn page(
        &self,
        body: &mut [u8],
        reader: &mut Reader,
        heard: &mut Heard,
        start: Start<'_>,
        window: Span,
    ) -> Result<Page, Error> {
        let before = heard.unreadable.clone();
        let mut stage = |body: &[u8], heard: &mut Heard, salvage: bool| {
            heard.unreadable.clone_from(&before);
            self.index.stage(self.calendar, |stage| {
                let each = |change: Change<'_>| self.take(stage, heard, start, window, change);
                if salvage { reader.salvage(body, each) } else { reader.read(body, each) }
            })
        };
        let mut read = stage(body, heard, false)?;
        if read.is_err() && mend(body) {
            read = stage(body, heard, false)?;
        }
        if read.is_err() {
            read = stage(body, heard, true)?;
        }
        read.map_err(|error| self.wrong(&error.0))
    }

    /// While an answer lets itself be waited for, nobody else is kept from writing.
    async fn patiently<T>(&self, asking: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::pin!(asking);
        match tokio::time::timeout(SOON, &mut asking).await {
            Ok(answer) => answer,
            Err(_) => {
                self.index.flush()?;
                asking.await
            }
        }
    }

    /// What the next pass begins with must be something that can be asked: refused now, it costs nothing.
    fn guard(&self, cursor: Option<&str>) -> Result<(), Error> {
        let start = Dialect::start(cursor, 0, 0);
        let ask = Ask { calendar: &self.calendar.remote, start, page: None, size: 1 };
        self.line.check(|api| self.line.dialect.events_request(api, &ask).map(drop))
    }

    fn publish(&self, start: Start<'_>, window: Span, heard: Heard) -> Result<Done, Error> {
        let (index, calendar) = (self.index, self.calendar);
        let mark = Mark { cursor: heard.cursor.as_deref(), window };
        let full = start.is_full();
        if self.dry {
            return Ok(Done {
                tally: self.compare(full, window, &heard)?,
                full,
                unreadable: heard.unreadable,
            });
        }
        let tally = if full {
            let tally = index.weigh_full(calendar, window, &heard.left)?;
            self.brake(&tally)?;
            index.publish_full(calendar, &heard.left, &tally, &mark)?;
            let now_seen = Calendar { pass: calendar.pass + 1, ..calendar.clone() };
            index.sweep(&now_seen)?;
            tally
        } else {
            let tally = index.weigh_changes(calendar, &heard.gone, &heard.left)?;
            self.brake(&tally)?;
            index.publish_changes(calendar, &heard.gone, &heard.left, &tally, &mark)?;
            tally
        };
        Ok(Done { tally, full, unreadable: heard.unreadable })
    }

    /// A calendar that loses most of its events has more likely been mistaken than emptied; what only lies outside the window is
    /// not lost.
    fn brake(&self, tally: &Tally) -> Result<(), Error> {
        if self.force || tally.removed < MANY || tally.removed * 2 <= tally.before() {
            return Ok(());
        }
        let message = format!(
            "{} of the {} events of `{}` would be removed; nothing was changed",
            tally.removed,
            tally.before(),
            self.calendar.name
        );
        Err(Error::new(Kind::Unsafe, message).help(format!("integ sync {} --force", self.line.name)))
    }

    fn wrong(&self, what: &str) -> Error {
        let message =
            format!("{}: `{}` at {}: {what}", self.line.name, self.calendar.name, self.line.provider.title);
        Error::new(Kind::ProviderError, message)
    }
}

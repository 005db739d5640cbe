//! CALENDARS AS PROVIDERS SERVE THEM: what to ask, and how what comes is read. One file per dialect; a provider file
//! names its own.

mod google;
mod mend;
mod microsoft;
mod page;
mod text;
mod when;

use std::borrow::Cow;

use http::{Method, StatusCode};
use url::Url;

use super::{Api, ApiError, Provider};
use crate::event::{Event, Listed};
use crate::http::Request;
pub(crate) use mend::mend;
use microsoft::Masters;
pub(crate) use page::{Malformed, Page};

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Dialect {
    /// Calendar API v3.
    Google,
    /// Graph v1.0.
    Microsoft,
}

/// Where a pass begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Start<'a> {
    /// Where the last one ended.
    After(&'a str),
    /// Everything in a span (unix seconds).
    Span { from: i64, to: i64 },
    /// The same, of a provider that cannot tell what changed since.
    Plain { from: i64, to: i64 },
}

/// One page of one pass.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ask<'a> {
    /// The provider's id.
    pub calendar: &'a str,
    pub start: Start<'a>,
    /// As the page before named it.
    pub page: Option<&'a str>,
    /// Entries, at most.
    pub size: usize,
}

pub(crate) enum Change<'a> {
    Event(Box<Event<'a>>),
    /// Deleted, or no longer to be seen.
    Gone(Cow<'a, str>),
    Unreadable(Garbled),
}

/// An event of which something that must be understood is not.
#[derive(Clone, Debug)]
pub(crate) struct Garbled {
    /// Empty: not even that was understood.
    pub id: String,
    pub what: String,
}

impl Garbled {
    fn new(id: &str, what: &str) -> Garbled {
        Garbled { id: id.to_owned(), what: what.to_owned() }
    }

    /// What is wrong, without a place in a text that nobody sees.
    fn words(error: &serde_json::Error) -> String {
        let words = error.to_string();
        words.rsplit_once(" at line ").map_or(words.as_str(), |(words, _)| words).to_owned()
    }
}

impl Start<'_> {
    /// It reads everything, and does not build on what is there.
    pub(crate) fn is_full(&self) -> bool {
        !matches!(self, Start::After(_))
    }

    /// What the next pass begins with.
    pub(crate) fn next(&self, cursor: Option<String>) -> Option<String> {
        match self {
            Start::Plain { .. } => Some(PLAIN.to_owned()),
            Start::Span { .. } | Start::After(_) => cursor,
        }
    }
}

/// What a refusal means for the pass, where it means more than that something went wrong.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    /// The place where the last pass ended is forgotten: everything has to be read again.
    Expired,
    /// What changed since cannot be asked for here.
    NotOffered,
}

/// Longer ids and addresses of pages are no provider's (bytes).
const LONGEST: usize = 16 * 1024;

/// In place of a cursor, where what changed since cannot be asked for: the next pass is as plain as this one.
const PLAIN: &str = "plain";

impl Dialect {
    pub(crate) const ALL: [Dialect; 2] = [Dialect::Google, Dialect::Microsoft];

    /// As provider files name it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Dialect::Google => "google",
            Dialect::Microsoft => "microsoft",
        }
    }

    /// The dialect in which this provider tells its calendars; without one they are not mirrored.
    pub(crate) fn of(provider: &Provider) -> Option<Dialect> {
        let word = provider.capability.get("calendars")?.dialect.as_deref()?;
        Dialect::ALL.into_iter().find(|dialect| dialect.word() == word)
    }

    /// Where a pass begins, as the last one left it.
    pub(crate) fn start(cursor: Option<&str>, from: i64, to: i64) -> Start<'_> {
        match cursor {
            Some(PLAIN) => Start::Plain { from, to },
            Some(cursor) => Start::After(cursor),
            None => Start::Span { from, to },
        }
    }

    /// Entries of a page: as many as the provider gives.
    pub(crate) fn largest_page(self) -> usize {
        match self {
            Dialect::Google => google::LARGEST_PAGE,
            Dialect::Microsoft => microsoft::LARGEST_PAGE,
        }
    }

    pub(crate) fn list_request(self, api: &Api<'_>, page: Option<&str>) -> Result<Request, ApiError> {
        let url = match self {
            Dialect::Google => google::list(api, page)?,
            Dialect::Microsoft => microsoft::list(api, page)?,
        };
        Ok(get(url))
    }

    pub(crate) fn read_list(self, body: &[u8], all: &mut Vec<Listed>) -> Result<Page, Malformed> {
        match self {
            Dialect::Google => google::read_list(body, all),
            Dialect::Microsoft => microsoft::read_list(body, all),
        }
    }

    pub(crate) fn events_request(self, api: &Api<'_>, ask: &Ask<'_>) -> Result<Request, ApiError> {
        match self {
            Dialect::Google => Ok(get(google::events(api, ask)?)),
            Dialect::Microsoft => Ok(microsoft::prefer(get(microsoft::events(api, ask)?), ask.size)),
        }
    }

    /// One event, or what the others of its series have in common.
    pub(crate) fn event_request(
        self,
        api: &Api<'_>,
        calendar: &str,
        remote: &str,
    ) -> Result<Request, ApiError> {
        match self {
            Dialect::Google => Ok(get(google::event(api, calendar, remote)?)),
            Dialect::Microsoft => Ok(microsoft::prefer(get(microsoft::event(api, remote)?), 1)),
        }
    }

    /// What it tells as removed may only have left the window, and has to be asked for.
    pub(crate) fn is_doubtful(self) -> bool {
        self == Dialect::Microsoft
    }

    /// Whether an event that was asked for alone is there no more, although there is an answer.
    pub(crate) fn is_cancelled(self, body: &[u8]) -> bool {
        match self {
            Dialect::Google => google::is_cancelled(body),
            Dialect::Microsoft => microsoft::is_cancelled(body),
        }
    }

    /// Whether a page seems to name another one. A wrong guess costs time, and nothing else.
    pub(crate) fn seems_to_go_on(self, body: &[u8]) -> bool {
        match self {
            Dialect::Google => google::KEYS.seem_to_go_on(body),
            Dialect::Microsoft => microsoft::KEYS.seem_to_go_on(body),
        }
    }

    pub(crate) fn verdict(self, start: Start<'_>, status: StatusCode, code: &str) -> Option<Verdict> {
        match self {
            Dialect::Google => google::verdict(start, status),
            Dialect::Microsoft => microsoft::verdict(start, status, code),
        }
    }
}

/// Reads the pages of one pass in order. What a page leaves open a later one may fill in.
pub(crate) enum Reader {
    Google,
    Microsoft(Masters),
}

impl Reader {
    pub(crate) fn new(dialect: Dialect) -> Reader {
        match dialect {
            Dialect::Google => Reader::Google,
            Dialect::Microsoft => Reader::Microsoft(Masters::default()),
        }
    }

    /// Hands on each change as it goes by; what that returns as an error ends the reading.
    pub(crate) fn read<E>(
        &mut self,
        body: &[u8],
        each: impl FnMut(Change<'_>) -> Result<(), E>,
    ) -> Result<Result<Page, Malformed>, E> {
        handing_on(each, |each| match self {
            Reader::Google => google::read(body, each),
            Reader::Microsoft(masters) => microsoft::read(masters, body, each),
        })
    }

    /// The same, entry by entry: one that is not understood costs itself alone.
    pub(crate) fn salvage<E>(
        &mut self,
        body: &[u8],
        each: impl FnMut(Change<'_>) -> Result<(), E>,
    ) -> Result<Result<Page, Malformed>, E> {
        handing_on(each, |each| match self {
            Reader::Google => google::salvage(body, each),
            Reader::Microsoft(masters) => microsoft::salvage(masters, body, each),
        })
    }

    /// Recurring events that were not told and without which others are incomplete.
    pub(crate) fn missing(&self) -> Vec<String> {
        match self {
            Reader::Google => Vec::new(),
            Reader::Microsoft(masters) => masters.missing(),
        }
    }

    /// The answer to the question for one of those; `None`: it is no more.
    pub(crate) fn take_master(&mut self, remote: &str, body: Option<&[u8]>) {
        match self {
            Reader::Google => {}
            Reader::Microsoft(masters) => masters.take(remote, body),
        }
    }

    /// What was left open, now complete.
    pub(crate) fn finish<E>(&mut self, each: impl FnMut(Change<'_>) -> Result<(), E>) -> Result<(), E> {
        match self {
            Reader::Google => Ok(()),
            Reader::Microsoft(masters) => masters.finish(each),
        }
    }
}

/// An error of `each` ends the reading, and is what comes of it.
fn handing_on<E>(
    mut each: impl FnMut(Change<'_>) -> Result<(), E>,
    read: impl FnOnce(&mut dyn FnMut(Change<'_>) -> Result<(), ()>) -> Result<Page, Malformed>,
) -> Result<Result<Page, Malformed>, E> {
    let mut failed = None;
    let page = read(&mut |change: Change<'_>| {
        each(change).map_err(|error| {
            failed = Some(error);
        })
    });
    failed.map_or(Ok(page), Err)
}

fn get(url: Url) -> Request {
    Request::new(Method::GET, url).header("accept", "application/json")
}

/// A path below the API with an id as one segment of it, whatever the id holds.
fn below(api: &Api<'_>, path: &str, segments: &[&str]) -> Result<Url, ApiError> {
    let mut url = api.url(path)?;
    let bad = || ApiError::BadPath(path.to_owned());
    url.path_segments_mut().map_err(|()| bad())?.extend(segments);
    Ok(url)
}

/// Times as both dialects want them asked.
fn rfc3339(unix: i64) -> String {
    crate::clock::rfc3339(unix)
}

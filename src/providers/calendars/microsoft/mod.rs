//! Microsoft Graph v1.0.

mod entry;
mod masters;

use std::borrow::Cow;

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use super::page::{self, Keys};
use super::text::Text;
use super::{Ask, Change, Garbled, Malformed, Page, Start, Verdict, below, rfc3339};
use crate::event::Listed;
use crate::http::Request;
use crate::providers::{Api, ApiError};
use entry::Entry;
pub(crate) use masters::Masters;

pub(super) const LARGEST_PAGE: usize = 500;

pub(super) const KEYS: Keys = Keys { items: "value", next: "@odata.nextLink", cursor: "@odata.deltaLink" };

/// How it says that a delta link is of no more use, whatever the status.
const EXPIRED: [&str; 4] = ["SyncStateNotFound", "SyncStateInvalid", "ResyncRequired", "SyncStateExpired"];

pub(super) fn list(api: &Api<'_>, page: Option<&str>) -> Result<Url, ApiError> {
    match page {
        Some(link) => own(api, link),
        None => api.url("/me/calendars?$top=100"),
    }
}

/// Links are whole addresses; the window of a delta is within them.
pub(super) fn events(api: &Api<'_>, ask: &Ask<'_>) -> Result<Url, ApiError> {
    if let Some(link) = ask.page {
        return own(api, link);
    }
    let (from, to, last) = match ask.start {
        Start::After(link) => return own(api, link),
        Start::Span { from, to } => (from, to, Some("delta")),
        Start::Plain { from, to } => (from, to, None),
    };
    let mut url = below(api, "/me/calendars", &[ask.calendar, "calendarView"])?;
    if let (Some(last), Ok(mut path)) = (last, url.path_segments_mut()) {
        path.push(last);
    }
    let mut query = url.query_pairs_mut();
    query.append_pair("startDateTime", &rfc3339(from)).append_pair("endDateTime", &rfc3339(to));
    if last.is_none() {
        query.append_pair("$top", &ask.size.to_string());
    }
    drop(query);
    Ok(url)
}

pub(super) fn event(api: &Api<'_>, remote: &str) -> Result<Url, ApiError> {
    below(api, "/me/events", &[remote])
}

/// What is asked the same way for every page: UTC, ids that survive a move, text in place of HTML.
pub(super) fn prefer(request: Request, size: usize) -> Request {
    let wishes = "outlook.timezone=\"UTC\", IdType=\"ImmutableId\", outlook.body-content-type=\"text\"";
    request.header("prefer", &format!("odata.maxpagesize={size}, {wishes}"))
}

/// A link out of an answer, on the API itself and nowhere else.
fn own(api: &Api<'_>, link: &str) -> Result<Url, ApiError> {
    let (url, home) = (api.url(link)?, api.url("/")?);
    if url.origin() == home.origin() {
        return Ok(url);
    }
    let url = url.host_str().unwrap_or("that address").to_owned();
    Err(ApiError::Host { title: api.provider.title.clone(), url })
}

/// A calendar may have no delta: then it is not there, or not understood.
pub(super) fn verdict(start: Start<'_>, status: StatusCode, code: &str) -> Option<Verdict> {
    let named = EXPIRED.iter().any(|known| known.eq_ignore_ascii_case(code));
    match (status.as_u16(), start) {
        (410, _) => Some(Verdict::Expired),
        _ if named => Some(Verdict::Expired),
        (400, Start::After(_)) => Some(Verdict::Expired),
        (400 | 404 | 405, Start::Span { .. }) => Some(Verdict::NotOffered),
        _ => None,
    }
}

pub(super) fn is_cancelled(body: &[u8]) -> bool {
    serde_json::from_slice::<Entry<'_>>(body).is_ok_and(|entry| entry.is_removed())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Calendar<'a> {
    id: Text<'a>,
    name: Text<'a>,
    hex_color: Text<'a>,
    can_edit: Option<bool>,
    can_share: Option<bool>,
    is_default_calendar: Option<bool>,
}

pub(super) fn read_list(body: &[u8], all: &mut Vec<Listed>) -> Result<Page, Malformed> {
    page::read(KEYS, body, |calendar: Calendar<'_>| {
        let remote = calendar.id.or_empty().into_owned();
        if !remote.is_empty() {
            let access = match (calendar.can_share, calendar.can_edit) {
                (Some(true), _) => "owner",
                (_, Some(true)) => "writer",
                _ => "reader",
            };
            all.push(Listed {
                name: calendar.name.some().map_or_else(|| remote.clone(), Cow::into_owned),
                color: calendar.hex_color.some().map(Cow::into_owned),
                zone: None,
                access: Some(access.to_owned()),
                is_primary: calendar.is_default_calendar.unwrap_or(false),
                remote,
            });
        }
        Ok(())
    })
}

pub(super) fn read(
    masters: &mut Masters,
    body: &[u8],
    mut each: impl FnMut(Change<'_>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    page::read(KEYS, body, |entry: Entry<'_>| match masters.sort(entry) {
        Some(change) => each(change),
        None => Ok(()),
    })
}

pub(super) fn salvage(
    masters: &mut Masters,
    body: &[u8],
    mut each: impl FnMut(Change<'_>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    page::salvage(KEYS, body, |entry: Result<Entry<'_>, Garbled>| match entry {
        Ok(entry) => masters.sort(entry).map_or(Ok(()), &mut each),
        Err(garbled) => each(Change::Unreadable(garbled)),
    })
}

//! Google Calendar, API v3.

use std::borrow::Cow;

use http::StatusCode;
use serde::Deserialize;
use url::Url;

use super::page::{self, Keys};
use super::text::Text;
use super::{Ask, Change, Garbled, Malformed, Page, Start, Verdict, below, rfc3339, when};
use crate::event::{Event, Listed, Response, Status, When};
use crate::providers::{Api, ApiError};

pub(super) const LARGEST_PAGE: usize = 2_500;

pub(super) const KEYS: Keys = Keys { items: "items", next: "nextPageToken", cursor: "nextSyncToken" };

/// What is used of an event: half of the bytes stay there.
const FIELDS: &str = "nextPageToken,nextSyncToken,items(id,iCalUID,etag,status,summary,description,location,start,end,\
     recurringEventId,attendees(email,self,responseStatus),organizer(email,self),htmlLink,hangoutLink,\
     conferenceData/entryPoints(entryPointType,uri),transparency,visibility,updated,eventType)";

pub(super) fn list(api: &Api<'_>, page: Option<&str>) -> Result<Url, ApiError> {
    let mut url = api.url("/calendar/v3/users/me/calendarList")?;
    let mut query = url.query_pairs_mut();
    query.append_pair("maxResults", "250");
    if let Some(page) = page {
        query.append_pair("pageToken", page);
    }
    drop(query);
    Ok(url)
}

/// `syncToken` goes with none of `timeMin`, `timeMax`, `orderBy`, `updatedMin`, `q`; all else has to stay as it was.
pub(super) fn events(api: &Api<'_>, ask: &Ask<'_>) -> Result<Url, ApiError> {
    let mut url = below(api, "/calendar/v3/calendars", &[ask.calendar, "events"])?;
    let mut query = url.query_pairs_mut();
    query
        .append_pair("singleEvents", "true")
        .append_pair("maxResults", &ask.size.to_string())
        .append_pair("fields", FIELDS);
    match ask.start {
        Start::After(cursor) => {
            query.append_pair("syncToken", cursor);
        }
        Start::Span { from, to } | Start::Plain { from, to } => {
            query.append_pair("timeMin", &rfc3339(from)).append_pair("timeMax", &rfc3339(to));
        }
    }
    if let Some(page) = ask.page {
        query.append_pair("pageToken", page);
    }
    drop(query);
    Ok(url)
}

pub(super) fn event(api: &Api<'_>, calendar: &str, remote: &str) -> Result<Url, ApiError> {
    let mut url = below(api, "/calendar/v3/calendars", &[calendar, "events", remote])?;
    url.query_pairs_mut().append_pair("fields", "id,status");
    Ok(url)
}

/// A deleted event may still be told, as cancelled.
pub(super) fn is_cancelled(body: &[u8]) -> bool {
    serde_json::from_slice::<Entry<'_>>(body).is_ok_and(|entry| entry.status.is("cancelled"))
}

/// 410 is what the documentation says; 400 is what a token gets that is not recognised at all.
pub(super) fn verdict(start: Start<'_>, status: StatusCode) -> Option<Verdict> {
    let is_expired = match status.as_u16() {
        410 => true,
        400 => matches!(start, Start::After(_)),
        _ => false,
    };
    is_expired.then_some(Verdict::Expired)
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Calendar<'a> {
    id: Text<'a>,
    summary: Text<'a>,
    summary_override: Text<'a>,
    time_zone: Text<'a>,
    primary: bool,
    access_role: Text<'a>,
    background_color: Text<'a>,
    deleted: bool,
}

pub(super) fn read_list(body: &[u8], all: &mut Vec<Listed>) -> Result<Page, Malformed> {
    page::read(KEYS, body, |calendar: Calendar<'_>| {
        let remote = calendar.id.or_empty().into_owned();
        if !calendar.deleted && !remote.is_empty() {
            let name = calendar.summary_override.some().or(calendar.summary.some());
            let access = match calendar.access_role.as_str() {
                "freeBusyReader" => "freebusy",
                other => other,
            };
            all.push(Listed {
                name: name.map_or_else(|| remote.clone(), Cow::into_owned),
                color: calendar.background_color.some().map(Cow::into_owned),
                zone: calendar.time_zone.some().map(Cow::into_owned),
                access: Some(access.to_owned()).filter(|access| !access.is_empty()),
                is_primary: calendar.primary,
                remote,
            });
        }
        Ok(())
    })
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Entry<'a> {
    id: Text<'a>,
    #[serde(rename = "iCalUID")]
    uid: Text<'a>,
    etag: Text<'a>,
    status: Text<'a>,
    summary: Text<'a>,
    description: Text<'a>,
    location: Text<'a>,
    start: Option<Place<'a>>,
    end: Option<Place<'a>>,
    recurring_event_id: Text<'a>,
    attendees: Option<Vec<Person<'a>>>,
    organizer: Option<Person<'a>>,
    html_link: Text<'a>,
    hangout_link: Text<'a>,
    conference_data: Option<Conference<'a>>,
    transparency: Text<'a>,
    visibility: Text<'a>,
    updated: Text<'a>,
    event_type: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    date: Text<'a>,
    date_time: Text<'a>,
    time_zone: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Person<'a> {
    email: Text<'a>,
    #[serde(rename = "self")]
    is_self: bool,
    response_status: Text<'a>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Conference<'a> {
    entry_points: Option<Vec<Entrance<'a>>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Entrance<'a> {
    entry_point_type: Text<'a>,
    uri: Text<'a>,
}

pub(super) fn read(
    body: &[u8],
    mut each: impl FnMut(Change<'_>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    page::read(KEYS, body, |entry: Entry<'_>| each(entry.change()))
}

pub(super) fn salvage(
    body: &[u8],
    mut each: impl FnMut(Change<'_>) -> Result<(), ()>,
) -> Result<Page, Malformed> {
    page::salvage(KEYS, body, |entry: Result<Entry<'_>, Garbled>| {
        each(entry.map_or_else(Change::Unreadable, Entry::change))
    })
}

impl<'a> Entry<'a> {
    fn change(self) -> Change<'a> {
        let remote = self.id.or_empty();
        if remote.is_empty() {
            return Change::Unreadable(Garbled::new("", "it has no id"));
        }
        // What was deleted is sure to have an id, and nothing else.
        if self.status.is("cancelled") {
            return Change::Gone(remote);
        }
        let Some(when) = span(self.start, self.end) else {
            return Change::Unreadable(Garbled::new(&remote, "its time is not understood"));
        };
        let people = self.attendees.unwrap_or_default();
        let own = people.iter().find(|person| person.is_self);
        let organizes = self.organizer.as_ref().is_some_and(|person| person.is_self);
        let response = match own.map(|own| own.response_status.as_str()) {
            Some("declined") => Some(Response::Declined),
            Some("tentative") => Some(Response::Tentative),
            _ if organizes => Some(Response::Organizer),
            Some("accepted") => Some(Response::Accepted),
            Some(_) => Some(Response::None),
            None => None,
        };
        let meeting = self.hangout_link.some().or_else(|| {
            let doors = self.conference_data?.entry_points?;
            doors.into_iter().find(|door| door.entry_point_type.is("video"))?.uri.some()
        });
        Change::Event(Box::new(Event {
            uid: self.uid.some().unwrap_or_else(|| remote.clone()),
            remote,
            version: self.etag.or_empty(),
            when,
            title: self.summary.or_empty(),
            status: if self.status.is("tentative") { Status::Tentative } else { Status::Confirmed },
            response,
            free: self.transparency.is("transparent"),
            away: self.event_type.is("outOfOffice") || self.event_type.is("workingLocation"),
            private: self.visibility.is("private") || self.visibility.is("confidential"),
            location: self.location.some(),
            description: self.description.some(),
            organizer: self.organizer.and_then(|person| person.email.some()),
            attendees: people.into_iter().filter_map(|person| person.email.some()).collect(),
            url: self.html_link.some(),
            meeting,
            series: self.recurring_event_id.some(),
            updated: self.updated.as_str().parse().ok().map(jiff::Timestamp::as_second),
        }))
    }
}

/// Where the end is missing (`endTimeUnspecified`) or before the start, the event is a moment, or a day.
fn span<'a>(start: Option<Place<'a>>, end: Option<Place<'a>>) -> Option<When<'a>> {
    let (start, end) = (start?, end.unwrap_or_default());
    if start.date_time.0.is_none() {
        let first = when::day(start.date.as_str())?;
        let end = when::day(end.date.as_str()).filter(|end| *end > first);
        return Some(When::Days { first, end: end.or_else(|| first.tomorrow().ok()).unwrap_or(first) });
    }
    let zone = start.time_zone.as_str();
    let from = when::instant(start.date_time.as_str(), zone)?;
    let own = if end.time_zone.0.is_some() { end.time_zone.as_str() } else { zone };
    let to = when::instant(end.date_time.as_str(), own).filter(|to| *to >= from).unwrap_or(from);
    Some(When::Time { start: from, end: to, zone: start.time_zone.some() })
}

//! An event as every calendar means it, and a calendar, whatever their provider calls the parts.

use std::borrow::Cow;

use jiff::{Timestamp, civil::Date};

/// One occurrence: providers expand what recurs. What is borrowed lives in the page that it came with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Event<'a> {
    /// The provider's id of this occurrence, unique within its calendar.
    pub remote: Cow<'a, str>,
    /// The iCalendar UID (RFC 5545 §3.8.4.7): the same in every calendar, and for every occurrence of a series.
    pub uid: Cow<'a, str>,
    /// Changes with the event.
    pub version: Cow<'a, str>,
    pub when: When<'a>,
    pub title: Cow<'a, str>,
    pub status: Status,
    /// The person's own answer.
    pub response: Option<Response>,
    /// It does not block time.
    pub free: bool,
    /// It says where the person is, and is no meeting: out of office, or a place of work.
    pub away: bool,
    pub private: bool,
    pub location: Option<Cow<'a, str>>,
    pub description: Option<Cow<'a, str>>,
    /// An address.
    pub organizer: Option<Cow<'a, str>>,
    /// Addresses.
    pub attendees: Vec<Cow<'a, str>>,
    /// The event's own page.
    pub url: Option<Cow<'a, str>>,
    /// Where to join it.
    pub meeting: Option<Cow<'a, str>>,
    /// The provider's id of the recurring event.
    pub series: Option<Cow<'a, str>>,
    /// Unix seconds.
    pub updated: Option<i64>,
}

/// Ends are exclusive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum When<'a> {
    Days {
        first: Date,
        end: Date,
    },
    /// `zone`: IANA, or what the provider said where that is none.
    Time {
        start: Timestamp,
        end: Timestamp,
        zone: Option<Cow<'a, str>>,
    },
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    Confirmed,
    Tentative,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Response {
    Accepted,
    Declined,
    Tentative,
    /// Not answered yet.
    None,
    /// It is their own event.
    Organizer,
}

impl Status {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Confirmed => "confirmed",
            Status::Tentative => "tentative",
        }
    }

    pub(crate) fn of(word: &str) -> Status {
        if word == Status::Tentative.word() { Status::Tentative } else { Status::Confirmed }
    }
}

impl Response {
    pub(crate) const ALL: [Response; 5] =
        [Response::Accepted, Response::Declined, Response::Tentative, Response::None, Response::Organizer];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Response::Accepted => "accepted",
            Response::Declined => "declined",
            Response::Tentative => "tentative",
            Response::None => "none",
            Response::Organizer => "organizer",
        }
    }

    pub(crate) fn of(word: &str) -> Option<Response> {
        Response::ALL.into_iter().find(|response| response.word() == word)
    }
}

/// A calendar as its provider lists it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Listed {
    /// The provider's id of it.
    pub remote: String,
    pub name: String,
    /// `#rrggbb`
    pub color: Option<String>,
    /// As the provider says it.
    pub zone: Option<String>,
    /// `owner`, `writer`, `reader`, `freebusy`
    pub access: Option<String>,
    pub is_primary: bool,
}

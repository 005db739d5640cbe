//! An event as Graph has it.

use std::borrow::Cow;

use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::Text;
use crate::event::{Event, Response, Status, When};
use crate::providers::calendars::{Change, Garbled, when};
use crate::zone;

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
pub(super) struct Entry<'a> {
    pub id: Text<'a>,
    pub series_master_id: Text<'a>,
    #[serde(rename = "type")]
    kind: Text<'a>,
    #[serde(rename = "@removed")]
    removed: Option<IgnoredAny>,
    #[serde(rename = "@odata.etag")]
    etag: Text<'a>,
    change_key: Text<'a>,
    i_cal_u_id: Text<'a>,
    subject: Text<'a>,
    body_preview: Text<'a>,
    body: Option<Body<'a>>,
    start: Option<Place<'a>>,
    end: Option<Place<'a>>,
    original_start_time_zone: Text<'a>,
    is_all_day: Option<bool>,
    is_cancelled: Option<bool>,
    is_organizer: Option<bool>,
    location: Option<Location<'a>>,
    attendees: Option<Vec<Attendee<'a>>>,
    organizer: Option<Attendee<'a>>,
    response_status: Option<Answered<'a>>,
    show_as: Text<'a>,
    sensitivity: Text<'a>,
    web_link: Text<'a>,
    online_meeting: Option<Meeting<'a>>,
    online_meeting_url: Text<'a>,
    last_modified_date_time: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Body<'a> {
    content_type: Text<'a>,
    content: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Place<'a> {
    date_time: Text<'a>,
    time_zone: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Location<'a> {
    display_name: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Attendee<'a> {
    email_address: Option<Address<'a>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Address<'a> {
    address: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Answered<'a> {
    response: Text<'a>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default, bound(deserialize = "'de: 'a"))]
struct Meeting<'a> {
    join_url: Text<'a>,
}

impl<'a> Entry<'a> {
    pub(super) fn is_removed(&self) -> bool {
        self.removed.is_some() || self.is_cancelled == Some(true)
    }

    pub(super) fn is_master(&self) -> bool {
        self.kind.is("seriesMaster")
    }

    /// What every event has is not there: it is the series'.
    pub(super) fn is_partial(&self) -> bool {
        self.series_master_id.0.is_some() && self.i_cal_u_id.0.is_none() && self.subject.0.is_none()
    }

    pub(super) fn change(self, master: Option<&Entry<'static>>) -> Change<'a> {
        let entry = match master {
            Some(master) => self.over(master),
            None => self,
        };
        if entry.id.as_str().is_empty() {
            return Change::Unreadable(Garbled::new("", "it has no id"));
        }
        if entry.is_removed() {
            return Change::Gone(entry.id.or_empty());
        }
        let Some(when) = entry.when() else {
            return Change::Unreadable(Garbled::new(entry.id.as_str(), "its time is not understood"));
        };
        let remote = entry.id.or_empty();
        let answer = entry.response_status.map(|answered| answered.response).unwrap_or_default();
        let response = match answer.as_str() {
            _ if entry.is_organizer == Some(true) => Some(Response::Organizer),
            "organizer" => Some(Response::Organizer),
            "accepted" => Some(Response::Accepted),
            "declined" => Some(Response::Declined),
            "tentativelyAccepted" => Some(Response::Tentative),
            "notResponded" => Some(Response::None),
            _ => None,
        };
        let text =
            entry.body.filter(|body| body.content_type.is("text")).and_then(|body| body.content.some());
        let people = entry.attendees.unwrap_or_default().into_iter();
        Change::Event(Box::new(Event {
            uid: entry.i_cal_u_id.some().unwrap_or_else(|| remote.clone()),
            remote,
            version: entry.etag.some().or(entry.change_key.some()).unwrap_or_default(),
            when,
            title: entry.subject.or_empty(),
            status: if entry.show_as.is("tentative") { Status::Tentative } else { Status::Confirmed },
            response,
            free: entry.show_as.is("free"),
            away: false,
            private: ["private", "confidential", "personal"].contains(&entry.sensitivity.as_str()),
            location: entry.location.and_then(|location| location.display_name.some()),
            description: text.or(entry.body_preview.some()),
            organizer: entry.organizer.and_then(Attendee::address),
            attendees: people.filter_map(Attendee::address).collect(),
            url: entry.web_link.some(),
            meeting: entry
                .online_meeting
                .and_then(|meeting| meeting.join_url.some())
                .or(entry.online_meeting_url.some()),
            series: entry.series_master_id.some(),
            updated: entry.last_modified_date_time.as_str().parse().ok().map(jiff::Timestamp::as_second),
        }))
    }

    pub(super) fn when(&self) -> Option<When<'a>> {
        let (start, end) = (self.start.as_ref()?, self.end.as_ref());
        let said = self.original_start_time_zone.as_str();
        if self.is_all_day == Some(true) {
            let first = start.day(said)?;
            let end = end.and_then(|end| end.day(said)).filter(|end| *end > first);
            return Some(When::Days { first, end: end.or_else(|| first.tomorrow().ok()).unwrap_or(first) });
        }
        let from = when::instant(start.date_time.as_str(), start.time_zone.as_str())?;
        let to = end.and_then(|end| when::instant(end.date_time.as_str(), end.time_zone.as_str()));
        let zone = if said.is_empty() { start.time_zone.as_str() } else { said };
        Some(When::Time {
            start: from,
            end: to.filter(|to| *to >= from).unwrap_or(from),
            zone: Some(zone::iana(zone).unwrap_or_else(|| zone.to_owned()))
                .filter(|zone| !zone.is_empty())
                .map(Cow::Owned),
        })
    }

    /// With what it lacks taken from its series.
    fn over(self, master: &Entry<'static>) -> Entry<'a> {
        // What one occurrence has of its own changes with the series as well.
        let etag = match (self.etag.some(), master.etag.clone().some()) {
            (Some(own), _) => Some(own),
            (None, of_series) => of_series,
        };
        Entry {
            etag: Text(etag),
            change_key: self.change_key.or(&master.change_key),
            i_cal_u_id: self.i_cal_u_id.or(&master.i_cal_u_id),
            subject: self.subject.or(&master.subject),
            body_preview: self.body_preview.or(&master.body_preview),
            body: self.body.or_else(|| master.body.clone()),
            original_start_time_zone: self.original_start_time_zone.or(&master.original_start_time_zone),
            is_all_day: self.is_all_day.or(master.is_all_day),
            is_cancelled: self.is_cancelled.or(master.is_cancelled),
            is_organizer: self.is_organizer.or(master.is_organizer),
            location: self.location.or_else(|| master.location.clone()),
            attendees: self.attendees.or_else(|| master.attendees.clone()),
            organizer: self.organizer.or_else(|| master.organizer.clone()),
            response_status: self.response_status.or_else(|| master.response_status.clone()),
            show_as: self.show_as.or(&master.show_as),
            sensitivity: self.sensitivity.or(&master.sensitivity),
            web_link: self.web_link.or(&master.web_link),
            online_meeting: self.online_meeting.or_else(|| master.online_meeting.clone()),
            online_meeting_url: self.online_meeting_url.or(&master.online_meeting_url),
            last_modified_date_time: self.last_modified_date_time.or(&master.last_modified_date_time),
            ..self
        }
    }

    pub(super) fn into_owned(self) -> Entry<'static> {
        let place = |place: Place<'_>| Place {
            date_time: place.date_time.into_owned(),
            time_zone: place.time_zone.into_owned(),
        };
        Entry {
            id: self.id.into_owned(),
            series_master_id: self.series_master_id.into_owned(),
            kind: self.kind.into_owned(),
            removed: self.removed,
            etag: self.etag.into_owned(),
            change_key: self.change_key.into_owned(),
            i_cal_u_id: self.i_cal_u_id.into_owned(),
            subject: self.subject.into_owned(),
            body_preview: self.body_preview.into_owned(),
            body: self.body.map(|body| Body {
                content_type: body.content_type.into_owned(),
                content: body.content.into_owned(),
            }),
            start: self.start.map(place),
            end: self.end.map(place),
            original_start_time_zone: self.original_start_time_zone.into_owned(),
            is_all_day: self.is_all_day,
            is_cancelled: self.is_cancelled,
            is_organizer: self.is_organizer,
            location: self.location.map(|at| Location { display_name: at.display_name.into_owned() }),
            attendees: self.attendees.map(|all| all.into_iter().map(Attendee::into_owned).collect()),
            organizer: self.organizer.map(Attendee::into_owned),
            response_status: self
                .response_status
                .map(|answered| Answered { response: answered.response.into_owned() }),
            show_as: self.show_as.into_owned(),
            sensitivity: self.sensitivity.into_owned(),
            web_link: self.web_link.into_owned(),
            online_meeting: self
                .online_meeting
                .map(|meeting| Meeting { join_url: meeting.join_url.into_owned() }),
            online_meeting_url: self.online_meeting_url.into_owned(),
            last_modified_date_time: self.last_modified_date_time.into_owned(),
        }
    }
}

impl<'a> Attendee<'a> {
    fn address(self) -> Option<Cow<'a, str>> {
        self.email_address?.address.some()
    }

    fn into_owned(self) -> Attendee<'static> {
        let owned = |of: Address<'_>| Address { address: of.address.into_owned() };
        Attendee { email_address: self.email_address.map(owned) }
    }
}

impl Place<'_> {
    /// The day of a whole day. Whoever asks for UTC may be given midnight of another zone as an hour of the day before or
    /// of the same day.
    fn day(&self, original: &str) -> Option<Date> {
        let text = self.date_time.as_str();
        let Ok(civil) = text.parse::<jiff::civil::DateTime>() else { return when::day(text) };
        if civil.time() == Time::midnight() {
            return Some(civil.date());
        }
        let at = when::instant(text, self.time_zone.as_str())?;
        let there = zone::rules(original).map(|rules| at.to_zoned(rules).datetime());
        let civil = there.unwrap_or(civil);
        let is_evening = civil.time().hour() >= 12;
        if is_evening { civil.date().tomorrow().ok() } else { Some(civil.date()) }
    }
}

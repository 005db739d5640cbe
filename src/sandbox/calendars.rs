//! A calendar for each person, in the words of Google's API: the same week for everybody, around today.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Outcome, Refusal};
use super::bearer;
use super::people::Person;
use super::request::Request;
use super::route::Route;
use super::state::State;
use crate::clock;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/calendar/v3/users/me/calendarList", handler: list },
    Route { method: "GET", path: "/calendar/v3/calendars/{id}/events", handler: events },
];

const DAY: i64 = 86_400;

/// Days from today, the hour it begins (UTC) and how many minutes it takes; none: the whole day.
type Entry = (i64, Option<(i64, i64)>, &'static str);

const WEEK: &[Entry] = &[
    (-2, Some((9, 30)), "Standup"),
    (-1, Some((13, 60)), "Review: the new page"),
    (0, Some((9, 30)), "Standup"),
    (0, Some((14, 45)), "Call about the offer"),
    (1, Some((10, 90)), "Planning"),
    (2, None, "Conference"),
    (3, Some((9, 30)), "Standup"),
    (4, Some((16, 30)), "Week in review"),
];

fn list(state: &mut State, request: &Request) -> Outcome {
    let person = bearer::check(state, request, &["calendars.read"])?;
    let primary = json!({"id": person.email, "summary": person.name, "timeZone": "Europe/Zurich",
        "accessRole": "owner", "backgroundColor": "#9fe1e7", "primary": true});
    let holidays =
        json!({"id": "holidays", "summary": "Holidays", "timeZone": "UTC", "accessRole": "reader"});
    Ok(Answer::json(&json!({"items": [primary, holidays]})))
}

fn events(state: &mut State, request: &Request) -> Outcome {
    let person = bearer::check(state, request, &["calendars.read"])?;
    let id = request.capture("id");
    if ![person.email, "primary", "holidays"].contains(&id) {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "notFound", "there is no such calendar"));
    }
    let today = clock::now().div_euclid(DAY);
    let token = format!("day-{today}");
    let items: Vec<Value> = match request.query.get("syncToken") {
        // The week moves on at midnight.
        Some(given) if given != token => {
            return Err(Refusal::new(StatusCode::GONE, "fullSyncRequired", "this token has expired"));
        }
        Some(_) => Vec::new(),
        None if id == "holidays" => Vec::new(),
        None => WEEK.iter().enumerate().map(|(at, one)| describe(at, today, one, person)).collect(),
    };
    Ok(Answer::json(&json!({"items": items, "nextSyncToken": token})))
}

fn describe(at: usize, today: i64, one: &Entry, person: &Person) -> Value {
    let (day, time, title) = one;
    let midnight = (today + day) * DAY;
    let date = |unix: i64| json!({"date": clock::rfc3339(unix).split('T').next()});
    let moment = |unix: i64| json!({"dateTime": clock::rfc3339(unix), "timeZone": "Europe/Zurich"});
    let (start, end) = match time {
        Some((hour, minutes)) => {
            let start = midnight + hour * 3_600;
            (moment(start), moment(start + minutes * 60))
        }
        None => (date(midnight), date(midnight + DAY)),
    };
    let id = format!("event-{}-{at}", today + day);
    json!({"id": id, "iCalUID": format!("{id}@sandbox.example"), "etag": format!("\"{today}\""), "status": "confirmed",
        "summary": title, "start": start, "end": end, "organizer": {"email": person.email, "self": true}})
}

//! Which events are to be converted: all of some days, or the one that is meant.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::app::App;
use crate::calendar::agenda;
use crate::calendar::copies::{Copies, weight};
use crate::calendar::meant::Unclear;
use crate::calendar::span::Stretch;
use crate::error::Error;
use crate::event::{Event, When};
use crate::index::{Calendar, Detail, Span};
use crate::output::sanitise;
use crate::time;

/// So many events are named where several could be meant.
const NAMED: usize = 5;

/// What is shorter is no beginning of an id.
const SHORTEST: usize = 5;

/// An event in a calendar.
pub(super) type Copy = (Calendar, Event<'static>);

/// An event, however many calendars have it.
pub(super) struct Found {
    /// The copy that has the person's own answer.
    pub(super) own: Copy,
    others: Vec<Copy>,
}

impl Found {
    pub(super) fn copies(&self) -> impl Iterator<Item = &Copy> {
        std::iter::once(&self.own).chain(&self.others)
    }

    pub(super) fn is_in(&self, calendar: &Calendar) -> bool {
        self.copies().any(|(own, _)| own.id == calendar.id)
    }

    fn join(&mut self, copy: Copy) {
        let is_own = weight(&copy.0, &copy.1) > weight(&self.own.0, &self.own.1);
        let other = if is_own { std::mem::replace(&mut self.own, copy) } else { copy };
        self.others.push(other);
    }
}

pub(super) fn unclear(unclear: Unclear) -> Error {
    match unclear {
        Unclear::Unknown { said, known } => Error::usage(format!("no mirrored calendar is called `{said}`"))
            .help(format!("there are: {}", known.join(", "))),
        Unclear::Several { said, names } => Error::usage(format!("`{said}` may be several calendars"))
            .help(format!("--calendar with one of: {}", names.join(", "))),
    }
}

/// By their start, each once.
pub(super) fn events_in(
    app: &App,
    calendars: &[Calendar],
    stretch: &Stretch,
    zone: &TimeZone,
) -> Result<Vec<Found>, Error> {
    // The index has whole days in UTC.
    let day = SignedDuration::from_hours(26);
    let span = Span {
        from: stretch.from.checked_sub(day).unwrap_or(Timestamp::MIN).as_second(),
        to: stretch.to.checked_add(day).unwrap_or(Timestamp::MAX).as_second(),
    };
    let mut copies = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events(calendar.id, span, Detail::Whole)?;
        // An event belongs to the day it starts on, as its entry will.
        let is_in = |event: &Event<'_>| (stretch.from..stretch.to).contains(&start(event, zone));
        copies.extend(events.into_iter().filter(is_in).map(|event| (calendar.clone(), event)));
    }
    Ok(grouped(copies, zone))
}

fn grouped(copies: Vec<Copy>, zone: &TimeZone) -> Vec<Found> {
    let (mut known, mut found) = (Copies::default(), Vec::<Found>::new());
    for copy in copies {
        match found.get_mut(known.place(&copy.0, &copy.1, start(&copy.1, zone))) {
            Some(same) => same.join(copy),
            None => found.push(Found { own: copy, others: Vec::new() }),
        }
    }
    found.sort_by_key(|found| start(&found.own.1, zone));
    found
}

fn start(event: &Event<'_>, zone: &TimeZone) -> Timestamp {
    agenda::bounds(&event.when, zone).0
}

/// The one event that is meant: by its id, by the beginning of that, by a part of its title. `only`: in this calendar.
pub(super) fn find(
    app: &App,
    calendars: &[Calendar],
    only: Option<&Calendar>,
    said: &str,
    stretch: &Stretch,
    zone: &TimeZone,
) -> Result<Found, Error> {
    let wanted = said.trim();
    if wanted.is_empty() {
        return Err(Error::usage("which event?").help("integ calendar events"));
    }
    let mut found = with_id(app, calendars, wanted, zone)?;
    let is_asked = |found: &Found| only.is_none_or(|calendar| found.is_in(calendar));
    found.retain(is_asked);
    if found.is_empty() {
        let lower = wanted.to_lowercase();
        let is_called = |found: &Found, test: &dyn Fn(&str) -> bool| {
            found.copies().any(|(_, event)| test(&event.title.to_lowercase()))
        };
        found = events_in(app, calendars, stretch, zone)?;
        found.retain(|one| is_asked(one) && is_called(one, &|title| title.contains(&lower)));
        if found.iter().any(|one| is_called(one, &|title| title == lower)) {
            found.retain(|one| is_called(one, &|title| title == lower));
        }
    }
    if found.len() > 1 {
        return Err(ambiguous(wanted, &found, zone));
    }
    found.pop().ok_or_else(|| {
        Error::usage(format!("no event is called `{wanted}`"))
            .help("integ calendar events; --on DAY, --week or --from looks for a title in other days")
    })
}

fn with_id(app: &App, calendars: &[Calendar], wanted: &str, zone: &TimeZone) -> Result<Vec<Found>, Error> {
    let mut copies: Vec<Copy> = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events_by_id(calendar.id, wanted)?;
        copies.extend(events.into_iter().map(|event| (calendar.clone(), event)));
    }
    // A short word is the beginning of many ids, and meant as a title.
    if wanted.len() < SHORTEST || copies.iter().any(|(_, event)| event.remote == wanted) {
        copies.retain(|(_, event)| event.remote == wanted);
    }
    let found = grouped(copies, zone);
    let [one] = found.as_slice() else { return Ok(found) };
    // It may have another id in another calendar.
    let from = start(&one.own.1, zone);
    let moment = Stretch { from, to: from.checked_add(SignedDuration::from_secs(1)).unwrap_or(from) };
    let is_it = |(calendar, event): &Copy| calendar.id == one.own.0.id && event.remote == one.own.1.remote;
    let whole = events_in(app, calendars, &moment, zone)?;
    let whole: Vec<Found> = whole.into_iter().filter(|other| other.copies().any(is_it)).collect();
    Ok(if whole.is_empty() { found } else { whole })
}

/// Whether the entry of this event is that of another one, although their UID and time are the same: an occurrence may
/// have been moved onto another of its series, and both are in one calendar.
pub(super) fn is_another(app: &App, found: &Found, entered: &time::EventKey) -> Result<bool, Error> {
    let beside = found.copies().find(|(calendar, event)| {
        (&calendar.connection, &calendar.remote) == (&entered.0, &entered.1) && event.remote != entered.2
    });
    let Some((calendar, _)) = beside else { return Ok(false) };
    let events = app.index()?.events_by_id(calendar.id, &entered.2)?;
    Ok(events.iter().any(|event| event.remote == entered.2))
}

fn ambiguous(wanted: &str, found: &[Found], zone: &TimeZone) -> Error {
    let names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|found| {
            let event = &found.own.1;
            let when = match &event.when {
                When::Days { first, .. } => first.strftime("%a %Y-%m-%d"),
                When::Time { start, .. } => start.to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M"),
            };
            format!("{} ({when}, {})", event.remote, sanitise::excerpt(&event.title))
        })
        .collect();
    let more = if found.len() > NAMED { format!(" and {} more", found.len() - NAMED) } else { String::new() };
    Error::usage(format!("`{wanted}` may be several events: {}{more}", names.join("; ")))
        .help("give the id of one, or a day: --on DAY")
}

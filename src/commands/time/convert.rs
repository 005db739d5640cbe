//! Makes time entries of events: of one, of a day or more, or of what falls under a rule. Running it again makes
//! nothing twice.

use std::collections::BTreeMap;

use clap::Args;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::pick::Days;
use super::rules::{self, Rounded};
use super::{field, show};
use crate::app::App;
use crate::calendar::meant::{self, Unclear};
use crate::calendar::span::{Moment, Stretch};
use crate::error::Error;
use crate::event::{Event, When};
use crate::index::{Calendar, EventNow, Span, TimeEntry, TimeStatus, Work};
use crate::output::sanitise;
use crate::time::{self, Converted, Rule, Skip};

/// Make time entries of events
#[derive(Args)]
pub(crate) struct Convert {
    /// One event: its id, the beginning of that, or a part of its title; without it every event of the day
    event: Option<String>,
    #[command(flatten)]
    days: Days,
    /// Only events of this calendar
    #[arg(long, value_name = "CALENDAR")]
    calendar: Option<String>,
    /// Only events that fall under a rule (time.rules)
    #[arg(long)]
    rules: bool,
    /// Only events that fall under this rule (may be given again)
    #[arg(long, value_name = "NAME")]
    rule: Vec<String>,
    /// The project, whatever the rules say
    #[arg(long)]
    project: Option<String>,
    /// The client, whatever the rules say
    #[arg(long)]
    client: Option<String>,
    #[command(flatten)]
    rounded: Rounded,
    /// Show what would be recorded, and record nothing
    #[arg(long)]
    dry_run: bool,
}

/// How far back a title is looked for where no days were given.
const BACK: i64 = 30;

/// So many events are named where several could be meant.
const NAMED: usize = 5;

/// What is shorter is no beginning of an id.
const SHORTEST: usize = 5;

/// An event in a calendar.
type Found = (Calendar, Event<'static>);

impl Convert {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let now = self.days.zone.now()?;
        let asked = self.days.stretch(&now)?;
        let rules = self.rules_in_force(app)?;
        let rounding = self.rounded.or_config(app)?;
        let calendars = self.calendars(app)?;
        let events = match &self.event {
            Some(said) => {
                let stretch = asked.unwrap_or_else(|| Stretch::around(&now, BACK, 0));
                vec![find(app, &calendars, said, &stretch, now.time_zone())?]
            }
            None => {
                let today = Moment::Day(now.date());
                let day = Stretch { from: today.begins(now.time_zone()), to: today.ends(now.time_zone()) };
                events_in(app, &calendars, &asked.unwrap_or(day))?
            }
        };
        let before = app.index()?.time_entries()?;
        let mut known = Converted::of(&before);
        let (mut works, mut skipped) = (Vec::new(), Vec::new());
        for (calendar, event) in events {
            let rule = rules.iter().find(|rule| rule.matches(&event, &calendar));
            let judged = match time::judge(&event) {
                Ok(_) if rule.is_none() && (self.rules || !self.rule.is_empty()) => Err(Skip::NoRule),
                judged => judged,
            };
            let work = judged.map(|times| self.filled(time::work(&event, &calendar, times, rounding), rule));
            match work {
                Ok(work) if known.add(&work) => works.push(work),
                Ok(_) => skipped.push((calendar, event, Skip::Converted)),
                Err(skip) => skipped.push((calendar, event, skip)),
            }
        }
        if self.dry_run {
            return self.rehearse(app, works, before, &skipped, now.time_zone());
        }
        let ids: Vec<i64> = app.index()?.add_time_entries(&works)?.into_iter().flatten().collect();
        if app.out.json {
            let all = app.index()?.time_entries()?;
            return self.document(app, all, &|entry| ids.contains(&entry.id), &skipped, now.time_zone());
        }
        show::these(app, &ids, now.time_zone())?;
        self.tell(app, ids.len(), &skipped, calendars.is_empty());
        Ok(())
    }

    fn filled(&self, mut work: Work, rule: Option<&Rule>) -> Work {
        let asked = |given: &Option<String>| given.as_deref().map(field);
        work.project = asked(&self.project).unwrap_or_else(|| rule.and_then(|rule| rule.project.clone()));
        work.client = asked(&self.client).unwrap_or_else(|| rule.and_then(|rule| rule.client.clone()));
        work
    }

    fn rules_in_force(&self, app: &App) -> Result<Vec<Rule>, Error> {
        let rules = rules::read(&*app.config()?)?;
        if let Some(unknown) = self.rule.iter().find(|name| !rules.iter().any(|rule| rule.name == **name)) {
            let known: Vec<&str> = rules.iter().map(|rule| rule.name.as_str()).collect();
            return Err(Error::usage(format!("there is no rule `{unknown}`")).help(match known.as_slice() {
                [] => format!("integ config set time.rules.{unknown}.words WORD"),
                known => format!("there are: {}", known.join(", ")),
            }));
        }
        if self.rules && rules.is_empty() {
            return Err(Error::usage("there are no rules yet").help(
                "integ config set time.rules.acme.attendee acme.com, then time.rules.acme.project acme",
            ));
        }
        let is_asked = |rule: &Rule| self.rule.is_empty() || self.rule.contains(&rule.name);
        Ok(rules.into_iter().filter(is_asked).collect())
    }

    fn calendars(&self, app: &App) -> Result<Vec<Calendar>, Error> {
        let mut calendars = app.index()?.calendars()?;
        calendars.retain(|calendar| calendar.enabled);
        match &self.calendar {
            None => Ok(calendars),
            Some(said) => Ok(vec![meant::find(&calendars, said).map_err(unclear)?.clone()]),
        }
    }

    /// As it would be, with no number yet.
    fn rehearse(
        &self,
        app: &App,
        works: Vec<Work>,
        before: Vec<TimeEntry>,
        skipped: &[(Calendar, Event<'static>, Skip)],
        zone: &jiff::tz::TimeZone,
    ) -> Result<(), Error> {
        let now = crate::clock::now();
        let count = works.len();
        let mut all = before;
        all.extend(works.into_iter().map(|work| TimeEntry {
            id: 0,
            work,
            status: TimeStatus::Pending,
            now: EventNow::Unknown,
            created_at: now,
            changed_at: now,
        }));
        all.sort_by_key(|entry| entry.work.start);
        if app.out.json {
            return self.document(app, all, &|entry| entry.id == 0, skipped, zone);
        }
        let overlaps = time::overlaps(&all);
        let new: Vec<&TimeEntry> = all.iter().filter(|entry| entry.id == 0).collect();
        if !new.is_empty() {
            app.out.line(&show::table(new, &overlaps, zone))?;
        }
        self.tell(app, count, skipped, false);
        app.out.say("Nothing was recorded.");
        Ok(())
    }

    fn document(
        &self,
        app: &App,
        all: Vec<TimeEntry>,
        is_new: &dyn Fn(&TimeEntry) -> bool,
        skipped: &[(Calendar, Event<'static>, Skip)],
        zone: &jiff::tz::TimeZone,
    ) -> Result<(), Error> {
        let overlaps = time::overlaps(&all);
        let entries: Vec<Value> = all
            .iter()
            .filter(|entry| is_new(entry))
            .map(|entry| show::json(entry, &overlaps, zone))
            .collect();
        let skipped: Vec<Value> = skipped
            .iter()
            .map(|(calendar, event, skip)| {
                json!({"connection": calendar.connection, "calendar": calendar.remote, "id": event.remote,
                    "title": event.title, "reason": skip.word()})
            })
            .collect();
        let document = json!({"v": 1, "dry_run": self.dry_run, "entries": entries, "skipped": skipped});
        Ok(app.out.object(document)?)
    }

    fn tell(&self, app: &App, new: usize, skipped: &[(Calendar, Event<'static>, Skip)], is_bare: bool) {
        if let ([(_, event, skip)], Some(_)) = (skipped, &self.event) {
            app.out.say(&format!("{} is not recorded: {}.", sanitise::line(&event.title), skip.words()));
            return;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, _, skip) in skipped {
            *counts.entry(skip.words()).or_default() += 1;
        }
        let reasons: Vec<String> = counts.iter().map(|(words, count)| format!("{count} {words}")).collect();
        let left =
            if reasons.is_empty() { String::new() } else { format!("; left out: {}", reasons.join(", ")) };
        let plural = if new == 1 { "entry" } else { "entries" };
        app.out.say(&format!("{new} new {plural}{left}."));
        if is_bare {
            app.out.hint("no calendar is mirrored yet: integ sync");
        }
    }
}

fn unclear(unclear: Unclear) -> Error {
    match unclear {
        Unclear::Unknown { said, known } => Error::usage(format!("no mirrored calendar is called `{said}`"))
            .help(format!("there are: {}", known.join(", "))),
        Unclear::Several { said, names } => Error::usage(format!("`{said}` may be several calendars"))
            .help(format!("--calendar with one of: {}", names.join(", "))),
    }
}

fn events_in(app: &App, calendars: &[Calendar], stretch: &Stretch) -> Result<Vec<Found>, Error> {
    // The index has whole days in UTC.
    let day = SignedDuration::from_hours(24);
    let span = Span {
        from: stretch.from.checked_sub(day).unwrap_or(Timestamp::MIN).as_second(),
        to: stretch.to.checked_add(day).unwrap_or(Timestamp::MAX).as_second(),
    };
    let mut found = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events(calendar.id, span)?;
        let events = events.into_iter().filter(|one| starts_in(&one.event, stretch));
        found.extend(events.map(|one| (calendar.clone(), one.event)));
    }
    found.sort_by_key(|(_, event)| start(event));
    Ok(found)
}

fn start(event: &Event<'_>) -> Timestamp {
    match &event.when {
        When::Time { start, .. } => *start,
        When::Days { first, .. } => {
            first.to_zoned(jiff::tz::TimeZone::UTC).map_or(Timestamp::MIN, |day| day.timestamp())
        }
    }
}

/// An event belongs to the day it starts on, as its entry will.
fn starts_in(event: &Event<'_>, stretch: &Stretch) -> bool {
    let start = start(event);
    stretch.from <= start && start < stretch.to
}

/// The one event that is meant: by its id, by the beginning of that, by a part of its title.
fn find(
    app: &App,
    calendars: &[Calendar],
    said: &str,
    stretch: &Stretch,
    zone: &jiff::tz::TimeZone,
) -> Result<Found, Error> {
    let wanted = said.trim();
    if wanted.is_empty() {
        return Err(Error::usage("which event?").help("integ calendar events"));
    }
    let mut by_id: Vec<Found> = Vec::new();
    for calendar in calendars {
        let events = app.index()?.events_by_id(calendar.id, wanted)?;
        by_id.extend(events.into_iter().map(|one| (calendar.clone(), one.event)));
    }
    // A short word is the beginning of many ids, and meant as a title.
    if wanted.len() < SHORTEST || by_id.iter().any(|(_, event)| event.remote == wanted) {
        by_id.retain(|(_, event)| event.remote == wanted);
    }
    let mut found = by_id;
    if found.is_empty() {
        let lower = wanted.to_lowercase();
        found = events_in(app, calendars, stretch)?;
        found.retain(|(_, event)| event.title.to_lowercase().contains(&lower));
        if found.iter().any(|(_, event)| event.title.to_lowercase() == lower) {
            found.retain(|(_, event)| event.title.to_lowercase() == lower);
        }
    }
    // One event in two calendars is one event.
    let mut seen = Vec::new();
    found.retain(|(_, event)| {
        let key = (event.uid.clone(), start(event));
        let is_new = event.uid.is_empty() || !seen.contains(&key);
        seen.push(key);
        is_new
    });
    if found.len() > 1 {
        return Err(ambiguous(wanted, &found, zone));
    }
    found.pop().ok_or_else(|| {
        Error::usage(format!("no event is called `{wanted}`"))
            .help("integ calendar events; --on DAY, --week or --from looks for a title in other days")
    })
}

fn ambiguous(wanted: &str, found: &[Found], zone: &jiff::tz::TimeZone) -> Error {
    let names: Vec<String> = found
        .iter()
        .take(NAMED)
        .map(|(_, event)| {
            let when = start(event).to_zoned(zone.clone()).strftime("%a %Y-%m-%d %H:%M");
            format!("{} ({when}, {})", event.remote, sanitise::excerpt(&event.title))
        })
        .collect();
    let more = if found.len() > NAMED { format!(" and {} more", found.len() - NAMED) } else { String::new() };
    Error::usage(format!("`{wanted}` may be several events: {}{more}", names.join("; ")))
        .help("give the id of one, or a day: --on DAY")
}

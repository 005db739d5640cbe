//! Makes time entries of events: of one, of a day or more, or of what falls under a rule. Running it again makes
//! nothing twice.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::{Value, json};

use super::pick::Days;
use super::rules::{self, Rounded};
use super::which::{Copy, Found, events_in, find, is_another, unclear};
use super::{field, show};
use crate::app::App;
use crate::calendar::meant;
use crate::calendar::span::{Moment, Stretch};
use crate::commands::calendar::{say_how_fresh, warn_of_what_is_not_mirrored};
use crate::error::Error;
use crate::index::{Calendar, EventNow, TimeEntry, TimeStatus, Work};
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

impl Convert {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let now = self.days.zone.now()?;
        let asked = self.days.stretch(&now)?;
        let rules = self.rules_in_force(app)?;
        let rounding = self.rounded.or_config(app)?;
        let mut calendars = app.index()?.calendars()?;
        calendars.retain(|calendar| calendar.enabled);
        let only = self.calendar.as_deref().map(|said| meant::find(&calendars, said)).transpose();
        let only = only.map_err(unclear)?;
        if let Some(asked) = &asked {
            warn_of_what_is_not_mirrored(app, &calendars, asked, &now);
        }
        let mut found = match &self.event {
            Some(said) => {
                let stretch = asked.unwrap_or_else(|| Stretch::around(&now, BACK, 0));
                vec![find(app, &calendars, only, said, &stretch, now.time_zone())?]
            }
            None => {
                let today = Moment::Day(now.date());
                let day = Stretch { from: today.begins(now.time_zone()), to: today.ends(now.time_zone()) };
                events_in(app, &calendars, &asked.unwrap_or(day), now.time_zone())?
            }
        };
        found.retain(|found| only.is_none_or(|calendar| found.is_in(calendar)));
        let before = app.index()?.time_entries()?;
        let mut known = Converted::of(&before);
        let (mut works, mut skipped) = (Vec::new(), Vec::new());
        for found in found {
            let (calendar, event) = &found.own;
            // A rule may know it by any calendar that has it.
            let holds = |rule: &&Rule| found.copies().any(|(calendar, event)| rule.matches(event, calendar));
            let rule = rules.iter().find(holds);
            let judged = match time::judge(event) {
                Ok(_) if rule.is_none() && (self.rules || !self.rule.is_empty()) => Err(Skip::NoRule),
                judged => judged,
            };
            let work = judged.map(|times| self.filled(time::work(event, calendar, times, rounding), rule));
            let work = match work {
                Ok(work) => new(app, &known, &found, work)?.ok_or(Skip::Converted),
                Err(skip) => Err(skip),
            };
            match work {
                Ok(work) => {
                    known.add(&work);
                    works.push(work);
                }
                Err(skip) => skipped.push((found, skip)),
            }
        }
        if self.dry_run {
            return self.rehearse(app, works, before, &skipped, &calendars, now.time_zone());
        }
        let ids: Vec<i64> = app.index()?.add_time_entries(&works)?.into_iter().flatten().collect();
        if app.out.json {
            let all = app.index()?.time_entries()?;
            return self.document(app, all, &|entry| ids.contains(&entry.id), &skipped, now.time_zone());
        }
        show::these(app, &ids, now.time_zone())?;
        self.tell(app, ids.len(), &skipped, &calendars);
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

    /// As it would be, with no number yet.
    fn rehearse(
        &self,
        app: &App,
        works: Vec<Work>,
        before: Vec<TimeEntry>,
        skipped: &[(Found, Skip)],
        calendars: &[Calendar],
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
            app.out.line(show::table(new, &overlaps, zone))?;
        }
        self.tell(app, count, skipped, calendars);
        app.out.say("Nothing was recorded.");
        Ok(())
    }

    fn document(
        &self,
        app: &App,
        all: Vec<TimeEntry>,
        is_new: &dyn Fn(&TimeEntry) -> bool,
        skipped: &[(Found, Skip)],
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
            .map(|(found, skip)| {
                let (calendar, event) = &found.own;
                json!({"connection": calendar.connection, "calendar": calendar.remote, "id": event.remote,
                    "title": event.title, "reason": skip.word()})
            })
            .collect();
        let document = json!({"v": 1, "dry_run": self.dry_run, "entries": entries, "skipped": skipped});
        Ok(app.out.object(document)?)
    }

    fn tell(&self, app: &App, new: usize, skipped: &[(Found, Skip)], calendars: &[Calendar]) {
        if let ([(found, skip)], Some(_)) = (skipped, &self.event) {
            let title = sanitise::line(&found.own.1.title);
            app.out.say(format!("{title} is not recorded: {}.", skip.words()));
            return;
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, skip) in skipped {
            *counts.entry(skip.words()).or_default() += 1;
        }
        let reasons: Vec<String> = counts.iter().map(|(words, count)| format!("{count} {words}")).collect();
        let left =
            if reasons.is_empty() { String::new() } else { format!("; left out: {}", reasons.join(", ")) };
        let plural = if new == 1 { "entry" } else { "entries" };
        app.out.say(format!("{new} new {plural}{left}."));
        if calendars.is_empty() {
            app.out.hint("no calendar is mirrored yet: integ sync");
        }
        say_how_fresh(app, calendars);
    }
}

/// As it is to be recorded; `None`: the event has an entry.
fn new(app: &App, known: &Converted, found: &Found, mut work: Work) -> Result<Option<Work>, Error> {
    let key = |(calendar, event): &Copy| {
        (calendar.connection.clone(), calendar.remote.clone(), event.remote.to_string())
    };
    if found.copies().any(|copy| known.has(&key(copy))) {
        return Ok(None);
    }
    let Some(source) = &mut work.source else { return Ok(Some(work)) };
    for entered in known.alike(source) {
        if !is_another(app, found, entered)? {
            return Ok(None);
        }
    }
    // What it has in common with the other one would be taken for it.
    if !known.alike(source).is_empty() {
        source.occurrence = None;
    }
    Ok(Some(work))
}

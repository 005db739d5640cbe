//! What is on: an agenda for a person, or the same events as data.

use clap::Args;

use super::agenda::Agenda;
use super::fresh::{say_how_fresh, warn_of_what_is_not_mirrored};
use super::{choose, document};
use crate::app::App;
use crate::calendar::agenda::{Wanted, read};
use crate::calendar::span::Stretch;
use crate::calendar::{csv, ics};
use crate::error::Error;
use crate::index::Detail;
use crate::output::sanitise;

/// Show what is on, today or in any stretch of time
#[derive(Args)]
#[command(after_help = "Days and times:
  2026-11-25, 14:00, 2026-11-25T14:00, today, tomorrow, yesterday, now, monday (the next one),
  friday 14:00, tomorrow 9am, +3d, -1w, +2h
Examples:
  integ calendar events --week
  integ calendar events --from monday --to friday --no-all-day
  integ calendar events offer acme --from -30d --to today --csv > offers.csv")]
pub(crate) struct Events {
    /// Words that the event has: in its title, place, description or people
    #[arg(value_name = "TEXT")]
    words: Vec<String>,
    /// Seven days
    #[arg(long)]
    week: bool,
    /// From this day or time on (today): seven days, unless --to says otherwise
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,
    /// Up to this time, or to the end of this day
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true, conflicts_with = "week")]
    to: Option<String>,
    /// Only this calendar: its name, its id, or CONNECTION/NAME
    #[arg(long, value_name = "CALENDAR")]
    calendar: Vec<String>,
    /// Only what lasts whole days
    #[arg(long, conflicts_with = "no_all_day")]
    all_day: bool,
    /// Nothing that lasts whole days
    #[arg(long)]
    no_all_day: bool,
    /// Nothing that was declined
    #[arg(long)]
    no_declined: bool,
    /// Show times in this time zone
    #[arg(long, value_name = "ZONE")]
    tz: Option<String>,
    /// Print an iCalendar file
    #[arg(long, conflicts_with = "csv")]
    ics: bool,
    /// Print CSV, safe for spreadsheets
    #[arg(long)]
    csv: bool,
}

impl Events {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        if app.out.json && (self.ics || self.csv) {
            return Err(Error::usage("only one of --json, --ics and --csv can be printed"));
        }
        let now = super::now(self.tz.as_deref())?;
        let zone = now.time_zone();
        let stretch = Stretch::asked(self.from.as_deref(), self.to.as_deref(), self.week, &now)
            .map_err(|why| Error::usage(sanitise::excerpt(&why)))?;
        let calendars = choose::named_or_mirrored(app, &self.calendar)?;
        let is_agenda = !app.out.json && !self.ics && !self.csv;
        let wanted = Wanted {
            all_day: self.all_day.then_some(true).or(self.no_all_day.then_some(false)),
            words: self.words.iter().flat_map(|words| words.split_whitespace()).map(str::to_owned).collect(),
            without_declined: self.no_declined,
            // Words are looked for in all of it.
            detail: if is_agenda && self.words.is_empty() { Detail::Line } else { Detail::Whole },
        };
        warn_of_what_is_not_mirrored(app, &calendars, &stretch, &now);
        let entries = read(app.index()?, &calendars, stretch, zone, &wanted)?;
        if app.out.json {
            let events = entries.iter().map(|entry| document::event(entry, &calendars, zone));
            return Ok(app.out.stream("events", events)?);
        }
        if self.ics {
            let title = match calendars.as_slice() {
                [one] => &one.name,
                _ => "integ",
            };
            return Ok(app.out.bytes(ics::document(&entries, &calendars, title).as_bytes())?);
        }
        if self.csv {
            let rows: Vec<Vec<String>> =
                entries.iter().map(|entry| document::row(entry, &calendars, zone)).collect();
            return Ok(app.out.bytes(csv::document(&document::COLUMNS, &rows)?.as_bytes())?);
        }
        if calendars.is_empty() {
            if !choose::say_none_mirrored(app) {
                app.out.say("No calendar is mirrored yet.");
                app.out.hint("integ connect google-calendar; integ calendar enable; integ sync");
            }
            return Ok(());
        }
        let agenda = Agenda::new(&calendars, &now, stretch);
        if entries.is_empty() {
            app.out.say(format!("Nothing {}.", agenda.when()));
        } else {
            app.out.line(agenda.text(&entries))?;
        }
        say_how_fresh(app, &calendars);
        Ok(())
    }
}

//! Hands time on: CSV for a spreadsheet, JSON for a program.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::pick::Pick;
use super::report::counts;
use super::show;
use crate::app::App;
use crate::calendar::csv;
use crate::error::{Error, cannot_write};
use crate::index::TimeEntry;
use crate::output::sanitise;
use crate::time::{self, Flag};
use crate::vault::private::write_private_into;

/// Write what is approved as CSV, or as JSON with --json
#[derive(Args)]
pub(crate) struct Export {
    #[command(flatten)]
    pick: Pick,
    /// Also what is still pending
    #[arg(long)]
    all: bool,
    /// As CSV (the default)
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Write to a file that only you can read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
}

const HEADER: [&str; 15] = [
    "id",
    "date",
    "week",
    "start",
    "end",
    "hours",
    "title",
    "project",
    "client",
    "status",
    "note",
    "flag",
    "connection",
    "calendar",
    "event",
];

impl Export {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let picked = self.pick.read()?;
        let all = app.index()?.time_entries()?;
        let chosen: Vec<&TimeEntry> =
            all.iter().filter(|entry| counts(entry, self.all) && picked.has(entry)).collect();
        let text = if app.out.json {
            let overlaps = time::overlaps(&all);
            let entries: Vec<_> =
                chosen.iter().map(|entry| show::json(entry, &overlaps, picked.zone())).collect();
            format!("{}\n", json!({"v": 1, "entries": entries}))
        } else {
            let rows: Vec<Vec<String>> = chosen.iter().map(|entry| row(entry, picked.zone())).collect();
            csv::document(&HEADER, &rows)?
        };
        let Some(path) = &self.output else {
            match app.out.json {
                true => app.out.line(&sanitise::json(text.trim_end()))?,
                false => app.out.bytes(text.as_bytes())?,
            }
            return Ok(());
        };
        if !self.force && path.symlink_metadata().is_ok() {
            return Err(Error::usage(format!("{} exists", path.display()))
                .help("choose another --output, or add --force"));
        }
        write_private_into(path, text.as_bytes(), self.force).map_err(|error| cannot_write(path, error))?;
        app.out.say(format!("{} entries in {}.", chosen.len(), path.display()));
        Ok(())
    }
}

fn row(entry: &TimeEntry, zone: &jiff::tz::TimeZone) -> Vec<String> {
    let work = &entry.work;
    let day = time::day(entry, zone);
    let at = |second: i64| if work.timed { show::rfc3339(second, zone) } else { String::new() };
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    let seen = work.source.clone().unwrap_or_default();
    let cells = [
        entry.id.to_string(),
        day.to_string(),
        time::iso_week(day),
        at(work.start),
        at(work.end),
        time::hours(work.seconds).to_string(),
        work.title.clone(),
        text(&work.project),
        text(&work.client),
        entry.status.word().to_owned(),
        text(&work.note),
        Flag::of(entry).map_or("", Flag::word).to_owned(),
        seen.connection,
        seen.calendar,
        seen.event,
    ];
    // It may be printed on a terminal.
    cells.map(|text| sanitise::line(&text).into_owned()).to_vec()
}

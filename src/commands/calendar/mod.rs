//! The calendars of every connection: which are mirrored, what is on, and files that other programs read.

mod agenda;
mod choose;
mod document;
mod events;
mod export;
mod fresh;
mod list;
mod mirror;

use clap::{Args, Subcommand};
use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::app::App;
use crate::error::{Error, nearest};
use crate::{clock, zone};

pub(crate) use choose::{say_none_mirrored, unclear};
pub(crate) use export::after_sync;
pub(crate) use fresh::{say_how_fresh, warn_of_what_is_not_mirrored};

/// Show calendars, choose which are mirrored, and see what is on
#[derive(Args)]
pub(crate) struct Calendar {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    List(list::List),
    Enable(mirror::Enable),
    Disable(mirror::Disable),
    Remove(mirror::Remove),
    Events(events::Events),
    Export(export::Export),
}

impl Calendar {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.verb {
            Verb::List(list) => list.run(app),
            Verb::Enable(enable) => enable.run(app),
            Verb::Disable(disable) => disable.run(app),
            Verb::Remove(remove) => remove.run(app),
            Verb::Events(events) => events.run(app),
            Verb::Export(export) => export.run(app),
        }
    }
}

/// The time where the person is, or in the zone that they named.
pub(super) fn now(zone: Option<&str>) -> Result<Zoned, Error> {
    let zone = match zone {
        None => TimeZone::try_system().unwrap_or(TimeZone::UTC),
        Some(name) => zone::rules(name).ok_or_else(|| {
            let known: Vec<String> = zone::names().collect();
            let error = Error::usage(format!("there is no time zone `{name}`"));
            let close = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            error.help(match close.or_else(|| ends_in(name, &known)) {
                Some(close) => format!("did you mean `{close}`?"),
                None => "a name such as Europe/Zurich or America/New_York".to_owned(),
            })
        })?,
    };
    let now = jiff::Timestamp::from_second(clock::now()).unwrap_or_default();
    Ok(now.to_zoned(zone))
}

/// `zurich` → `Europe/Zurich`
fn ends_in(name: &str, known: &[String]) -> Option<String> {
    let name = name.to_lowercase();
    let city = |zone: &&String| zone.rsplit('/').next().is_some_and(|city| city.to_lowercase() == name);
    known.iter().find(city).cloned()
}

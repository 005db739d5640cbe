//! How time is rounded and which rules there are: what was asked for, else what the settings say.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::app::{App, duration_argument};
use crate::config::Config;
use crate::error::{Error, Kind};
use crate::time::{Rounding, Rule};

#[derive(Args, Default)]
pub(super) struct Rounded {
    /// Count time in units of this, such as 15m; 0: as it is (time.round)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    round: Option<Duration>,
    /// To the next unit, or to the nearest (time.rounding)
    #[arg(long, value_name = "HOW")]
    rounding: Option<How>,
}

#[derive(Clone, Copy, Eq, PartialEq, ValueEnum)]
enum How {
    Up,
    Nearest,
}

impl Rounded {
    pub(super) fn or_config(&self, app: &App) -> Result<Rounding, Error> {
        let config = app.config()?;
        let unit = self.round.unwrap_or_else(|| config.duration("time.round"));
        Ok(self.with(unit, config.get("time.rounding") != "nearest"))
    }

    /// Only where it was asked for: what a person typed is meant as it stands.
    pub(super) fn asked(&self, app: &App) -> Result<Option<Rounding>, Error> {
        if self.round.is_none() && self.rounding.is_none() {
            return Ok(None);
        }
        let rounding = self.or_config(app)?;
        if self.round.is_none() && rounding.unit == 0 {
            return Err(Error::usage("there is no unit to round to").help("--round 15m"));
        }
        Ok(Some(rounding))
    }

    fn with(&self, unit: Duration, up: bool) -> Rounding {
        let up = self.rounding.map_or(up, |how| how == How::Up);
        Rounding { unit: i64::try_from(unit.as_secs()).unwrap_or(0), up }
    }
}

/// In the order of the file: the first that holds counts.
pub(super) fn read(config: &Config) -> Result<Vec<Rule>, Error> {
    let names = config.names_below("time.rules.");
    let rules = names.into_iter().map(|name| {
        let key = |field: &str| format!("time.rules.{name}.{field}");
        let rule = Rule {
            calendars: config.list(&key("calendar")),
            words: config.list(&key("words")),
            attendees: config.list(&key("attendee")),
            project: config.text(&key("project")),
            client: config.text(&key("client")),
            name,
        };
        match rule.has_condition() {
            true => Ok(rule),
            false => Err(Error::new(
                Kind::Config,
                format!("the rule `{}` says of no event that it holds", rule.name),
            )
            .help(format!(
                "integ config set time.rules.{}.words WORD, or .attendee, or .calendar",
                rule.name
            ))),
        }
    });
    rules.collect()
}

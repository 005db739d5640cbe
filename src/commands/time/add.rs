//! Time that no event knows of.

use clap::Args;

use super::pick::{Zone, day_of};
use super::rules::Rounded;
use super::{field, show};
use crate::app::App;
use crate::error::Error;
use crate::index::Work;
use crate::time::{Amount, clock_time};

/// Record time by hand
#[derive(Args)]
pub(crate) struct Add {
    /// How long (45m, 1h30, 1.5h), or from when to when (14:00-14:45)
    #[arg(value_name = "TIME")]
    amount: Amount,
    /// What was done
    title: String,
    /// When it started: 14:00; without it only the day is recorded
    #[arg(long, value_name = "TIME", value_parser = clock_time)]
    at: Option<jiff::civil::Time>,
    /// The day, instead of today: 2026-11-20, yesterday, monday (the last one), -3d
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    on: Option<String>,
    #[arg(long)]
    project: Option<String>,
    #[arg(long)]
    client: Option<String>,
    #[arg(long)]
    note: Option<String>,
    #[command(flatten)]
    rounded: Rounded,
    #[command(flatten)]
    zone: Zone,
}

impl Add {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let now = self.zone.now()?;
        let day = self.on.as_deref().map_or(Ok(now.date()), |text| day_of(text, &now))?;
        let title = field(&self.title).ok_or_else(|| Error::usage("the title is empty"))?;
        let mut work = Work {
            title,
            note: self.note.as_deref().and_then(field),
            project: self.project.as_deref().and_then(field),
            client: self.client.as_deref().and_then(field),
            ..Work::default()
        };
        super::edit::place(&mut work, self.amount, day, self.at, now.time_zone())?;
        if let Some(rounding) = self.rounded.asked(app)? {
            work.seconds = rounding.apply(work.seconds);
            work.rounding = rounding.text();
        }
        let ids: Vec<i64> = app.index()?.add_time_entries(&[work])?.into_iter().flatten().collect();
        show::these(app, &ids, now.time_zone())
    }
}

//! What the time adds up to, by day, week, project or client.

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, Zoned};
use serde_json::{Value, json};

use super::pick::{Pick, Picked, monday_of};
use crate::app::App;
use crate::calendar::span::{Moment, Stretch};
use crate::duration;
use crate::error::Error;
use crate::index::{TimeEntry, TimeStatus};
use crate::output::{Chart, Out};
use crate::time::{self, By, Report as Sums};

/// Add time up: what is approved, of this week unless other days are given
#[derive(Args)]
pub(crate) struct Report {
    /// What makes a line
    #[arg(long, value_name = "WHAT", default_value = "day")]
    by: What,
    #[command(flatten)]
    pick: Pick,
    /// Also what is still pending
    #[arg(long)]
    all: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum What {
    Day,
    Week,
    Project,
    Client,
}

impl What {
    fn by(self) -> By {
        match self {
            What::Day => By::Day,
            What::Week => By::Week,
            What::Project => By::Project,
            What::Client => By::Client,
        }
    }

    fn word(self) -> &'static str {
        match self {
            What::Day => "day",
            What::Week => "week",
            What::Project => "project",
            What::Client => "client",
        }
    }
}

impl Report {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let mut picked = self.pick.read()?;
        let stretch = picked.stretch.unwrap_or_else(|| this_week(&picked.now));
        picked.stretch = Some(stretch);
        let all = app.index()?.time_entries()?;
        let counted = all.iter().filter(|entry| counts(entry, self.all) && picked.has(entry));
        let sums = Sums::of(counted, self.by.by(), picked.zone());
        let waiting = all.iter().filter(|entry| entry.status == TimeStatus::Pending && picked.has(entry));
        let waiting = Sums::of(waiting, By::Day, picked.zone()).total;
        if app.out.json {
            return self.document(app, &sums, &picked, &stretch, waiting.seconds);
        }
        self.show(app, &sums)?;
        app.out.say(format!(
            "{}{}",
            span_words(&picked, &stretch),
            if self.all { ", with what is pending" } else { "" }
        ));
        if !self.all && waiting.entries > 0 {
            let which = self.pick.typed(" --week");
            app.out.hint(&format!(
                "{} still pending and not counted: integ time approve{which}, or integ time report{which} --by {} --all",
                duration::words(waiting.seconds),
                self.by.word()
            ));
        }
        Ok(())
    }

    fn show(&self, app: &App, sums: &Sums) -> Result<(), Error> {
        if sums.rows.is_empty() {
            app.out.say("No time is recorded there.");
            return Ok(());
        }
        let mut chart = Chart::new();
        for (key, sum) in &sums.rows {
            chart.row(&self.label(key.as_deref()), sum.seconds, &duration::words(sum.seconds));
        }
        chart.total("Total", &duration::words(sums.total.seconds));
        Ok(app.out.line(chart.render(Out::stdout_is_terminal()))?)
    }

    fn label(&self, key: Option<&str>) -> String {
        match (self.by, key) {
            (What::Day, Some(day)) => {
                day.parse::<Date>().map_or(day.to_owned(), |day| day.strftime("%a %Y-%m-%d").to_string())
            }
            (_, Some(key)) => key.to_owned(),
            (What::Client, None) => "(no client)".to_owned(),
            (_, None) => "(no project)".to_owned(),
        }
    }

    fn document(
        &self,
        app: &App,
        sums: &Sums,
        picked: &Picked<'_>,
        stretch: &Stretch,
        waiting: i64,
    ) -> Result<(), Error> {
        let row = |(key, sum): &(Option<String>, time::Sum)| {
            json!({self.by.word(): key, "seconds": sum.seconds, "hours": time::hours(sum.seconds),
                "entries": sum.entries})
        };
        let (first, last) = stretch.days(picked.zone());
        let rows: Vec<Value> = sums.rows.iter().map(row).collect();
        let total = json!({"seconds": sums.total.seconds, "hours": time::hours(sums.total.seconds),
            "entries": sums.total.entries});
        let from = (stretch.from != Timestamp::MIN).then(|| first.to_string());
        let to = (stretch.to != Timestamp::MAX).then(|| last.to_string());
        Ok(app.out.object(json!({"v": 1, "by": self.by.word(), "from": from, "to": to,
            "counted": if self.all { "all" } else { "approved" }, "rows": rows, "total": total,
            "pending_seconds": waiting}))?)
    }
}

/// What was rejected counts nowhere.
pub(super) fn counts(entry: &TimeEntry, all: bool) -> bool {
    entry.status == TimeStatus::Approved || (all && entry.status == TimeStatus::Pending)
}

fn this_week(now: &Zoned) -> Stretch {
    let monday = monday_of(now.date());
    let sunday = Moment::Day(monday.saturating_add(6.days()));
    Stretch { from: Moment::Day(monday).begins(now.time_zone()), to: sunday.ends(now.time_zone()) }
}

fn span_words(picked: &Picked<'_>, stretch: &Stretch) -> String {
    let (first, last) = stretch.days(picked.zone());
    match (first == last, stretch.from == Timestamp::MIN, stretch.to == Timestamp::MAX) {
        (true, false, false) => format!("{} ({})", first.strftime("%a %Y-%m-%d"), time::iso_week(first)),
        (_, true, _) => format!("Up to {last}"),
        (_, _, true) => format!("From {first} on"),
        _ if first == monday_of(first) && last == first.saturating_add(6.days()) => {
            format!("{}: {first} to {last}", time::iso_week(first))
        }
        _ => format!("{first} to {last}"),
    }
}

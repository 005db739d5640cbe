//! What it adds up to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::index::TimeEntry;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum By {
    Day,
    Week,
    Project,
    Client,
}

/// What adds up to one line, and in all.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Sum {
    pub seconds: i64,
    pub entries: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Report {
    /// `None`: without a project, or a client.
    pub rows: Vec<(Option<String>, Sum)>,
    pub total: Sum,
}

impl Report {
    /// Days and weeks by time, projects and clients the most first, what has none last.
    pub(crate) fn of<'a>(entries: impl Iterator<Item = &'a TimeEntry>, by: By, zone: &TimeZone) -> Report {
        let mut sums: BTreeMap<Option<String>, Sum> = BTreeMap::new();
        let mut total = Sum::default();
        for entry in entries {
            let key = match by {
                By::Day => Some(day(entry, zone).to_string()),
                By::Week => Some(iso_week(day(entry, zone))),
                By::Project => entry.work.project.clone(),
                By::Client => entry.work.client.clone(),
            };
            for sum in [sums.entry(key).or_default(), &mut total] {
                sum.seconds = sum.seconds.saturating_add(entry.work.seconds);
                sum.entries += 1;
            }
        }
        let mut rows: Vec<_> = sums.into_iter().collect();
        if matches!(by, By::Project | By::Client) {
            rows.sort_by_key(|(key, sum)| (key.is_none(), std::cmp::Reverse(sum.seconds)));
        }
        Report { rows, total }
    }
}

/// The day that an entry counts for: the one it starts on, wherever it is looked at from.
pub(crate) fn day(entry: &TimeEntry, zone: &TimeZone) -> Date {
    let at = Timestamp::from_second(entry.work.start).unwrap_or(Timestamp::UNIX_EPOCH);
    let zone = if entry.work.timed { zone.clone() } else { TimeZone::UTC };
    at.to_zoned(zone).date()
}

/// `2026-W47`
pub(crate) fn iso_week(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{:04}-W{:02}", week.year(), week.week())
}

/// Decimal hours, to a third of a second: `0.75`, `0.8333`.
pub(crate) fn hours(seconds: i64) -> f64 {
    (seconds as f64 / 0.36).round() / 10_000.0
}

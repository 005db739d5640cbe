//! An event as the server keeps it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use super::Dialect;
use crate::scene::Mirrored;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Event {
    pub(crate) id: String,
    pub(crate) title: String,
    /// Unix seconds; of a whole day: its midnight in UTC.
    pub(crate) start: i64,
    pub(crate) end: i64,
    pub(crate) all_day: bool,
    pub(crate) zone: String,
    pub(crate) series: Option<String>,
    pub(crate) version: u64,
    /// Further fields, as the dialect has them.
    pub(crate) more: Value,
}

/// The beginning of today, in UTC.
pub(crate) fn today() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().cast_signed();
    now.div_euclid(86_400) * 86_400
}

impl Event {
    /// An hour, so many hours after midnight today.
    pub(crate) fn new(id: &str, hours: i64) -> Event {
        Event {
            id: id.into(),
            title: format!("Event {id}"),
            start: today() + hours * 3_600,
            end: today() + (hours + 1) * 3_600,
            all_day: false,
            zone: "Europe/Zurich".into(),
            series: None,
            version: 1,
            more: Value::Null,
        }
    }

    /// A whole day, so many days from today.
    pub(crate) fn day(id: &str, days: i64) -> Event {
        let start = today() + days * 86_400;
        Event { start, end: start + 86_400, all_day: true, ..Event::new(id, 0) }
    }

    pub(crate) fn titled(self, title: &str) -> Event {
        Event { title: title.into(), ..self }
    }

    pub(crate) fn with(self, more: Value) -> Event {
        Event { more, ..self }
    }

    pub(crate) fn is_in(&self, (from, to): (i64, i64)) -> bool {
        self.start < to && (self.end > from || self.start >= from)
    }

    pub(super) fn mirrored(&self, dialect: Dialect) -> Mirrored {
        let version = match dialect {
            Dialect::Google => format!("\"{}\"", self.version),
            Dialect::Microsoft => format!("W/\"{}\"", self.version),
        };
        Mirrored {
            version,
            title: self.title.clone(),
            start: self.start,
            end: self.end,
            all_day: self.all_day,
            zone: (!self.all_day).then(|| self.zone.clone()),
            series: self.series.clone(),
        }
    }
}

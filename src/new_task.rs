//! A task as every target means it, whatever its provider calls the parts.

use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// What shall be created.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NewTask {
    pub title: String,
    /// Markdown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// An address, a name or an id, as a person wrote it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<Priority>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The remote id of the task that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What only one target knows, by its own names.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<(String, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub(crate) enum Due {
    Day(Date),
    /// `zone`: an IANA name, where one is known. `day`: what the calendar on the wall says then, where the person is; a
    /// zone without a name has one as well.
    At {
        at: Timestamp,
        zone: Option<String>,
        day: Date,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Priority {
    Urgent,
    High,
    Normal,
    Low,
}

/// What a provider made of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Created {
    pub id: String,
    /// The task's own page.
    pub url: Option<String>,
}

/// A task as it is at its provider now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Remote {
    pub id: String,
    pub title: String,
    pub url: Option<String>,
    pub done: bool,
    pub due: Option<String>,
}

impl Due {
    /// A moment, in this zone.
    pub(crate) fn at(at: Timestamp, zone: &TimeZone) -> Due {
        Due::At { at, zone: zone.iana_name().map(str::to_owned), day: zone.to_datetime(at).date() }
    }

    /// The day that it falls on, in its own zone.
    pub(crate) fn day(&self) -> Date {
        match self {
            Due::Day(day) | Due::At { day, .. } => *day,
        }
    }
}

impl From<Due> for String {
    fn from(due: Due) -> String {
        match due {
            Due::Day(day) => day.to_string(),
            Due::At { at, zone: None, day } => format!("{at}[day={day}]"),
            Due::At { at, zone: Some(zone), day } => format!("{at}[{zone}][day={day}]"),
        }
    }
}

impl TryFrom<String> for Due {
    type Error = String;

    fn try_from(text: String) -> Result<Due, String> {
        let wrong = |_| format!("`{text}` is no date");
        if !text.contains('T') {
            return text.parse().map(Due::Day).map_err(wrong);
        }
        let mut parts = text.split('[').map(|part| part.trim_end_matches(']'));
        let at: Timestamp = parts.next().unwrap_or_default().parse().map_err(wrong)?;
        let (mut zone, mut day) = (None, None);
        for part in parts {
            match part.strip_prefix("day=") {
                Some(text) => day = Some(text.parse().map_err(wrong)?),
                None => zone = Some(part.to_owned()),
            }
        }
        // Rows of before the day was kept.
        let of_zone = || {
            let zone = zone.as_deref().and_then(|name| TimeZone::get(name).ok());
            zone.unwrap_or(TimeZone::UTC).to_datetime(at).date()
        };
        Ok(Due::At { at, day: day.unwrap_or_else(of_zone), zone })
    }
}

impl Priority {
    pub(crate) const ALL: [Priority; 4] = [Priority::Urgent, Priority::High, Priority::Normal, Priority::Low];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Priority::Urgent => "urgent",
            Priority::High => "high",
            Priority::Normal => "normal",
            Priority::Low => "low",
        }
    }

    /// The word, or 1 (urgent) to 4 (low), with or without a `p`.
    pub(crate) fn parse(text: &str) -> Result<Priority, String> {
        let word = text.trim().to_ascii_lowercase();
        let found = Priority::ALL.into_iter().zip(["1", "2", "3", "4"]).find(|(priority, digit)| {
            word == priority.word() || word == *digit || word.strip_prefix('p') == Some(digit)
        });
        let medium = || (word == "medium").then_some(Priority::Normal);
        let priority = found.map(|(priority, _)| priority).or_else(medium);
        priority.ok_or_else(|| format!("`{text}` is no priority: use urgent, high, normal or low"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_read_as_it_was_written() {
        let task = NewTask {
            title: "a\r\n\u{0}\u{202e}😀".into(),
            due: Some(Due::At {
                at: "2026-12-01T08:00:00Z".parse().unwrap(),
                zone: Some("Europe/Berlin".into()),
                day: "2026-12-01".parse().unwrap(),
            }),
            priority: Some(Priority::High),
            fields: vec![("a".into(), "b".into())],
            ..NewTask::default()
        };
        let text = serde_json::to_string(&task).unwrap();
        assert_eq!(serde_json::from_str::<NewTask>(&text).unwrap(), task);
        let day: Due = serde_json::from_str("\"2026-12-01\"").unwrap();
        assert_eq!(day, Due::Day("2026-12-01".parse().unwrap()));
        assert!(serde_json::from_str::<Due>("\"soon\"").is_err());
    }

    #[test]
    fn a_time_falls_on_the_day_of_its_zone() {
        let at = "2026-12-01T23:30:00Z".parse().unwrap();
        // The last one has no name, as a copied /etc/localtime has none.
        let zones = ["UTC", "Asia/Tokyo"].map(|name| TimeZone::get(name).unwrap());
        for (zone, day) in
            zones.into_iter().chain([TimeZone::posix("JST-9").unwrap()]).zip(["01", "02", "02"])
        {
            let due = Due::at(at, &zone);
            assert_eq!(due.day().to_string(), format!("2026-12-{day}"));
            assert_eq!(Due::try_from(String::from(due.clone())), Ok(due));
        }
        for (old, day) in
            [("2026-12-01T23:30:00Z[Asia/Tokyo]", "2026-12-02"), ("2026-12-01T23:30:00Z", "2026-12-01")]
        {
            assert_eq!(Due::try_from(old.to_owned()).unwrap().day().to_string(), day);
        }
    }

    #[test]
    fn priorities_have_words_and_numbers() {
        for (text, expected) in [("high", "high"), ("P1", "urgent"), ("4", "low"), ("Medium", "normal")] {
            assert_eq!(Priority::parse(text).unwrap().word(), expected);
        }
        assert!(Priority::parse("5").is_err() && Priority::parse("p").is_err());
    }
}

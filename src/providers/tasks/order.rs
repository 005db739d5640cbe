//! What a dialect is asked to create, and our mark in it.

use super::Target;
use crate::new_task::{Due, NewTask};

/// One task, with everything a name stood for resolved.
pub(crate) struct Order<'a> {
    pub task: &'a NewTask,
    /// Markdown; the address is in it where the dialect has no field for one.
    pub notes: Option<String>,
    pub list: Option<&'a Target>,
    pub assignee: Option<&'a Target>,
    /// Where tags are `Tags::Known`; else see the task.
    pub tags: Vec<&'a Target>,
    /// A UUID (version 4, lower case), the same for every try of this task.
    pub mark: &'a str,
    /// It may have been created since then (unix seconds), not before.
    pub since: i64,
}

/// Our mark, where it stands in a text.
pub(super) fn mark(order: &Order<'_>) -> String {
    format!("integ:{}", order.mark)
}

/// The notes with our mark below them, for targets that have no better place.
pub(super) fn marked(order: &Order<'_>) -> String {
    match &order.notes {
        Some(notes) => format!("{notes}\n\n{}", mark(order)),
        None => mark(order),
    }
}

/// When to look from for what an earlier try may have made: their clock may be behind ours.
pub(super) fn since(order: &Order<'_>) -> i64 {
    order.since.saturating_sub(600)
}

/// A due time in milliseconds; noon (UTC) of a mere day is that day nearly everywhere.
pub(super) fn due_ms(due: &Due) -> i64 {
    match due {
        Due::At { at, .. } => at.as_millisecond(),
        Due::Day(day) => day
            .at(12, 0, 0, 0)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .map_or(0, |noon| noon.timestamp().as_millisecond()),
    }
}

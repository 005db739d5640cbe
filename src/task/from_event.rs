//! A task about an event: its title, when and where it is, who comes, and the way to it.

use jiff::tz::TimeZone;

use crate::event::{Event, When};
use crate::new_task::{Due, NewTask};
use crate::output::sanitise;

/// Due where the person is, not where its organiser is.
pub(crate) fn from_event(event: &Event<'_>, here: &TimeZone) -> NewTask {
    let mut lines = vec![format!("When: {}", when_words(&event.when))];
    let mut line = |label: &str, text: Option<String>| {
        lines.extend(text.filter(|text| !text.is_empty()).map(|text| format!("{label}: {text}")));
    };
    line("Where", event.location.as_deref().map(|text| sanitise::line(text).into_owned()));
    line("With", Some(event.attendees.join(", ")));
    line("Join", event.meeting.as_deref().map(str::to_owned));
    let due = match &event.when {
        When::Days { first, .. } => Due::Day(*first),
        When::Time { start, .. } => Due::at(*start, here),
    };
    NewTask {
        // A calendar's title may have line breaks; a task's may not.
        title: sanitise::line(event.title.trim()).trim().to_owned(),
        notes: Some(lines.join("\n")),
        due: Some(due),
        url: event.url.as_deref().map(str::to_owned),
        ..NewTask::default()
    }
}

fn when_words(when: &When<'_>) -> String {
    match when {
        When::Days { first, end } => match end.yesterday().unwrap_or(*first) {
            last if last <= *first => first.to_string(),
            last => format!("{first} to {last}"),
        },
        When::Time { start, end, zone } => {
            let zone =
                zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::system());
            let (start, end) = (start.to_zoned(zone.clone()), end.to_zoned(zone));
            let until = if start.date() == end.date() { "%H:%M %Z" } else { "%Y-%m-%d %H:%M %Z" };
            format!("{} to {}", start.strftime("%Y-%m-%d %H:%M"), end.strftime(until))
        }
    }
}

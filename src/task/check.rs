//! What a target can hold, before anything is sent: what it cannot is said, and what it would refuse is refused here.

use crate::error::Error;
use crate::name::Name;
use crate::new_task::{Due, NewTask};
use crate::providers::tasks::{Dues, Notes, Tags, Traits};

/// What will not arrive, in words; empty: all of it does.
pub(crate) fn notices(task: &NewTask, traits: &Traits, title: &str) -> Vec<String> {
    let mut notices = Vec::new();
    let mut cannot = |is_lost: bool, what: &str| {
        if is_lost {
            notices.push(format!("{title} has no room for {what}: not sent"));
        }
    };
    cannot(task.notes.is_some() && traits.notes == Notes::None, "notes");
    cannot(task.due.is_some() && traits.due == Dues::None, "a due date");
    cannot(
        matches!(task.due, Some(Due::At { .. })) && traits.due == Dues::Day,
        "the time of day of a due date",
    );
    cannot(task.assignee.is_some() && !traits.assignee, "an assignee");
    cannot(task.priority.is_some() && !traits.priority, "a priority");
    cannot(!task.tags.is_empty() && traits.tags == Tags::None, "tags");
    cannot(task.parent.is_some() && !traits.parent, "a parent task");
    cannot(task.url.is_some() && !traits.url && traits.notes == Notes::None, "an address");
    cannot(!task.fields.is_empty() && !traits.fields, "fields of its own");
    notices
}

/// Whether the target takes texts like these.
pub(crate) fn fits(task: &NewTask, traits: &Traits, name: &Name) -> Result<(), Error> {
    sound_title(&task.title)?;
    if !traits.longest_title.allows(&task.title) {
        let most = traits.longest_title.words();
        return Err(Error::usage(format!("{name}: the title is longer than {most}"))
            .help("put the rest into --notes"));
    }
    let notes = notes(task, traits).unwrap_or_default();
    if traits.notes != Notes::None && !traits.longest_notes.allows(&notes) {
        let most = traits.longest_notes.words();
        return Err(Error::usage(format!("{name}: the notes are longer than {most}")));
    }
    Ok(())
}

/// A title is one line of text. Providers drop or refuse what is not, each in its own way.
pub(crate) fn sound_title(title: &str) -> Result<(), Error> {
    if title.trim().is_empty() {
        return Err(Error::usage("a task needs a title"));
    }
    if let Some(bad) = title.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')) {
        let what = format!("the title has a character that no title can have (U+{:04X})", u32::from(bad));
        return Err(Error::usage(what).help("--notes takes any text"));
    }
    // Providers cut it off, and then it would not be what was asked for.
    if title.trim() != title {
        return Err(Error::usage("the title begins or ends with a space"));
    }
    Ok(())
}

/// The notes as they are sent: with the address below them where the target has no field for one.
pub(super) fn notes(task: &NewTask, traits: &Traits) -> Option<String> {
    let own = task.notes.clone().filter(|notes| !notes.trim().is_empty());
    let notes = match task.url.as_ref().filter(|_| !traits.url) {
        Some(url) => Some(own.map_or_else(|| url.clone(), |notes| format!("{notes}\n\n{url}"))),
        None => own,
    };
    notes.filter(|_| traits.notes != Notes::None)
}

//! How each provider answers. One file is one dialect, after its sheet.

mod todoist;

pub(crate) use todoist::TODOIST;

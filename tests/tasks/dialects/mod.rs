//! How each provider answers. One file is one dialect, after its sheet.

mod google_tasks;
mod linear;
mod todoist;

pub(crate) use google_tasks::GOOGLE_TASKS;
pub(crate) use linear::LINEAR;
pub(crate) use todoist::TODOIST;

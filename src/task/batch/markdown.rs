//! Tasks as a markdown checklist.

use super::{Found, Wanted};
use crate::new_task::NewTask;

/// `- [ ] title`; what is ticked is done and is not created. Text that is indented below an item is its notes.
pub(super) fn markdown(text: &str) -> Found {
    let mut found = Found::new();
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let indented = trimmed.len() < line.len();
        let item = ["- ", "* ", "+ "].iter().find_map(|bullet| trimmed.strip_prefix(bullet));
        match item {
            Some(item) => {
                let ticked = ["[x]", "[X]"].iter().any(|mark| item.starts_with(mark));
                let title = item.strip_prefix("[ ]").unwrap_or(item).trim();
                open = !ticked && !title.is_empty();
                if open {
                    let task = NewTask { title: title.to_owned(), ..NewTask::default() };
                    found.push((at + 1, title.to_owned(), Ok(Wanted { task, ..Wanted::default() })));
                }
            }
            None if indented && open && !trimmed.is_empty() => {
                if let Some((_, raw, Ok(wanted))) = found.last_mut() {
                    let notes = wanted.task.notes.take();
                    let notes = notes.map_or_else(String::new, |notes| format!("{notes}\n"));
                    wanted.task.notes = Some(format!("{notes}{}", trimmed.trim_end()));
                    raw.push_str(&format!("\n{trimmed}"));
                }
            }
            None => open = open && trimmed.is_empty(),
        }
    }
    found
}

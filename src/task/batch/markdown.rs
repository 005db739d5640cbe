//! Tasks as a markdown checklist.

use super::{Found, Wanted};
use crate::new_task::NewTask;

/// `- [ ] title` or `1. [ ] title`; what is ticked is done and is not created. Text that is indented below an item is its
/// notes. And how many lines of text are neither.
pub(super) fn markdown(text: &str) -> (Found, usize) {
    let (mut found, mut left_out) = (Found::new(), 0);
    let mut open = false;
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim_start();
        let indented = trimmed.len() < line.len();
        match item(trimmed) {
            Some(item) => {
                let ticked = ["[x]", "[X]"].iter().any(|mark| item.starts_with(mark));
                let title = item.strip_prefix("[ ]").unwrap_or(item).trim();
                open = !ticked && !title.is_empty();
                if open {
                    let task = NewTask { title: title.to_owned(), ..NewTask::default() };
                    found.push((at + 1, title.to_owned(), Ok(Wanted { task, ..Wanted::default() })));
                } else {
                    left_out += 1;
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
            None => {
                open = open && trimmed.is_empty();
                let is_text = !(trimmed.is_empty() || trimmed.starts_with('#') || is_break(trimmed));
                left_out += usize::from(is_text);
            }
        }
    }
    (found, left_out)
}

/// What stands behind a bullet, or behind a number where a box follows: a numbered line alone may be any text.
pub(super) fn item(line: &str) -> Option<&str> {
    if is_break(line) {
        return None;
    }
    let bullet = ["- ", "* ", "+ "].iter().find_map(|bullet| line.strip_prefix(bullet));
    bullet.or_else(|| {
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let item = rest.strip_prefix(['.', ')']).filter(|_| rest.len() < line.len())?.trim_start();
        Some(item).filter(|item| ["[ ]", "[x]", "[X]"].iter().any(|mark| item.starts_with(mark)))
    })
}

/// `* * *`, `---`: a line across the page.
fn is_break(line: &str) -> bool {
    let marks: String = line.split_whitespace().collect();
    marks.len() >= 3 && ['-', '*', '_'].iter().any(|mark| marks.chars().all(|c| c == *mark))
}

//! Progress of anything that may take over a second; only on a terminal.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use console::Term;

use super::{Out, sanitise};

const TICK: Duration = Duration::from_millis(120);
const TURNS: [&str; 4] = ["-", "\\", "|", "/"];
const WIDTH: usize = 24;

pub(crate) struct Progress {
    done: Arc<AtomicUsize>,
    /// Dropping the sender ends the thread that draws; `None`: nothing is shown.
    drawing: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Counts to `length`; `0` only turns.
    pub(crate) fn new(out: &Out, length: usize, text: &str) -> Progress {
        let done = Arc::new(AtomicUsize::new(0));
        let shown = Out::is_interactive() && !out.quiet && !out.json;
        let drawing = shown.then(|| {
            let (end, ended) = channel();
            let line = Line { text: sanitise::line(text).into_owned(), length, done: Arc::clone(&done) };
            // A progress that cannot be drawn is no reason to fail.
            let thread = std::thread::Builder::new().spawn(move || line.draw_until(&ended)).ok()?;
            Some((end, thread))
        });
        Progress { done, drawing: drawing.flatten() }
    }

    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some((end, thread)) = self.drawing.take() {
            drop(end);
            let _ = thread.join();
        }
    }
}

struct Line {
    text: String,
    length: usize,
    done: Arc<AtomicUsize>,
}

impl Line {
    /// What takes less than a tick is not drawn at all.
    fn draw_until(&self, ended: &Receiver<()>) {
        let term = Term::buffered_stderr();
        let mut turns = TURNS.iter().cycle();
        while ended.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            let line = format!("{} {}", turns.next().unwrap_or(&""), self.words());
            let room = usize::from(term.size().1).saturating_sub(1);
            let drawn = term.clear_line().and_then(|()| {
                term.write_str(&console::truncate_str(&line, room, "…"))?;
                term.flush()
            });
            if drawn.is_err() {
                return;
            }
        }
        let _ = term.clear_line().and_then(|()| term.flush());
    }

    fn words(&self) -> String {
        if self.length == 0 {
            return self.text.clone();
        }
        let done = self.done.load(Ordering::Relaxed).min(self.length);
        let full = WIDTH * done / self.length;
        let head = if done < self.length { ">" } else { "" };
        let bar = format!("{:<WIDTH$}", format!("{}{head}", "=".repeat(full)));
        format!("{} [{bar}] {done}/{}", self.text, self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_keeps_its_width() {
        let line = |done| Line { text: "Asking".into(), length: 3, done: Arc::new(AtomicUsize::new(done)) };
        assert_eq!(line(0).words(), format!("Asking [>{}] 0/3", " ".repeat(23)));
        assert_eq!(line(2).words(), format!("Asking [{}>{}] 2/3", "=".repeat(16), " ".repeat(7)));
        assert_eq!(line(3).words(), format!("Asking [{}] 3/3", "=".repeat(24)));
        assert_eq!(line(9).words(), line(3).words());
    }
}

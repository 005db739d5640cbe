//! Progress of anything that may take over a second; only on a terminal. Drawn by these lines of ours: the library for it
//! computes a power, and for that every run of the program would load libm.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use console::{Term, truncate_str};

use super::{Out, sanitise};

/// Time between two pictures. What is over sooner is not shown at all.
const TICK: Duration = Duration::from_millis(120);
const TURNS: [&str; 8] = ["⠁", "⠂", "⠄", "⡀", "⢀", "⠠", "⠐", "⠈"];
/// Characters of a bar.
const WIDTH: u64 = 24;

/// One thing that goes on, or several in a row.
pub(crate) struct Progress(Bar);

impl Progress {
    /// Counts to `length`; `0` only turns.
    pub(crate) fn new(out: &Out, length: usize, text: &str) -> Progress {
        let counted = if length == 0 { Counted::Nothing } else { Counted::To(length as u64) };
        Progress(Bars::new(out).bar(text, counted))
    }

    pub(crate) fn step(&self) {
        self.0.advance(1);
    }
}

/// Several things that go on side by side, a line each.
pub(crate) struct Bars(Arc<Screen>);

/// One of them: how many so far, and how fast.
pub(crate) struct Bar {
    screen: Arc<Screen>,
    number: usize,
}

impl Bars {
    pub(crate) fn new(out: &Out) -> Bars {
        let shown = Out::is_interactive() && !out.quiet && !out.json;
        let lines = Lines::default();
        let drawer = shown.then(|| {
            let (stop, stopped) = mpsc::channel::<()>();
            let lines = Arc::clone(&lines);
            let drawing = thread::spawn(move || {
                let (term, mut height) = (Term::stderr(), 0);
                for turn in TURNS.iter().cycle() {
                    if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                        break;
                    }
                    height = draw(&term, &locked(&lines), height, turn);
                }
                let _ = term.clear_last_lines(height);
            });
            (stop, drawing)
        });
        Bars(Arc::new(Screen { lines, drawer }))
    }

    pub(crate) fn add(&self, text: &str) -> Bar {
        self.bar(text, Counted::Events)
    }

    fn bar(&self, text: &str, counted: Counted) -> Bar {
        let mut lines = locked(&self.0.lines);
        lines.push(Some(Line {
            text: sanitise::line(text).into_owned(),
            counted,
            done: 0,
            since: Instant::now(),
        }));
        Bar { screen: Arc::clone(&self.0), number: lines.len() - 1 }
    }
}

impl Bar {
    pub(crate) fn advance(&self, by: u64) {
        if let Some(Some(line)) = locked(&self.screen.lines).get_mut(self.number) {
            line.done += by;
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(line) = locked(&self.screen.lines).get_mut(self.number) {
            *line = None;
        }
    }
}

type Lines = Arc<Mutex<Vec<Option<Line>>>>;

fn locked(lines: &Lines) -> MutexGuard<'_, Vec<Option<Line>>> {
    lines.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whoever has it last takes the picture away.
struct Screen {
    lines: Lines,
    drawer: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Drop for Screen {
    fn drop(&mut self) {
        if let Some((stop, drawing)) = self.drawer.take() {
            drop(stop);
            let _ = drawing.join();
        }
    }
}

enum Counted {
    Nothing,
    To(u64),
    Events,
}

struct Line {
    text: String,
    counted: Counted,
    done: u64,
    since: Instant,
}

impl Line {
    fn picture(&self, turn: &str) -> String {
        let Line { text, done, .. } = self;
        match self.counted {
            Counted::Nothing => format!("{turn} {text}"),
            Counted::To(all) => {
                let full = (WIDTH * done.min(&all) / all.max(1)) as usize;
                let head = if full < WIDTH as usize { ">" } else { "" };
                format!("{turn} {text} [{:<1$}] {done}/{all}", "=".repeat(full) + head, WIDTH as usize)
            }
            Counted::Events => {
                let speed = u128::from(*done) * 1_000 / self.since.elapsed().as_millis().max(1);
                format!("{turn} {text}  {done} events, {speed}/s")
            }
        }
    }
}

/// Over the `height` lines that were there; returns how many there are now. A line that the terminal broke into two could
/// not be taken away again.
fn draw(term: &Term, lines: &[Option<Line>], height: usize, turn: &str) -> usize {
    let columns = usize::from(term.size().1).saturating_sub(1);
    let shown: Vec<&Line> = lines.iter().flatten().take(term.size().0.saturating_sub(1).into()).collect();
    let picture: String =
        shown.iter().map(|line| format!("{}\n", truncate_str(&line.picture(turn), columns, "…"))).collect();
    let _ = term.clear_last_lines(height);
    let _ = term.write_str(&picture);
    shown.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_how_far_it_is() {
        let line = |counted, done| Line { text: "Asking".into(), counted, done, since: Instant::now() };
        assert_eq!(line(Counted::Nothing, 3).picture("|"), "| Asking");
        let bar = |done| line(Counted::To(4), done).picture("|");
        assert_eq!(bar(0), format!("| Asking [>{}] 0/4", " ".repeat(23)));
        assert_eq!(bar(2), format!("| Asking [{}>{}] 2/4", "=".repeat(12), " ".repeat(11)));
        assert_eq!(bar(9), format!("| Asking [{}] 9/4", "=".repeat(24)));
        assert!(line(Counted::Events, 12).picture("|").starts_with("| Asking  12 events, "));
    }
}

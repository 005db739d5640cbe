//! Progress of anything that may take over a second; only on a terminal.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::{Out, sanitise};

pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Counts to `length`; `0` only turns.
    pub(crate) fn new(out: &Out, length: usize, text: &str) -> Progress {
        let bar = ProgressBar::new(length as u64);
        let shown = Out::is_interactive() && !out.quiet && !out.json;
        bar.set_draw_target(if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() });
        let template = if length == 0 { "{spinner} {msg}" } else { "{spinner} {msg} [{bar:24}] {pos}/{len}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(sanitise::line(text).into_owned());
        if shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Progress { bar }
    }

    pub(crate) fn step(&self) {
        self.bar.inc(1);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Several things that go on side by side, a line each.
pub(crate) struct Bars {
    all: MultiProgress,
    shown: bool,
}

/// One of them: how many so far, and how fast.
pub(crate) struct Bar {
    bar: ProgressBar,
}

impl Bars {
    pub(crate) fn new(out: &Out) -> Bars {
        let shown = Out::is_interactive() && !out.quiet && !out.json;
        let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        Bars { all: MultiProgress::with_draw_target(target), shown }
    }

    pub(crate) fn add(&self, text: &str) -> Bar {
        let bar = self.all.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}  {human_pos} events, {per_sec}") {
            bar.set_style(style);
        }
        bar.set_message(sanitise::line(text).into_owned());
        if self.shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Bar { bar }
    }
}

impl Bar {
    pub(crate) fn advance(&self, by: u64) {
        self.bar.inc(by);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

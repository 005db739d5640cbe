//! The only room that prints. stdout is data, stderr is talk; `--json` makes stdout one document.

mod browser;
mod chart;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod progress;
mod prompt;
mod qr;
pub(crate) mod sanitise;
mod secret_input;
mod signals;
mod table;
mod wrap;

use std::io::{self, IsTerminal, Write};

use console::Style;
use serde_json::Value;

pub(crate) use browser::open as open_browser;
pub(crate) use chart::Chart;
pub(crate) use progress::{Bar, Bars, Progress};
pub(crate) use prompt::{Prompt, PromptError};
pub(crate) use secret_input::{secret_from_descriptor, secret_from_stdin, secret_from_stdin_in_time};
pub(crate) use signals::{die_of, interrupted, survive_full_disks};
pub(crate) use table::Table;

/// How the person wants to be spoken to.
pub(crate) struct Out {
    pub json: bool,
    pub quiet: bool,
}

impl Out {
    /// Data for a person or a pipe, one line.
    pub(crate) fn line(&self, text: &str) -> io::Result<()> {
        write_all(io::stdout(), format!("{text}\n").as_bytes())
    }

    /// Data as it is: a secret that was asked for, a body.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        write_all(io::stdout(), bytes)
    }

    /// A whole document.
    pub(crate) fn document(&self, plural: &str, items: Vec<Value>) -> io::Result<()> {
        self.object(serde_json::json!({"v": 1, plural: items}))
    }

    /// One JSON object on one line: lossless, and harmless on a terminal.
    pub(crate) fn object(&self, object: Value) -> io::Result<()> {
        self.line(&sanitise::json(&object.to_string()))
    }

    /// Talk: what is going on. Silent with `--quiet`.
    pub(crate) fn say(&self, text: &str) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// One step of several that a person follows, in lines that fit the terminal.
    pub(crate) fn step(&self, number: usize, text: &str) {
        let columns = if Out::is_interactive() { console::Term::stderr().size().1 } else { u16::MAX };
        self.say(&wrap::hanging(&format!("  {number}. "), &sanitise::line(text), columns.into()));
    }

    pub(crate) fn warn(&self, text: &str) {
        self.always(&format!(
            "{} {}",
            paint("warning:", Style::new().yellow().bold()),
            sanitise::lines(text)
        ));
    }

    pub(crate) fn hint(&self, text: &str) {
        self.say(&format!("{} {}", paint("help:", Style::new().cyan()), sanitise::lines(text)));
    }

    /// Talk that even `--quiet` does not silence: an address to open, a warning. Nobody reading it is no error.
    pub(crate) fn always(&self, text: &str) {
        let _ = write_all(io::stderr(), format!("{text}\n").as_bytes());
    }

    /// Whether a person is there to answer and to watch.
    pub(crate) fn is_interactive() -> bool {
        io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    pub(crate) fn stdout_is_terminal() -> bool {
        io::stdout().is_terminal()
    }
}

/// For stderr: colour only where it is wanted and seen.
pub(crate) fn paint(text: &str, style: Style) -> String {
    style.for_stderr().apply_to(text).to_string()
}

/// For stdout.
pub(crate) fn paint_data(text: &str, style: Style) -> String {
    style.for_stdout().apply_to(text).to_string()
}

/// A dot of this colour (`#rrggbb`); `None` where there are no colours, or this is none.
pub(crate) fn swatch(colour: Option<&str>) -> Option<String> {
    let hex = colour?.strip_prefix('#').filter(|hex| hex.len() == 6)?;
    let part = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    let (red, green, blue) = (part(0)?, part(2)?, part(4)?);
    // Elsewhere the nearest of the 6 × 6 × 6 colours that every terminal has.
    let sixth = |part: u8| part / 51 + u8::from(part % 51 > 25);
    let style = match console::true_colors_enabled() {
        true => Style::new().true_color(red, green, blue),
        false => Style::new().color256(16 + 36 * sixth(red) + 6 * sixth(green) + sixth(blue)),
    };
    console::colors_enabled().then(|| paint_data("●", style))
}

/// The columns of the terminal that data goes to; in a pipe nothing has to fit.
pub(crate) fn width() -> Option<usize> {
    console::Term::stdout().size_checked().map(|(_, columns)| usize::from(columns.max(40)))
}

/// `--color`, `NO_COLOR` and the config, decided once.
pub(crate) fn set_colours(wanted: Option<bool>) {
    if let Some(wanted) = wanted {
        console::set_colors_enabled(wanted);
        console::set_colors_enabled_stderr(wanted);
    }
}

fn write_all(mut to: impl Write, bytes: &[u8]) -> io::Result<()> {
    let written = to.write_all(bytes).and_then(|()| to.flush());
    written.map_err(|cause| io::Error::new(cause.kind(), format!("the output cannot be written: {cause}")))
}

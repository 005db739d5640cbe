//! The only room that prints. stdout is data, stderr is talk; `--json` makes stdout one document.

mod browser;
mod chart;
mod cure;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
mod gate;
mod progress;
mod prompt;
mod qr;
pub(crate) mod sanitise;
mod secret_input;
mod shown;
mod signals;
mod table;
mod wrap;

use std::io::{self, IsTerminal, Write};

use console::Style;
use serde::Serialize;
use serde_json::Value;

pub(crate) use browser::open as open_browser;
pub(crate) use chart::Chart;
pub(crate) use cure::{cure, of_profile};
pub(crate) use gate::{Held, begin, blocked, heard, is_unbreakable, unbreakable};
pub(crate) use progress::{Bar, Bars, Progress};
pub(crate) use prompt::{Prompt, PromptError};
pub(crate) use secret_input::{secret_from_descriptor, secret_from_stdin, secret_from_stdin_in_time};
pub(crate) use shown::Shown;
pub(crate) use signals::{die_of, interrupted, survive_full_disks};
pub(crate) use table::Table;

/// How the person wants to be spoken to.
pub(crate) struct Out {
    pub json: bool,
    pub quiet: bool,
}

impl Out {
    /// Data for a person or a pipe, one line.
    pub(crate) fn line<'a>(&self, text: impl Into<Shown<'a>>) -> io::Result<()> {
        write_all(io::stdout(), &[text.into().bytes(), b"\n"].concat())
    }

    /// Data as it is: a secret that was asked for, a body.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        write_all(io::stdout(), bytes)
    }

    /// A whole document.
    pub(crate) fn document(&self, plural: &str, items: Vec<Value>) -> io::Result<()> {
        self.object(serde_json::json!({"v": 1, plural: items}))
    }

    /// A whole document of many items, none of which is held in memory as a tree.
    pub(crate) fn stream<T: Serialize>(
        &self,
        plural: &str,
        items: impl Iterator<Item = T>,
    ) -> io::Result<()> {
        let mut text = format!("{{\"v\":1,\"{plural}\":[").into_bytes();
        for (number, item) in items.enumerate() {
            if number > 0 {
                text.push(b',');
            }
            serde_json::to_writer(&mut text, &item)?;
        }
        text.extend_from_slice(b"]}");
        let text = String::from_utf8(text).map_err(io::Error::other)?;
        self.line(&sanitise::json(&text))
    }

    /// One JSON object on one line: lossless, and harmless on a terminal.
    pub(crate) fn object(&self, object: Value) -> io::Result<()> {
        self.bytes(format!("{}\n", sanitise::json(&object.to_string())).as_bytes())
    }

    /// Talk: what is going on. Silent with `--quiet`.
    pub(crate) fn say<'a>(&self, text: impl Into<Shown<'a>>) {
        if !self.quiet {
            self.always(text);
        }
    }

    /// One step of several that a person follows, in lines that fit the terminal.
    pub(crate) fn step(&self, number: usize, text: &str) {
        let columns = if Out::is_interactive() { console::Term::stderr().size().1 } else { u16::MAX };
        self.say(wrap::hanging(&format!("  {number}. "), &sanitise::line(text), columns.into()));
    }

    pub(crate) fn warn(&self, text: &str) {
        self.always(paint("warning:", Style::new().yellow().bold()).and(" ").and(text));
    }

    pub(crate) fn hint(&self, text: &str) {
        self.say(paint("help:", Style::new().cyan()).and(" ").and(&*cure(text)));
    }

    /// Talk that even `--quiet` does not silence: an address to open, a warning. Nobody reading it is no error.
    pub(crate) fn always<'a>(&self, text: impl Into<Shown<'a>>) {
        let _ = write_all(io::stderr(), &[text.into().bytes(), b"\n"].concat());
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
pub(crate) fn paint(text: &str, style: Style) -> Shown<'static> {
    Shown::painted(text, &style.for_stderr())
}

/// For stdout.
pub(crate) fn paint_data(text: &str, style: Style) -> Shown<'static> {
    Shown::painted(text, &style.for_stdout())
}

/// A dot of this colour (`#rrggbb`); `None` where there are no colours, or this is none.
pub(crate) fn swatch(colour: Option<&str>) -> Option<Shown<'static>> {
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
    // Who reads it may never do so.
    let _blocked = gate::blocked();
    let written = to.write_all(bytes).and_then(|()| to.flush());
    written.map_err(|cause| io::Error::new(cause.kind(), format!("the output cannot be written: {cause}")))
}

//! The only room that prints. stdout is data, stderr is talk; `--json` makes stdout one document.

mod bars;
mod browser;
mod progress;
mod prompt;
mod qr;
pub(crate) mod sanitise;
mod secret_input;
mod signals;
mod table;

use std::io::{self, IsTerminal, Write};

use console::Style;
use serde_json::Value;

pub(crate) use bars::Bars;
pub(crate) use browser::open as open_browser;
pub(crate) use progress::Progress;
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

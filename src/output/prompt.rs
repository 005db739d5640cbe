//! Questions to a person. Hidden input stays hidden, and a signal in the middle of it leaves the terminal as it was.

use std::time::Duration;

use dialoguer::{Confirm, FuzzySelect, Input, MultiSelect, Password, Select};

use super::gate::unbreakable;
use super::secret_input::secret_from_stdin;
use super::signals::RestoreTerminal;
use super::{Out, sanitise};
use crate::vault::Secret;

/// Of a long list, so many lines are shown at once.
const LINES: usize = 14;
/// How long an interrupted question waits for the signal that interrupted it.
const GRACE: Duration = Duration::from_secs(2);

pub(crate) struct Prompt {
    allowed: bool,
    no_input: bool,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum PromptError {
    /// There is no terminal, or `--no-input`.
    #[error("nobody is there to answer")]
    Nobody,
    #[error("the input ended: {0}")]
    Ended(String),
}

impl Prompt {
    pub(crate) fn new(no_input: bool) -> Prompt {
        Prompt { allowed: !no_input && Out::is_interactive(), no_input }
    }

    pub(crate) fn is_allowed(&self) -> bool {
        self.allowed
    }

    /// Whether a browser may be opened for a person who is not at this terminal.
    pub(crate) fn may_act(&self) -> bool {
        !self.no_input
    }

    fn ask<T>(&self, question: impl FnOnce() -> dialoguer::Result<T>) -> Result<T, PromptError> {
        if !self.allowed {
            return Err(PromptError::Nobody);
        }
        // The terminal first, then the end.
        let _kept = unbreakable();
        let _guard = RestoreTerminal::arm();
        question().map_err(ended)
    }

    pub(crate) fn text(&self, question: &str) -> Result<String, PromptError> {
        self.ask(|| {
            Input::<String>::new().with_prompt(sanitise::line(question)).allow_empty(true).interact_text()
        })
        .map(|text| text.trim().to_owned())
    }

    pub(crate) fn secret(&self, question: &str) -> Result<Secret, PromptError> {
        self.ask(|| hidden(question))
    }

    /// The same where nobody may be there for long. `None`: nobody answered in time.
    pub(crate) async fn secret_in_time(
        &self,
        question: &str,
        patience: Duration,
    ) -> Result<Option<Secret>, PromptError> {
        if !self.allowed {
            return Err(PromptError::Nobody);
        }
        let _guard = RestoreTerminal::arm();
        let question = question.to_owned();
        let (sender, receiver) = tokio::sync::oneshot::channel();
        // Not a task of the runtime: that would wait for it in the end, and it may never end.
        std::thread::spawn(move || sender.send(hidden(&question).map_err(ended)));
        match tokio::time::timeout(patience, receiver).await {
            Ok(Ok(typed)) => typed.map(Some),
            Ok(Err(_)) => Err(PromptError::Nobody),
            Err(_) => {
                // The question stands on this line.
                let _ = console::Term::stderr().write_line("");
                Ok(None)
            }
        }
    }

    /// From standard input: a pipe, or a person who is not shown what they type.
    pub(crate) fn secret_from_stdin(&self, question: &str) -> Result<Secret, PromptError> {
        if self.allowed {
            return self.secret(question);
        }
        secret_from_stdin().map_err(|error| PromptError::Ended(error.to_string()))
    }

    pub(crate) fn confirm(&self, question: &str) -> Result<bool, PromptError> {
        self.ask(|| Confirm::new().with_prompt(sanitise::line(question)).default(false).interact())
    }

    /// One of these, found by typing a part of it.
    pub(crate) fn search(&self, question: &str, items: &[String]) -> Result<usize, PromptError> {
        let list = FuzzySelect::new()
            .with_prompt(sanitise::line(question))
            .items(lines(items))
            .default(0)
            .max_length(LINES);
        self.ask(|| list.interact())
    }

    /// One of these, by its place.
    pub(crate) fn choose(&self, question: &str, items: &[String]) -> Result<usize, PromptError> {
        self.ask(|| {
            Select::new().with_prompt(sanitise::line(question)).items(lines(items)).default(0).interact()
        })
    }

    /// Any of these, of which some are marked already.
    pub(crate) fn mark(
        &self,
        question: &str,
        items: &[String],
        marked: &[bool],
    ) -> Result<Vec<usize>, PromptError> {
        let question = format!("{} (space marks, Enter ends)", sanitise::line(question));
        // A line that wraps would be drawn over.
        let columns = usize::from(console::Term::stderr().size().1).saturating_sub(7);
        let items = items
            .iter()
            .map(|item| console::truncate_str(&super::sanitise::line(item), columns, "…").into_owned());
        let list = MultiSelect::new().with_prompt(question).items(items).defaults(marked).max_length(LINES);
        self.ask(|| list.interact())
    }

    /// Any of these; the space bar marks one.
    pub(crate) fn choose_some(&self, question: &str, items: &[String]) -> Result<Vec<usize>, PromptError> {
        let question = format!("{} (space marks, Enter ends)", sanitise::line(question));
        self.ask(|| MultiSelect::new().with_prompt(question).items(lines(items)).interact())
    }
}

fn hidden(question: &str) -> dialoguer::Result<Secret> {
    let question = Password::new().with_prompt(sanitise::line(question)).allow_empty_password(true);
    Ok(Secret::new(question.interact()?.trim()))
}

fn ended(dialoguer::Error::IO(error): dialoguer::Error) -> PromptError {
    // A signal is on its way to the guard, which ends us.
    if error.kind() == std::io::ErrorKind::Interrupted {
        std::thread::sleep(GRACE);
    }
    PromptError::Ended(error.to_string())
}

/// Whatever is in them, one line each: one that wraps would be drawn over.
fn lines(items: &[String]) -> Vec<String> {
    let columns = usize::from(console::Term::stderr().size().1).saturating_sub(6);
    let line = |item: &String| console::truncate_str(&sanitise::line(item), columns, "…").into_owned();
    items.iter().map(line).collect()
}

//! Questions to a person. Hidden input stays hidden, and a signal in the middle of it leaves the terminal as it was.

use std::io::{self, Read};

use dialoguer::{Confirm, Input, Password, Select};

use super::Out;
use super::signals::RestoreTerminal;
use crate::vault::Secret;

/// Longer input is a mistake or an attack (bytes).
const LONGEST: u64 = 1 << 20;

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
        let _guard = RestoreTerminal::arm();
        question().map_err(|error| PromptError::Ended(error.to_string()))
    }

    pub(crate) fn text(&self, question: &str) -> Result<String, PromptError> {
        self.ask(|| Input::<String>::new().with_prompt(question).allow_empty(true).interact_text())
            .map(|text| text.trim().to_owned())
    }

    pub(crate) fn secret(&self, question: &str) -> Result<Secret, PromptError> {
        let typed =
            self.ask(|| Password::new().with_prompt(question).allow_empty_password(true).interact())?;
        Ok(Secret::new(typed.trim()))
    }

    /// Which of these, by its place.
    pub(crate) fn select(&self, question: &str, items: &[String]) -> Result<usize, PromptError> {
        let shown: Vec<_> = items.iter().map(|item| super::sanitise::line(item)).collect();
        self.ask(|| Select::new().with_prompt(question).items(&shown).default(0).interact())
    }

    pub(crate) fn confirm(&self, question: &str) -> Result<bool, PromptError> {
        self.ask(|| Confirm::new().with_prompt(question).default(false).interact())
    }
}

/// A secret from standard input: everything up to the end, without surrounding white space.
pub(crate) fn secret_from_stdin() -> io::Result<Secret> {
    let mut text = zeroize::Zeroizing::new(String::new());
    io::stdin().lock().take(LONGEST).read_to_string(&mut text)?;
    Ok(Secret::new(text.trim()))
}

/// A passphrase from an open file descriptor: its first line, as it stands.
pub(crate) fn secret_from_descriptor(number: u32) -> io::Result<Secret> {
    let mut text = zeroize::Zeroizing::new(String::new());
    // By its name, because taking over a number from outside cannot be proven safe.
    let file = std::fs::File::open(format!("/dev/fd/{number}"))?;
    file.take(LONGEST).read_to_string(&mut text)?;
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}

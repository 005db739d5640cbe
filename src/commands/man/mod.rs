//! The manual pages, from the same definition as the commands and from the tables that the program itself reads.

mod entry;
mod json;
mod pages;
mod sections;

use std::fs;
use std::path::PathBuf;

use clap::{Args, CommandFactory, ValueHint};

use super::Cli;
use crate::app::App;
use crate::error::{Error, Kind};
use pages::Page;

/// Print or write the manual pages
///
/// Without a folder the page of integ itself is printed.
#[derive(Args)]
#[command(after_help = "Examples:
  integ man | man -l -
  integ man ~/.local/share/man/man1")]
pub(crate) struct Man {
    /// Where to write one page for each command
    #[arg(value_name = "DIR", value_hint = ValueHint::DirPath)]
    folder: Option<PathBuf>,
}

impl Man {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let pages = pages::all(Cli::command())?;
        let Some(folder) = self.folder else {
            return match pages.first() {
                Some(page) => Ok(app.out.bytes(page.text.as_bytes())?),
                None => Ok(()),
            };
        };
        let written = fs::create_dir_all(&folder).and_then(|()| {
            pages.iter().try_for_each(|Page { file, text }| fs::write(folder.join(file), text))
        });
        written.map_err(|cause| {
            Error::new(Kind::Storage, format!("cannot write to {}: {cause}", folder.display()))
        })?;
        if app.out.json {
            return Ok(app
                .out
                .document("pages", pages.into_iter().map(|page| page.file.into()).collect())?);
        }
        app.out.say(format!("{} pages are in {}", pages.len(), folder.display()));
        Ok(())
    }
}

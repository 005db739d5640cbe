//! Proves connections: asks each provider who the token belongs to and what it can do, all at once.

mod further;
mod prove;
mod show;

use std::time::Instant;

use clap::Args;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use super::name_argument;
use crate::app::{App, Found};
use crate::error::Error;
use crate::name::Name;
use crate::output::Progress;

/// Ask each provider who the token belongs to
#[derive(Args)]
pub(crate) struct Test {
    /// Only these; without a name, every connection
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// Every connection
    #[arg(long, conflicts_with = "names")]
    all: bool,
}

pub(super) struct Checked {
    name: Name,
    milliseconds: u128,
    outcome: Result<prove::Proven, Error>,
}

impl Test {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let found = app.connections(&self.names)?;
        if let [(name, _)] = found.as_slice() {
            app.subject.set(Some(name.to_string()));
        }
        if found.is_empty() && !app.out.json {
            app.out.say("Nothing is connected yet.");
            app.out.hint("integ connect PROVIDER; integ providers lists them");
            return Ok(());
        }
        let checked = app.block_on(check_all(app, found))?;
        if app.out.json {
            app.out.document("tests", checked.iter().map(Checked::json).collect())?;
        } else {
            show::show(app, &checked)?;
        }
        let total = checked.len();
        let failed: Vec<Error> = checked.into_iter().filter_map(Checked::into_error).collect();
        match Error::of_many(total, &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// All at once; the answers in the order of the names.
pub(super) async fn check_all(app: &App, found: Found) -> Vec<Checked> {
    let progress = Progress::new(&app.out, found.len(), "Asking");
    let mut running: FuturesUnordered<_> = found
        .into_iter()
        .map(|(name, grant)| async move {
            let started = Instant::now();
            let outcome = match grant {
                Ok(grant) => prove::check(app, &name, grant).await,
                Err(error) => Err(error),
            };
            Checked { name, milliseconds: started.elapsed().as_millis(), outcome }
        })
        .collect();
    let mut checked = Vec::new();
    while let Some(one) = running.next().await {
        progress.step();
        checked.push(one);
    }
    checked.sort_by(|a, b| a.name.cmp(&b.name));
    checked
}

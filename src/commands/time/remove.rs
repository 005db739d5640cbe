//! Deletes entries. Their events can be converted again.

use clap::Args;
use serde_json::json;

use super::unknown;
use crate::app::App;
use crate::commands::confirmed;
use crate::error::Error;
use crate::index::{Change, TimeStatus};

/// Delete time entries
#[derive(Args)]
pub(crate) struct Remove {
    /// Their numbers
    #[arg(required = true)]
    ids: Vec<i64>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Remove {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let mut ids = self.ids.clone();
        ids.sort_unstable();
        ids.dedup();
        let numbers = ids.iter().map(i64::to_string).collect::<Vec<_>>().join(" ");
        let question = format!("Delete {}?", numbers.replace(' ', ", "));
        // First whether they are there: nobody is asked about what is not.
        app.index()?.change_time_entries(&ids, check)?;
        confirmed(app, self.yes, &question, &format!("integ time remove {numbers}"))?;
        app.index()?.change_time_entries(&ids, |id, entry| check(id, entry).map(|_| Change::Delete))?;
        if app.out.json {
            return Ok(app.out.object(json!({"v": 1, "removed": ids}))?);
        }
        app.out.say(format!("Deleted {}.", numbers.replace(' ', ", ")));
        Ok(())
    }
}

fn check(id: i64, entry: Option<crate::index::TimeEntry>) -> Result<Change, Error> {
    let entry = entry.ok_or_else(|| unknown(id))?;
    if entry.status == TimeStatus::Approved {
        return Err(Error::usage(format!("the time entry {id} is approved"))
            .help(format!("integ time edit {id} --reopen, then remove it")));
    }
    Ok(Change::Keep)
}

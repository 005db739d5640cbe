//! The calendars there are.

use clap::Args;

use super::document;
use crate::app::App;
use crate::calendar::{Wanted, relist};
use crate::error::Error;
use crate::index::Calendar;
use crate::output::{self, Shown, Table, sanitise};
use crate::{clock, duration};

/// Show the calendars of every connection
#[derive(Args)]
pub(crate) struct List {
    /// Show what is known, without asking the providers
    #[arg(long)]
    offline: bool,
}

impl List {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let (asked, failed) = if self.offline { (0, Vec::new()) } else { refresh(app)? };
        let calendars = app.index()?.calendars()?;
        if app.out.json {
            app.out.document("calendars", calendars.iter().map(document::calendar).collect())?;
        } else if calendars.is_empty() {
            app.out.say("No calendar is known yet.");
            app.out.hint("integ connect google-calendar");
        } else {
            app.out.line(table(&calendars))?;
            say_errors(app, &calendars);
        }
        for error in &failed {
            app.out.say(format!("✗ {}", sanitise::line(&error.message)));
            if let Some(help) = &error.help {
                app.out.hint(help);
            }
        }
        // What is known was shown all the same.
        match Error::of_many(asked, &failed) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// How many connections were asked, and what those could not do.
pub(super) fn refresh(app: &App) -> Result<(usize, Vec<Error>), Error> {
    let found = app.connections(&[])?;
    let wanted = found
        .into_iter()
        .map(|(name, grant)| Wanted { name, grant, named: false, only: Vec::new() })
        .collect();
    app.block_on(relist(app, wanted))
}

fn table(calendars: &[Calendar]) -> Shown<'static> {
    let mut table =
        Table::new(&["", "Calendar", "Connection", "Time zone", "Access", "Mirrored", "Last sync"]);
    let now = clock::now();
    for calendar in calendars {
        let name = match calendar.is_primary {
            true => format!("{} (primary)", calendar.name),
            false => calendar.name.clone(),
        };
        let synced =
            calendar.synced_at.map_or("never".to_owned(), |at| format!("{} ago", duration::words(now - at)));
        let mirrored = match (calendar.gone, calendar.enabled) {
            (true, _) => "gone there",
            (false, true) => "yes",
            (false, false) => "no",
        };
        let synced = match &calendar.error {
            Some(error) => format!("failed {} ago", duration::words(now - error.at)),
            None => synced,
        };
        let dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        table.row(&[
            "●",
            &name,
            &calendar.connection,
            &dash(&calendar.zone),
            &dash(&calendar.access),
            mirrored,
            &synced,
        ]);
    }
    // The mark of each row gets its calendar's colour, and goes where there is none to see.
    let mut colours = calendars.iter().map(|calendar| calendar.color.as_deref());
    let paint = |line: &str| match line.split_once('●') {
        Some((before, after)) if before.trim().is_empty() => {
            let dot = output::swatch(colours.next().flatten()).unwrap_or_else(|| " ".into());
            Shown::from(before.to_owned()).and(dot).and(after.to_owned())
        }
        _ => Shown::from(line.to_owned()),
    };
    Shown::lines(table.render().lines().map(paint))
}

fn say_errors(app: &App, calendars: &[Calendar]) {
    for (calendar, error) in calendars.iter().filter_map(|one| Some((one, one.error.as_ref()?))) {
        app.out.say(&sanitise::line(&format!("{}: {}", calendar.full_name(), error.message)));
        if let Some(help) = calendar.cure() {
            app.out.hint(&help);
        }
    }
}

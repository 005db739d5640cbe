//! Which calendars are mirrored. What was chosen is remembered with the connection's calendars.

use clap::Args;

use super::{choose, document, list};
use crate::app::App;
use crate::calendar::meant::unmistakable;
use crate::commands::confirmed;
use crate::error::Error;
use crate::index::Calendar;
use crate::output::sanitise;

/// Mirror calendars from the next sync on
#[derive(Args)]
pub(crate) struct Enable {
    /// By name, id, or CONNECTION/NAME; without one, a terminal asks
    #[arg(value_name = "CALENDAR")]
    calendars: Vec<String>,
}

/// Mirror calendars no longer; what was mirrored stays
#[derive(Args)]
pub(crate) struct Disable {
    /// By name, id, or CONNECTION/NAME; without one, a terminal asks
    #[arg(value_name = "CALENDAR")]
    calendars: Vec<String>,
}

/// Forget the mirror of calendars, here; nothing changes at the provider
#[derive(Args)]
pub(crate) struct Remove {
    /// By name, id, or CONNECTION/NAME; without one, a terminal asks
    #[arg(value_name = "CALENDAR")]
    calendars: Vec<String>,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Enable {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let mut all = app.index()?.calendars()?;
        // A calendar that is new at the provider can be named at once.
        if all.is_empty() || self.calendars.is_empty() || choose::named(&all, &self.calendars).is_err() {
            list::refresh(app)?;
            all = app.index()?.calendars()?;
        }
        if !self.calendars.is_empty() {
            return set(app, &choose::named(&all, &self.calendars)?, true);
        }
        // One list shows what is and takes what shall be.
        let there: Vec<&Calendar> = all.iter().filter(|one| !one.gone).collect();
        let before: Vec<bool> = there.iter().map(|one| one.enabled).collect();
        let chosen = ask(app, &all, &there, "Which calendars shall be mirrored?", &before, "enable")?;
        let (on, off): (Vec<_>, Vec<_>) =
            there.into_iter().enumerate().partition(|(place, _)| chosen.contains(place));
        let of = |some: Vec<(usize, &Calendar)>, was: bool| -> Vec<Calendar> {
            some.into_iter().filter(|(_, one)| one.enabled == was).map(|(_, one)| one.clone()).collect()
        };
        let (on, off) = (of(on, false), of(off, true));
        if !off.is_empty() {
            set(app, &off, false)?;
        }
        if !on.is_empty() || off.is_empty() {
            set(app, &on, true)?;
        }
        Ok(())
    }
}

impl Disable {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let all = app.index()?.calendars()?;
        let chosen = match self.calendars.as_slice() {
            [] => some(app, &all, "Which shall be mirrored no longer?", "disable", |one| one.enabled)?,
            names => choose::named(&all, names)?,
        };
        set(app, &chosen, false)
    }
}

impl Remove {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let all = app.index()?.calendars()?;
        let chosen = match self.calendars.as_slice() {
            [] => some(app, &all, "The mirror of which shall be forgotten?", "remove", |one| {
                one.enabled || one.synced_at.is_some()
            })?,
            names => choose::named(&all, names)?,
        };
        let names: Vec<String> = chosen.iter().map(|one| unmistakable(&all, one)).collect();
        if !chosen.is_empty() {
            let question =
                sanitise::line(&format!("Forget what is mirrored of {}?", names.join(", "))).into_owned();
            confirmed(app, self.yes, &question, "integ calendar remove CALENDAR")?;
        }
        for calendar in &chosen {
            app.index()?.forget_mirror(calendar.id)?;
        }
        tell(app, &chosen, "is forgotten here and mirrored no longer")
    }
}

fn set(app: &App, calendars: &[Calendar], is_on: bool) -> Result<(), Error> {
    for calendar in calendars {
        app.index()?.set_mirrored(calendar.id, is_on)?;
    }
    if is_on {
        tell(app, calendars, "is mirrored from the next sync on")?;
        if !calendars.is_empty() {
            app.out.hint("integ sync");
        }
        return Ok(());
    }
    tell(app, calendars, "is mirrored no longer; what was stays until integ calendar remove")
}

fn tell(app: &App, calendars: &[Calendar], what: &str) -> Result<(), Error> {
    if app.out.json {
        let now = app.index()?.calendars()?;
        let changed = now.iter().filter(|one| calendars.iter().any(|other| other.id == one.id));
        return Ok(app.out.document("calendars", changed.map(document::calendar).collect())?);
    }
    if calendars.is_empty() {
        app.out.say("Nothing was changed.");
    }
    for calendar in calendars {
        app.out.say(&sanitise::line(&format!("{} {what}.", calendar.full_name())));
    }
    Ok(())
}

fn some(
    app: &App,
    all: &[Calendar],
    question: &str,
    command: &str,
    is_offered: impl Fn(&Calendar) -> bool,
) -> Result<Vec<Calendar>, Error> {
    let offered: Vec<&Calendar> = all.iter().filter(|one| is_offered(one)).collect();
    let chosen = ask(app, all, &offered, question, &vec![false; offered.len()], command)?;
    Ok(chosen.into_iter().filter_map(|place| offered.get(place).map(|one| (*one).clone())).collect())
}

fn ask(
    app: &App,
    all: &[Calendar],
    offered: &[&Calendar],
    question: &str,
    marked: &[bool],
    command: &str,
) -> Result<Vec<usize>, Error> {
    if !app.prompt.is_allowed() {
        return Err(Error::usage("which calendar? nobody is there to ask")
            .help(format!("integ calendar {command} CALENDAR; integ calendar list shows them")));
    }
    if offered.is_empty() {
        return Ok(Vec::new());
    }
    Ok(app.prompt.mark(question, &choose::lines(all, offered), marked)?)
}

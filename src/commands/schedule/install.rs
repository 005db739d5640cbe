//! Shows what would be written, asks, and writes it.

use std::time::Duration;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{Only, status, take_away, typed_profile};
use crate::app::{App, duration_argument};
use crate::commands::{confirmed, name_argument};
use crate::error::Error;
use crate::name::Name;
use crate::schedule::{Ground, Job, Piece, Rhythm, Scheduler, all_installed, allowed_periods};

/// Have the system's scheduler run `integ schedule run`
#[derive(Args)]
#[command(after_help = format!(
    "--every is one of {}. The moment within it differs between machines and profiles.\n\
     One schedule for each profile: installing again replaces it.", allowed_periods()))]
pub(super) struct Install {
    /// Only these connections
    #[arg(value_parser = name_argument)]
    names: Vec<Name>,
    /// How often
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = duration_argument)]
    every: Duration,
    /// Do a part of it
    #[arg(long, value_name = "PART")]
    only: Option<Only>,
    /// Use this scheduler, not the one that was found
    #[arg(long, value_name = "SCHEDULER")]
    scheduler: Option<Which>,
    /// Print what would be written, and write nothing
    #[arg(long)]
    print: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Which {
    Systemd,
    Crontab,
    Launchd,
    TaskScheduler,
}

impl Which {
    fn scheduler(self) -> Scheduler {
        match self {
            Which::Systemd => Scheduler::Systemd,
            Which::Crontab => Scheduler::Crontab,
            Which::Launchd => Scheduler::Launchd,
            Which::TaskScheduler => Scheduler::Tasks,
        }
    }
}

impl Install {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        let ground = app.ground()?;
        let rhythm = Rhythm::new(self.every, &app.seed(&ground)).ok_or_else(|| {
            Error::usage("no calendar has this period")
                .help(format!("--every is one of {}", allowed_periods()))
        })?;
        let scheduler = match self.scheduler {
            Some(which) => which.scheduler(),
            None => Scheduler::of_this_machine(&ground)?,
        };
        let surrounding = app.surrounding(&ground)?;
        // What is misspelt now would fail at every run.
        let names: Vec<Name> =
            self.names.iter().map(|name| Ok(app.connection(name)?.0)).collect::<Result<_, Error>>()?;
        let job = Job {
            profile: app.profile.clone(),
            program: app.own_path()?,
            arguments: self.arguments(app, scheduler, rhythm, &names),
            environment: surrounding.variables,
            rhythm,
        };
        let pieces = scheduler.pieces(&job, &ground)?;
        if self.print {
            return print(app, scheduler, &pieces);
        }
        self.show(app, scheduler, &pieces);
        surrounding.missing.iter().for_each(|missing| app.out.warn(missing));
        if scheduler == Scheduler::Tasks && !job.environment.is_empty() {
            let names: Vec<&str> = job.environment.iter().map(|(name, _)| name.as_str()).collect();
            app.out
                .warn(&format!("a task has the variables of your account only: setx {}", names.join(", ")));
        }
        let question = format!("Install this in {}?", scheduler.title());
        confirmed(app, self.yes, &question, &format!("integ schedule install{}", typed_profile(app)))?;
        let others: Vec<_> =
            all_installed(&ground)?.into_iter().filter(|one| one.scheduler != scheduler).collect();
        scheduler.install(&job, &ground)?;
        take_away(&ground, &others)?;
        tell(app, &ground, scheduler, &job)
    }

    /// What the scheduler starts. Names and flags: nothing here needs quoting anywhere.
    fn arguments(&self, app: &App, scheduler: Scheduler, rhythm: Rhythm, names: &[Name]) -> Vec<String> {
        let mut words = ["--profile", &app.profile, "schedule", "run", "--every"].map(str::to_owned).to_vec();
        words.push(rhythm.every());
        if !scheduler.knows_seconds() {
            words.extend(["--delay".to_owned(), format!("{}s", rhythm.delay().as_secs())]);
        }
        if let Some(only) = self.only {
            words.extend(["--only".to_owned(), only.word().to_owned()]);
        }
        words.extend(names.iter().map(Name::to_string));
        words
    }

    fn show(&self, app: &App, scheduler: Scheduler, pieces: &[Piece]) {
        // With --yes, a person has seen it before, or is none.
        if self.yes {
            return;
        }
        app.out.say(format!("This goes to {}:", scheduler.title()));
        for piece in pieces {
            app.out.say(format!("\n{}", crate::output::sanitise::line(&piece.place)));
            for line in piece.text.lines() {
                app.out.say(format!("  {}", crate::output::sanitise::line(line)));
            }
        }
        app.out.say("");
    }
}

fn print(app: &App, scheduler: Scheduler, pieces: &[Piece]) -> Result<(), Error> {
    if app.out.json {
        let pieces: Vec<_> =
            pieces.iter().map(|piece| json!({"place": piece.place, "text": piece.text})).collect();
        return Ok(app.out.object(json!({"v": 1, "scheduler": scheduler.word(), "pieces": pieces}))?);
    }
    for (number, piece) in pieces.iter().enumerate() {
        // Several files are told apart on stderr, so that one alone can be piped on.
        app.out.say(format!("{}{}:", if number == 0 { "" } else { "\n" }, piece.place));
        app.out.bytes(piece.text.as_bytes())?;
    }
    Ok(())
}

fn tell(app: &App, ground: &Ground, scheduler: Scheduler, job: &Job) -> Result<(), Error> {
    if app.out.json {
        return status::show(app, ground);
    }
    app.out.say(format!("Installed in {}: {}.", scheduler.title(), job.rhythm));
    scheduler.notes(ground).iter().for_each(|note| app.out.say(format!("Note: {note}.")));
    // Better said now than found out when a token has died.
    if let Err(error) = status::reach(app, scheduler, &job.program, &job.environment) {
        app.out.warn(&format!("from there the vault cannot be reached now: {}", error.message));
        if let Some(help) = &error.help {
            app.out.hint(help);
        }
    }
    app.out.hint(&format!("integ schedule status{}; integ schedule remove{0}", typed_profile(app)));
    Ok(())
}

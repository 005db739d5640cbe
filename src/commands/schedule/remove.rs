//! Takes away what was installed, and nothing else. Twice is once.

use clap::Args;
use serde_json::json;

use super::take_away;
use crate::app::App;
use crate::error::Error;
use crate::schedule::{Scheduler, all_installed};

/// Take away what `schedule install` wrote
#[derive(Args)]
pub(super) struct Remove {}

impl Remove {
    pub(super) fn run(self, app: &App) -> Result<(), Error> {
        let ground = app.ground()?;
        let gone = take_away(&ground, &all_installed(&ground)?)?;
        if app.out.json {
            let words: Vec<&str> = gone.iter().copied().map(Scheduler::word).collect();
            return Ok(app.out.object(json!({"v": 1, "removed": words}))?);
        }
        match gone.as_slice() {
            [] => app.out.say(format!("Nothing is scheduled for profile {}.", app.profile)),
            gone => gone.iter().for_each(|one| app.out.say(format!("Removed from {}.", one.title()))),
        }
        Ok(())
    }
}

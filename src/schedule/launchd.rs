//! An agent of macOS' launchd. Its calendar knows no seconds, and catches up after sleep by itself.

use std::path::PathBuf;

use super::program::{self, Finished};
use super::{Ground, Installed, Job, Piece, Rhythm, ScheduleError, Scheduler, place, quote};

fn label(profile: &str) -> String {
    format!("integ.schedule.{profile}")
}

fn path(ground: &Ground) -> PathBuf {
    ground.home.join("Library/LaunchAgents").join(format!("{}.plist", label(&ground.profile)))
}

fn launchctl(ground: &Ground, arguments: &[&str]) -> Result<Finished, ScheduleError> {
    program::run(ground, "launchctl", arguments, b"")
}

/// The domains an agent can live in: with windows, and over SSH without.
fn domains(ground: &Ground) -> [String; 2] {
    [format!("gui/{}", ground.uid), format!("user/{}", ground.uid)]
}

pub(super) fn pieces(job: &Job, ground: &Ground) -> Result<Vec<Piece>, ScheduleError> {
    job.mind_control(Scheduler::Launchd)?;
    Ok(vec![Piece { place: path(ground).display().to_string(), text: plist(job) }])
}

pub(super) fn plist(job: &Job) -> String {
    let string = |text: &str| format!("<string>{}</string>", quote::xml(text));
    let mut text = String::from(concat!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
        "<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" ",
        "\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n",
    ));
    text.push_str("<!-- Written by `integ schedule install`, deleted by `integ schedule remove`.\n");
    // No profile's name in here: it may have two hyphens in a row, and a comment may not.
    text.push_str(&format!("     Starts it {}. -->\n", job.rhythm));
    text.push_str("<plist version=\"1.0\">\n<dict>\n");
    text.push_str(&format!("  <key>Label</key>\n  {}\n", string(&label(&job.profile))));
    text.push_str("  <key>ProgramArguments</key>\n  <array>\n");
    for word in [&job.program].into_iter().chain(&job.arguments) {
        text.push_str(&format!("    {}\n", string(word)));
    }
    text.push_str("  </array>\n");
    if !job.environment.is_empty() {
        text.push_str("  <key>EnvironmentVariables</key>\n  <dict>\n");
        for (name, value) in &job.environment {
            text.push_str(&format!("    <key>{}</key>\n    {}\n", quote::xml(name), string(value)));
        }
        text.push_str("  </dict>\n");
    }
    text.push_str("  <key>StartCalendarInterval</key>\n  <array>\n");
    let hours = job.rhythm.hours().map_or(vec![None], |hours| hours.into_iter().map(Some).collect());
    for hour in hours {
        for minute in job.rhythm.minutes() {
            let hour = hour.map_or(String::new(), |hour| format!("<key>Hour</key><integer>{hour}</integer>"));
            text.push_str(&format!("    <dict>{hour}<key>Minute</key><integer>{minute}</integer></dict>\n"));
        }
    }
    text.push_str("  </array>\n  <key>ProcessType</key>\n  <string>Background</string>\n</dict>\n</plist>\n");
    text
}

pub(super) fn install(job: &Job, ground: &Ground) -> Result<(), ScheduleError> {
    let path = path(ground);
    boot_out(ground)?;
    place::write(&path, plist(job).as_bytes())?;
    let shown = path.display().to_string();
    let [windows, plain] = domains(ground);
    let taken = match launchctl(ground, &["bootstrap", &windows, &shown])? {
        said if said.ok => Ok(said),
        _ => launchctl(ground, &["bootstrap", &plain, &shown])?.or_fail(),
    };
    if taken.is_err() {
        // Half a schedule is none.
        let _ = place::delete(&path);
    }
    taken.map(drop)
}

/// What is not there need not go: its failure says only that.
fn boot_out(ground: &Ground) -> Result<(), ScheduleError> {
    for domain in domains(ground) {
        launchctl(ground, &["bootout", &format!("{domain}/{}", label(&ground.profile))])?;
    }
    Ok(())
}

pub(super) fn remove(ground: &Ground) -> Result<bool, ScheduleError> {
    let path = path(ground);
    if path.symlink_metadata().is_err() {
        return Ok(false);
    }
    boot_out(ground)?;
    place::delete(&path)?;
    Ok(true)
}

pub(super) fn installed(ground: &Ground) -> Result<Option<Installed>, ScheduleError> {
    let path = path(ground);
    let Some(text) = place::read(&path)? else { return Ok(None) };
    let is_loaded = |domain: &String| {
        launchctl(ground, &["print", &format!("{domain}/{}", label(&ground.profile))])
            .is_ok_and(|said| said.ok)
    };
    let active = domains(ground).iter().any(is_loaded);
    let stopped = || format!("it is not loaded: launchctl bootstrap gui/{} {}", ground.uid, path.display());
    Ok(Some(Installed {
        scheduler: Scheduler::Launchd,
        places: vec![path.display().to_string()],
        rhythm: Rhythm::find(&text),
        text,
        active,
        notes: if active { Vec::new() } else { vec![stopped()] },
        next: None,
    }))
}

//! A timer and a service of systemd's user manager.

use std::path::PathBuf;

use super::program::{self, Finished};
use super::{Ground, Installed, Job, Piece, Rhythm, ScheduleError, Scheduler, place, quote};

/// Ends a run that hangs in spite of its own deadlines; the timer would wait for it without end.
const LONGEST: &str = "1h";

struct Unit {
    name: String,
    dir: PathBuf,
}

impl Unit {
    /// `dir`: where the manager looks, which may not be where this person's shell thinks.
    fn of(ground: &Ground) -> Unit {
        Unit { name: format!("integ-{}", ground.profile), dir: units_dir(ground) }
    }

    fn timer(&self) -> PathBuf {
        self.dir.join(format!("{}.timer", self.name))
    }

    fn service(&self) -> PathBuf {
        self.dir.join(format!("{}.service", self.name))
    }

    /// What `systemctl enable` makes.
    fn wanted(&self) -> PathBuf {
        self.dir.join("timers.target.wants").join(format!("{}.timer", self.name))
    }
}

fn units_dir(ground: &Ground) -> PathBuf {
    let own = ground.config_home.join("systemd/user");
    let Ok(found) = systemctl(ground, &["show", "--property=UnitPath", "--value"]) else { return own };
    let looked_at = found.text();
    let mut dirs = looked_at.split(' ').filter(|dir| dir.starts_with('/'));
    if !found.ok || looked_at.contains(&*own.to_string_lossy()) {
        return own;
    }
    dirs.find(|dir| dir.ends_with("/systemd/user") && !dir.starts_with("/run/")).map_or(own, PathBuf::from)
}

fn systemctl(ground: &Ground, arguments: &[&str]) -> Result<Finished, ScheduleError> {
    program::run(ground, "systemctl", &[&["--user"], arguments].concat(), b"")
}

/// A user manager is there and talks to us.
pub(super) fn answers(ground: &Ground) -> bool {
    cfg!(target_os = "linux") && systemctl(ground, &["show-environment"]).is_ok_and(|said| said.ok)
}

pub(super) fn pieces(job: &Job, ground: &Ground) -> Result<Vec<Piece>, ScheduleError> {
    job.mind_control(Scheduler::Systemd)?;
    // The manager refuses such a program, however it is quoted.
    if job.program.contains(['"', '\'', '\\']) {
        let why = format!("the path of the program holds a quote or a backslash: {}", job.program);
        return Err(ScheduleError::Unsayable { scheduler: Scheduler::Systemd, why });
    }
    let unit = Unit::of(ground);
    let piece = |path: PathBuf, text| Piece { place: path.display().to_string(), text };
    Ok(vec![piece(unit.service(), service(job)), piece(unit.timer(), timer(job))])
}

fn head(job: &Job) -> String {
    format!(
        "# Written by `integ schedule install`, deleted by `integ schedule remove`.\n[Unit]\nDescription={}\n",
        job.description()
    )
}

fn service(job: &Job) -> String {
    let mut text = head(job);
    text.push_str("\n[Service]\nType=oneshot\n");
    for (name, value) in &job.environment {
        text.push_str(&format!("Environment={}\n", quote::systemd(&format!("{name}={value}"))));
    }
    let words = [quote::systemd(&job.program)].into_iter().chain(job.arguments.iter().cloned());
    text.push_str(&format!("ExecStart={}\n", words.collect::<Vec<_>>().join(" ")));
    text.push_str(&format!("TimeoutStartSec={LONGEST}\n"));
    text
}

fn timer(job: &Job) -> String {
    format!(
        "{}\n[Timer]\nOnCalendar={}\nAccuracySec=1s\nPersistent=true\n\n[Install]\nWantedBy=timers.target\n",
        head(job),
        calendar(job.rhythm)
    )
}

/// systemd.time(7).
fn calendar(rhythm: Rhythm) -> String {
    let list = |values: &[u32]| values.iter().map(|n| format!("{n:02}")).collect::<Vec<_>>().join(",");
    let hours = rhythm.hours().map_or("*".to_owned(), |hours| list(&hours));
    let minutes = match rhythm.minutes() {
        every if every.len() == 60 => "*".to_owned(),
        some => list(&some),
    };
    format!("*-*-* {hours}:{minutes}:{:02}", rhythm.second())
}

pub(super) fn install(job: &Job, ground: &Ground) -> Result<(), ScheduleError> {
    let written = write(job, ground).and_then(|timer| take_up(&timer, ground));
    if written.is_err() {
        // Half a schedule is none.
        let _ = remove(ground);
    }
    written
}

/// The timer's name.
fn write(job: &Job, ground: &Ground) -> Result<String, ScheduleError> {
    let unit = Unit::of(ground);
    place::write(&unit.service(), service(job).as_bytes())?;
    place::write(&unit.timer(), timer(job).as_bytes())?;
    Ok(format!("{}.timer", unit.name))
}

fn take_up(timer: &str, ground: &Ground) -> Result<(), ScheduleError> {
    systemctl(ground, &["daemon-reload"])?.or_fail()?;
    systemctl(ground, &["enable", timer])?.or_fail()?;
    // `enable --now` would leave a timer that runs already at its old calendar.
    systemctl(ground, &["restart", timer])?.or_fail()?;
    Ok(())
}

pub(super) fn remove(ground: &Ground) -> Result<bool, ScheduleError> {
    let unit = Unit::of(ground);
    let files = [unit.wanted(), unit.timer(), unit.service()];
    if !files.iter().any(|path| path.symlink_metadata().is_ok()) {
        return Ok(false);
    }
    let (timer, alive) = (format!("{}.timer", unit.name), answers(ground));
    if alive {
        systemctl(ground, &["disable", "--now", &timer])?;
    }
    // When it last ran, which `Persistent=` remembers. `systemctl clean` loses its connection to some managers.
    place::delete(&ground.home.join(format!(".local/share/systemd/timers/stamp-{timer}")))?;
    files.iter().try_for_each(|path| place::delete(path))?;
    if alive {
        systemctl(ground, &["daemon-reload"])?.or_fail()?;
        let _ = systemctl(ground, &["reset-failed", &timer, &format!("{}.service", unit.name)]);
    }
    Ok(true)
}

pub(super) fn installed(ground: &Ground) -> Result<Option<Installed>, ScheduleError> {
    let unit = Unit::of(ground);
    let path = unit.timer();
    let Some(text) = place::read(&path)? else { return Ok(None) };
    let properties = "--property=ActiveState,NextElapseUSecRealtime";
    let timer = format!("{}.timer", unit.name);
    let said =
        systemctl(ground, &["show", &timer, "--timestamp=unix", properties]).ok().filter(|said| said.ok);
    let said = said.map(|said| said.text());
    let property =
        |name: &str| said.as_deref()?.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let active = property("ActiveState") == Some("active");
    let mut notes = Vec::new();
    if said.is_none() {
        notes.push("systemd's user manager does not answer".to_owned());
    } else if !active {
        notes.push(format!("its timer is stopped: systemctl --user enable --now {timer}"));
    }
    Ok(Some(Installed {
        scheduler: Scheduler::Systemd,
        places: [unit.service(), path].iter().map(|path| path.display().to_string()).collect(),
        text: place::read(&unit.service())?.unwrap_or_default(),
        rhythm: Rhythm::find(&text),
        active,
        next: property("NextElapseUSecRealtime").and_then(|at| at.strip_prefix('@')?.parse().ok()),
        notes,
    }))
}

/// A user manager ends with the last session, unless it may linger.
pub(super) fn notes(ground: &Ground) -> Vec<String> {
    let lingers = PathBuf::from("/var/lib/systemd/linger").join(&ground.user).exists();
    if lingers {
        return Vec::new();
    }
    vec!["it runs while you are logged in, and catches up when you are again; also without you: loginctl enable-linger".to_owned()]
}

#[cfg(test)]
pub(super) fn texts(job: &Job) -> [String; 2] {
    [service(job), timer(job)]
}

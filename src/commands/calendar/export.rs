//! A file that a calendar program can open or subscribe to.

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use super::choose;
use crate::app::{App, duration_argument};
use crate::calendar::agenda::{Wanted, read};
use crate::calendar::ics;
use crate::calendar::span::Stretch;
use crate::error::{Error, Kind, cannot_write};
use crate::vault::VaultError;
use crate::vault::private::write_private_into;

/// Write what is mirrored to an iCalendar file
#[derive(Args)]
#[command(after_help = "To have the file rewritten after each sync:
  integ config set calendar.export /home/me/integ.ics")]
pub(crate) struct Export {
    /// The file; `-` prints it
    file: PathBuf,
    /// Only this calendar: its name, its id, or CONNECTION/NAME
    #[arg(long, value_name = "CALENDAR")]
    calendar: Vec<String>,
    /// How far back (30d)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    past: Option<Duration>,
    /// How far ahead (365d)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    future: Option<Duration>,
    /// Replace a file that is no calendar
    #[arg(long)]
    force: bool,
}

impl Export {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let config = app.config()?;
        let past = self.past.unwrap_or_else(|| config.duration("calendar.export-past"));
        let future = self.future.unwrap_or_else(|| config.duration("calendar.export-future"));
        let (count, text) = document(app, &self.calendar, past, future)?;
        if self.file.as_os_str() == "-" {
            return Ok(app.out.bytes(text.as_bytes())?);
        }
        let is_new = write(&self.file, &text, self.force)?;
        let path = std::path::absolute(&self.file).unwrap_or(self.file);
        if app.out.json {
            let file =
                serde_json::json!({"file": path.display().to_string(), "events": count, "changed": is_new});
            return Ok(app.out.document("exports", vec![file])?);
        }
        let plural = if count == 1 { "" } else { "s" };
        app.out.say(&match is_new {
            true => format!("{count} event{plural} in {}.", path.display()),
            false => format!("{} is up to date: {count} event{plural}.", path.display()),
        });
        Ok(())
    }
}

/// Once after each sync: the file of `calendar.export`, where there is one.
pub(crate) fn after_sync(app: &App) -> Result<(), Error> {
    let config = app.config()?;
    let Some(path) = config.text("calendar.export") else { return Ok(()) };
    let path = PathBuf::from(path);
    if !path.is_absolute() {
        return Err(Error::new(
            Kind::Config,
            format!("calendar.export is not a whole path: {}", path.display()),
        )
        .help("integ config set calendar.export /home/me/integ.ics"));
    }
    let calendars = config.list("calendar.export-calendars");
    let (past, future) = (config.duration("calendar.export-past"), config.duration("calendar.export-future"));
    let (_, text) = document(app, &calendars, past, future)?;
    write(&path, &text, false).map(drop)
}

fn document(app: &App, names: &[String], past: Duration, future: Duration) -> Result<(usize, String), Error> {
    let calendars = choose::named_or_mirrored(app, names)?;
    let now = super::now(None)?;
    let days = |length: Duration| i64::try_from(length.as_secs().div_ceil(86_400)).unwrap_or(i64::MAX);
    let stretch = Stretch::around(&now, days(past), days(future));
    let entries = read(app.index()?, &calendars, stretch, now.time_zone(), &Wanted::default())?;
    let title = match calendars.as_slice() {
        [one] => &one.name,
        _ => "integ",
    };
    Ok((entries.len(), ics::document(&entries, &calendars, title)))
}

/// Whether it had to be written: a file that is right already is left alone, so that nobody reads it again for nothing.
fn write(path: &Path, text: &str, force: bool) -> Result<bool, Error> {
    // A link stays one.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    match fs::File::open(&path) {
        Ok(file) => {
            if !file.metadata().is_ok_and(|meta| meta.is_file()) {
                return Err(Error::usage(format!("{} is not a file", path.display())));
            }
            let mut there = Vec::new();
            let most = u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_add(1);
            let is_readable = file.take(most).read_to_end(&mut there).is_ok();
            if is_readable && there == text.as_bytes() {
                return Ok(false);
            }
            if !force && !there.is_empty() && !there.starts_with(b"BEGIN:VCALENDAR") {
                let what = format!("{} is no calendar and would be lost", path.display());
                return Err(Error::usage(what).help("choose another file, or add --force"));
            }
        }
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
        Err(cause) => {
            return Err(cannot_write(&path, VaultError::storage("read", &path, cause)));
        }
    }
    // Private when it is new; who may read it is the person's to change.
    let mode = fs::metadata(&path).ok().map(|meta| meta.permissions());
    write_private_into(&path, text.as_bytes(), true).map_err(|error| cannot_write(&path, error))?;
    if let Some(mode) = mode {
        let _ = fs::set_permissions(&path, mode);
    }
    Ok(true)
}

//! One writer at a time, and each begins with what the file says then: nobody's change is lost.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Config, ConfigError, read};
use crate::vault::lock;
use crate::vault::private::{own_dir, write_private_into};

/// Held as long as the file is nobody else's to write.
pub(crate) struct Alone(#[expect(dead_code, reason = "it is let go of when it is dropped")] File);

pub(crate) fn alone(path: &Path, patience: Duration) -> Result<Alone, ConfigError> {
    own_dir(path.parent().unwrap_or(Path::new(".")))?;
    Ok(Alone(lock::exclusive(&path.with_extension("lock"), patience)?))
}

/// A person may keep their settings elsewhere and link to them: the link stays, and what it leads to is replaced.
pub(crate) fn write(path: &Path, text: &str, _: &Alone) -> Result<(), ConfigError> {
    Ok(write_private_into(&behind_links(path), text.as_bytes(), true)?)
}

impl Config {
    pub(crate) fn change<T>(
        path: &Path,
        patience: Duration,
        change: impl FnOnce(&mut Config) -> Result<T, ConfigError>,
    ) -> Result<T, ConfigError> {
        let alone = alone(path, patience)?;
        Config::load(path)?.changed(change, &alone)
    }

    /// For mending: the file may be wrong, before and after.
    pub(crate) fn mend<T>(
        path: &Path,
        patience: Duration,
        change: impl FnOnce(&mut Config) -> Result<T, ConfigError>,
    ) -> Result<T, ConfigError> {
        let alone = alone(path, patience)?;
        Config::parse_unchecked(path, &read(path)?)?.changed(change, &alone)
    }

    fn changed<T>(
        mut self,
        change: impl FnOnce(&mut Config) -> Result<T, ConfigError>,
        alone: &Alone,
    ) -> Result<T, ConfigError> {
        let before = self.document.to_string();
        let outcome = change(&mut self)?;
        let after = self.document.to_string();
        if after != before {
            write(&self.path, &after, alone)?;
        }
        Ok(outcome)
    }
}

/// Where a link leads to need not be there yet. One that leads in a circle is taken as it is.
fn behind_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..40 {
        let Ok(to) = fs::read_link(&path) else { break };
        path = path.parent().unwrap_or(Path::new("/")).join(to);
    }
    path
}

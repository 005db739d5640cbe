//! The settings: read, changed one by one, or edited as a file.

mod edit;

use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::app::{App, log_file};
use crate::config;
use crate::config::keys::{KEYS, Key, find};
use crate::error::{Error, Kind};
use crate::output::{Out, Table};

/// For others that change the settings, where these do not say how long.
const WAIT: Duration = Duration::from_secs(60);

/// Read and change the settings
#[derive(Args)]
pub(crate) struct Config {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Print the value of a setting
    Get {
        /// Such as limits.deadline
        key: String,
    },
    /// Change a setting
    Set {
        /// Such as limits.deadline
        key: String,
        /// Durations are 30, 30s, 5m, 2h or 30d; a command is ["program", "argument"]
        #[arg(allow_hyphen_values = true)]
        value: String,
    },
    /// Go back to the default of a setting
    Unset {
        /// Such as limits.deadline
        key: String,
    },
    /// Show every setting
    List,
    /// Edit the file; it is replaced only by one that is right
    Edit,
    /// Print where the file is
    Path,
}

impl Config {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.verb {
            Verb::Get { key } => get(app, &key),
            Verb::Set { key, value } => set(app, &key, &value),
            Verb::Unset { key } => unset(app, &key),
            Verb::List => list(app),
            Verb::Edit => edit::edit(app),
            Verb::Path => path(app),
        }
    }
}

fn get(app: &App, key: &str) -> Result<(), Error> {
    let Some(found) = find(key) else { return Err(config::ConfigError::UnknownKey(key.to_owned()).into()) };
    let config = app.config()?;
    if app.out.json {
        return Ok(app.out.document("settings", vec![document(&config, key, found)])?);
    }
    Ok(app.out.line(config.get(key))?)
}

fn set(app: &App, key: &str, value: &str) -> Result<(), Error> {
    if key == "log.file" && std::path::Path::new(value).is_absolute() {
        log_file(value.as_ref())?;
    }
    let before = app.change_config(|config| {
        let before = config.own(key);
        config.set(key, value).map(|()| before)
    });
    let before = before.map_err(|error| with_right_values(error, key))?;
    if key == "vault.kind" && before.is_some_and(|before| before != value) {
        app.out.warn("what is connected stays in the vault where it is; to take it along: integ vault move");
    }
    tell(app, key)
}

/// A wrong value is answered with the right ones.
fn with_right_values(error: Error, key: &str) -> Error {
    match find(key) {
        Some(found) if error.kind == Kind::Usage => {
            error.help(format!("{key} takes {}", found.kind.accepts()))
        }
        _ => error,
    }
}

/// Works on a file that is wrong: taking out what is wrong is how it gets right again.
fn unset(app: &App, key: &str) -> Result<(), Error> {
    let wait = app.lock_wait().unwrap_or(WAIT);
    let (removed, wrong) = config::Config::mend(&app.paths.config, wait, |config| {
        Ok((config.unset(key)?, config.check().err()))
    })?;
    app.reload_config();
    if !removed {
        app.out.say(format!("{key} was not set."));
    }
    if let Some(wrong) = &wrong {
        app.out.warn(&wrong.to_string());
    }
    match find(key) {
        Some(_) if wrong.is_none() => tell(app, key),
        _ if app.out.json => Ok(app.out.document("settings", Vec::new())?),
        _ => Ok(()),
    }
}

/// What holds now.
fn tell(app: &App, key: &str) -> Result<(), Error> {
    let config = app.config()?;
    if app.out.json {
        let settings = find(key).map(|found| document(&config, key, found)).into_iter().collect();
        return Ok(app.out.document("settings", settings)?);
    }
    let value = config.get(key);
    app.out.say(&if value.is_empty() { format!("{key} is not set") } else { format!("{key} = {value}") });
    Ok(())
}

fn list(app: &App) -> Result<(), Error> {
    let config = app.config()?;
    let entries = entries(&config);
    if app.out.json {
        let settings = entries.iter().map(|(name, key)| document(&config, name, key)).collect();
        return Ok(app.out.document("settings", settings)?);
    }
    let mut table = Table::new(&["Setting", "Value", "", "Meaning"]);
    for (name, key) in &entries {
        let value = config.get(name);
        let shown = if value.is_empty() { "-" } else { &value };
        let mark = if config.own(name).is_some() { "set" } else { "default" };
        // In a pipe the meaning would only make lines long.
        let meaning = if Out::stdout_is_terminal() {
            format!("{} ({})", key.doc, key.kind.accepts())
        } else {
            key.doc.to_owned()
        };
        table.row(&[name, shown, mark, &meaning]);
    }
    Ok(app.out.line(table.render())?)
}

/// Every setting; one that exists for each provider stands for those that are set, then for itself.
fn entries(config: &config::Config) -> Vec<(String, &'static Key)> {
    let set = config.set_keys();
    KEYS.iter()
        .flat_map(|key| {
            let own = set.iter().filter(|name| {
                find(name).is_some_and(|found| found.name == key.name && name.as_str() != key.name)
            });
            own.cloned().chain([key.name.to_owned()]).map(move |name| (name, key)).collect::<Vec<_>>()
        })
        .collect()
}

fn document(config: &config::Config, name: &str, key: &Key) -> Value {
    json!({
        "key": name,
        "value": config.get(name),
        "default": key.default,
        "set": config.own(name).is_some(),
        "accepts": key.kind.accepts(),
        "doc": key.doc,
    })
}

fn path(app: &App) -> Result<(), Error> {
    let path = app.paths.config.display().to_string();
    if app.out.json {
        return Ok(app.out.object(json!({"v": 1, "path": path}))?);
    }
    Ok(app.out.line(&path)?)
}

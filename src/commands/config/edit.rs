//! The config in the person's editor: they edit a copy, and only a copy that is right takes the file's place.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::app::{App, environment};
use crate::config::{Config, change};
use crate::error::{Error, Kind};
use crate::vault::private::write_private;

pub(super) fn edit(app: &App) -> Result<(), Error> {
    let editor = editor(app)?;
    let path = &app.paths.config;
    let before = read(path)?;
    let copy = path.with_file_name(format!("config.edit-{}.toml", std::process::id()));
    write_private(&copy, before.as_bytes())?;
    loop {
        if let Err(error) = run(&editor, &copy) {
            let _ = fs::remove_file(&copy);
            return Err(error);
        }
        let after = read(&copy)?;
        if after == before {
            let _ = fs::remove_file(&copy);
            app.out.say("Nothing was changed.");
            return Ok(());
        }
        match Config::parse(&copy, &after) {
            Ok(_) => return replace(app, path, &before, &copy, &after),
            Err(wrong) => {
                let wrong = Error::from(wrong);
                if app.prompt.is_allowed() {
                    app.out.warn(&wrong.message);
                    if app.prompt.confirm("Edit it again?")? {
                        continue;
                    }
                }
                return Err(wrong.help(kept(&copy, path)));
            }
        }
    }
}

/// Another command may have changed a setting while the editor was open: its change must not be lost.
fn replace(app: &App, path: &Path, before: &str, copy: &Path, after: &str) -> Result<(), Error> {
    let alone = change::alone(path, app.lock_wait().unwrap_or(super::WAIT))?;
    if read(path)? != before {
        return Err(Error::new(Kind::Config, "the settings were changed by something else meanwhile")
            .help(kept(copy, path)));
    }
    change::write(path, after, &alone)?;
    let _ = fs::remove_file(copy);
    app.reload_config();
    app.out.say(format!("{} is saved.", path.display()));
    Ok(())
}

fn kept(copy: &Path, path: &Path) -> String {
    format!("{} is as it was; what you wrote is kept in {}", path.display(), copy.display())
}

fn read(path: &Path) -> Result<String, Error> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(text),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(cause) => Err(Error::new(Kind::Storage, format!("cannot read {}: {cause}", path.display()))),
    }
}

/// `$VISUAL`, `$EDITOR`, else what every system has; words are split at spaces, never by a shell.
fn editor(app: &App) -> Result<Vec<OsString>, Error> {
    let named = ["VISUAL", "EDITOR"].into_iter().find_map(environment::os_text);
    let Some(named) = named else {
        if !app.prompt.is_allowed() {
            return Err(Error::usage("editing needs an editor, and there is no terminal")
                .help("integ config set KEY VALUE"));
        }
        return Ok(vec![if cfg!(windows) { "notepad" } else { "vi" }.into()]);
    };
    if PathBuf::from(&named).is_file() {
        return Ok(vec![named]);
    }
    Ok(named.to_string_lossy().split_whitespace().map(OsString::from).collect())
}

fn run(editor: &[OsString], copy: &Path) -> Result<(), Error> {
    let Some((program, arguments)) = editor.split_first() else {
        return Err(Error::usage("$EDITOR is empty"));
    };
    let name = program.to_string_lossy();
    let mut command = Command::new(program);
    command.args(arguments).arg(copy);
    environment::without_secrets(&mut command);
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => {
            Err(Error::usage(format!("the editor `{name}` ended with {status}; nothing was changed")))
        }
        Err(cause) => {
            Err(Error::usage(format!("the editor `{name}` cannot be started: {cause}")).help("set $EDITOR"))
        }
    }
}

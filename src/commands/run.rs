//! Runs a program with fresh tokens in its environment.

use std::ffi::OsString;
use std::process::Command;

use clap::Args;
use futures_util::future::join_all;

use crate::app::{App, Need, environment};
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::vault::Grant;

/// Run a program with fresh tokens in its environment
///
/// The program takes the place of integ: its exit code is the exit code. What is secret of integ's own (the vault's
/// key, client secrets) is not in its environment.
#[derive(Args)]
pub(crate) struct Run {
    /// A connection, and the variable that its token goes to (NAME_TOKEN, in capitals)
    #[arg(long, value_name = "NAME[=VAR]", value_parser = with)]
    with: Vec<With>,
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true, value_name = "CMD")]
    command: Vec<OsString>,
}

#[derive(Clone)]
struct With {
    name: Name,
    variable: String,
}

/// Variables that decide what the program is or what it loads, and ours.
const TAKEN: &[&str] = &["PATH", "HOME", "SHELL", "IFS", "ENV", "BASH_ENV", "PWD", "USER", "TMPDIR"];
const TAKEN_PREFIXES: &[&str] = &["LD_", "DYLD_", "INTEG_"];

/// `google/work=GOOGLE`, as clap reads it.
fn with(text: &str) -> Result<With, String> {
    let (name, variable) = match text.split_once('=') {
        Some((name, variable)) => (name, Some(variable)),
        None => (text, None),
    };
    let name: Name = name.parse()?;
    let variable = variable.map_or_else(|| name.variable("TOKEN"), str::to_owned);
    let is_word = !variable.is_empty()
        && !variable.starts_with(|c: char| c.is_ascii_digit())
        && variable.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_word {
        return Err(format!("`{variable}` is no name of a variable: use {name}=VAR"));
    }
    let upper = variable.to_ascii_uppercase();
    if TAKEN.contains(&upper.as_str()) || TAKEN_PREFIXES.iter().any(|prefix| upper.starts_with(prefix)) {
        return Err(format!("`{variable}` means something else to programs: use {name}=VAR"));
    }
    Ok(With { name, variable })
}

impl Run {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(Error::usage("there is no program to run"));
        };
        self.check_variables()?;
        // Before any token is fetched: a typing mistake must not cost a refresh.
        if environment::program(program).is_none() {
            return Err(not_found(program));
        }
        let mut command = Command::new(program);
        command.args(arguments);
        environment::without_secrets(&mut command);
        for (with, grant) in self.with.iter().zip(self.grants(app)?) {
            command.env(&with.variable, grant.access_token.expose());
        }
        let names: Vec<&str> = self.with.iter().map(|with| with.name.as_str()).collect();
        app.subject.set(Some(names.join(",")).filter(|names| !names.is_empty()));
        become_program(app, command)
    }

    fn check_variables(&self) -> Result<(), Error> {
        let mut seen = std::collections::HashSet::new();
        match self.with.iter().find(|with| !seen.insert(&with.variable)) {
            Some(twice) => Err(Error::usage(format!("`{}` would hold two tokens", twice.variable))
                .help(format!("--with {}=ANOTHER", twice.name))),
            None => Ok(()),
        }
    }

    /// All at once. Nothing is run unless every token is there.
    fn grants(&self, app: &App) -> Result<Vec<Grant>, Error> {
        let found: Vec<_> = self.with.iter().map(|with| app.bearer(&with.name)).collect();
        let now = clock::now();
        let is_ready = |grant: &Grant| grant.is_fresh(now, None) && !grant.needs_reauth();
        let outcomes: Vec<Result<Grant, Error>> =
            if found.iter().all(|one| one.as_ref().is_ok_and(|(_, grant)| is_ready(grant))) {
                found.into_iter().map(|one| one.map(|(_, grant)| grant)).collect()
            } else {
                app.block_on(join_all(found.into_iter().map(|one| async {
                    let (name, grant) = one?;
                    Ok(app.fresh(&name, grant, Need::default()).await?.into_grant())
                })))?
            };
        let (mut grants, mut failed) = (Vec::new(), Vec::new());
        for outcome in outcomes {
            match outcome {
                Ok(grant) => grants.push(grant),
                Err(error) => failed.push(error),
            }
        }
        match failed.len() {
            0 => Ok(grants),
            1 => Err(failed.remove(0)),
            count => Err(all_of(count, &failed)),
        }
    }
}

/// One error for several connections: alike, it has their code.
fn all_of(count: usize, failed: &[Error]) -> Error {
    let words: Vec<&str> = failed.iter().map(|error| error.message.as_str()).collect();
    let helps: Vec<&str> = failed.iter().filter_map(|error| error.help.as_deref()).collect();
    let kind = Error::of_many(count, failed).map_or(Kind::Partial, |error| error.kind);
    Error::new(kind, words.join("; ")).help(helps.join("; "))
}

fn not_found(program: &OsString) -> Error {
    Error::usage(format!("there is no program `{}`", program.to_string_lossy()))
}

fn cannot_start(program: &std::ffi::OsStr, cause: &std::io::Error) -> Error {
    Error::usage(format!("`{}` cannot be started: {cause}", program.to_string_lossy()))
}

/// The history is written first: nothing of us is left afterwards.
#[cfg(unix)]
fn become_program(app: &App, mut command: Command) -> Result<(), Error> {
    use std::os::unix::process::CommandExt;
    app.record("run", Ok(()));
    app.unrecorded.set(true);
    let cause = command.exec();
    Err(cannot_start(command.get_program(), &cause))
}

#[cfg(not(unix))]
fn become_program(_: &App, mut command: Command) -> Result<(), Error> {
    let status = command.status().map_err(|cause| cannot_start(command.get_program(), &cause))?;
    match status.code().and_then(|code| u8::try_from(code).ok()) {
        Some(0) => Ok(()),
        code => Err(Error::passed_on(code.unwrap_or(1))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_to_a_variable_of_its_own() {
        assert_eq!(with("google/work").unwrap().variable, "GOOGLE_WORK_TOKEN");
        assert_eq!(with("google=GH_token2").unwrap().variable, "GH_token2");
        for bad in [
            "google=",
            "google=PATH",
            "google=path",
            "google=LD_PRELOAD",
            "google=INTEG_VAULT_KEY",
            "google=A-B",
            "google=2X",
            "google=A=B",
            "google=Ä",
            "9",
            "../x=A",
            "=A",
        ] {
            assert!(with(bad).is_err(), "{bad}");
        }
    }
}

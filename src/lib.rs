//! `integ`: connects a person's accounts, keeps their tokens fresh and puts them to work.
//!
//! Data flows one way: arguments → `commands` → `oauth`, `bundle` → `providers` → `http`, `vault`, `index` → `output`.

mod app;
mod bundle;
mod calendar;
mod clock;
mod commands;
mod config;
mod duration;
mod error;
mod event;
#[cfg(any(test, integ_fuzzing))]
#[doc(hidden)]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub mod fuzz;
mod http;
mod index;
mod log;
mod name;
mod new_task;
mod oauth;
mod output;
mod providers;
mod reason;
#[cfg(feature = "sandbox")]
mod sandbox;
mod schedule;
mod task;
mod time;
mod vault;
mod zone;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;

use app::{App, Call, environment};
use commands::{Cli, Colour, Command, Globals};
use error::{Error, Kind};
use output::{Out, sanitise};

/// For the tests of what does not compile; nobody else has a use for it.
#[doc(hidden)]
pub mod guarded {
    pub use crate::vault::Secret;
    pub use serde::Serialize;
}

/// Parse, run, say what went wrong, return the exit code.
pub fn run() -> ExitCode {
    keep_memory_private();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    report_panics();
    if let Some(answered) = commands::answer_completion(&arguments) {
        return answered;
    }
    if Cli::is_version(&arguments) {
        let written = Out { json: false, quiet: false }.line(concat!("integ ", env!("CARGO_PKG_VERSION")));
        return written.map_or_else(|cause| say(&cause.into(), false), |()| ExitCode::SUCCESS);
    }
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error, &arguments),
    };
    let json = cli.globals.json;
    match dispatch(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say(&error, json),
    }
}

fn dispatch(cli: Cli) -> Result<(), Error> {
    let Cli { globals, command } = cli;
    let usual = environment::text("INTEG_PROFILE").unwrap_or_else(|| "default".to_owned());
    if globals.profile != usual {
        output::of_profile(globals.profile.clone(), <Command as clap::Subcommand>::has_subcommand);
    }
    let app = App::new(Call {
        json: globals.json,
        quiet: globals.quiet,
        no_input: globals.no_input,
        profile: globals.profile.clone(),
        lock_wait: globals.lock_wait,
        dry_run: command.is_dry(),
    })?;
    prepare(&globals, &app)?;
    // A fresh token writes nothing; all else may meet a full disk.
    if !matches!(command, Command::Token(_)) {
        output::survive_full_disks();
        if let Some(zone) = environment::text("TZ").filter(|zone| !zone::is_of_system(zone)) {
            app.out.warn(&format!(
                "TZ is `{}`, which names no time zone known here: it is not used",
                sanitise::excerpt(&zone)
            ));
        }
    }
    let recorded = command.recorded();
    let outcome = command.run(&app);
    if app.is_dry() {
        return app.show_sketches(outcome);
    }
    if let Some(name) = recorded {
        app.record(name, outcome.as_ref().map(drop));
    }
    outcome
}

/// Colours and the log: what was asked for on the command line, in the environment, in the config.
fn prepare(globals: &Globals, app: &App) -> Result<(), Error> {
    let colour = match globals.color {
        Some(Colour::Always) => Some(true),
        Some(Colour::Never) => Some(false),
        Some(Colour::Auto) => None,
        None if environment::text("NO_COLOR").is_some() => Some(false),
        None => match app.config().ok().and_then(|config| config.own("output.color")).as_deref() {
            Some("always") => Some(true),
            Some("never") => Some(false),
            _ => None,
        },
    };
    output::set_colours(colour);
    let asked = environment::text("INTEG_LOG");
    let level = match (globals.verbose, asked.as_deref()) {
        (0, None) => log::Level::Quiet,
        (0, Some("debug")) | (2.., _) => log::Level::Debug,
        _ => log::Level::Info,
    };
    // The config is read only when something asks for it: a log file may stand there, so reading it is lazy too.
    let configured = match &globals.log_file {
        Some(path) => Some(path.clone()),
        None => app.config().ok().and_then(|config| config.text("log.file")).map(Into::into),
    };
    if level == log::Level::Quiet && configured.is_none() {
        return Ok(());
    }
    let file = match configured.map(|path| app::log_file(&path)).transpose() {
        Ok(file) => file,
        // Only who asked for it now goes without the command for it: config unset has to work too.
        Err(error) if globals.log_file.is_none() => {
            app.out.warn(&format!("{}; nothing is logged", error.message));
            app.out.hint("integ config unset log.file");
            None
        }
        Err(error) => return Err(error),
    };
    let json = asked.as_deref() == Some("json")
        || app.config().is_ok_and(|config| config.get("log.format") == "json");
    log::start(level, file, json);
    Ok(())
}

fn say(error: &Error, json: bool) -> ExitCode {
    let out = Out { json, quiet: false };
    if !error.told {
        let told = json && out.object(serde_json::json!({"v": 1, "error": error.json()})).is_ok();
        if !told {
            let mark = output::paint("error:", console::Style::new().red().bold());
            out.always(mark.and(" ").and(&error.message));
            if let Some(help) = &error.help {
                let mark = output::paint("help:", console::Style::new().cyan());
                out.always(mark.and(" ").and(&*output::cure(help)));
            }
        }
    }
    ExitCode::from(error.exit())
}

/// clap's words for a person; for a script the same as data.
fn refuse_arguments(error: &clap::Error, arguments: &[OsString]) -> ExitCode {
    let is_answer = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if is_answer || !arguments.iter().any(|argument| argument == "--json") {
        if is_answer {
            // Through the room that prints, so that an output that cannot be written is an error here too.
            let text = error.render();
            let shown = if Out::stdout_is_terminal() { text.ansi().to_string() } else { text.to_string() };
            let written = Out { json: false, quiet: false }.bytes(shown.as_bytes());
            return written.map_or_else(|cause| say(&cause.into(), false), |()| ExitCode::SUCCESS);
        }
        // clap quotes what was typed; its colours are not worth an escape sequence that somebody else wrote.
        Out { json: false, quiet: false }.always(error.to_string().trim_end());
        return ExitCode::from(Kind::Usage.exit());
    }
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
    let tip = text.lines().find_map(|line| line.trim_start().strip_prefix("tip: "));
    say(&Error::usage(first).help(tip.unwrap_or("integ --help")), true)
}

/// No core file and no look at our environment through `/proc` for others of the same user; `exec` ends it.
fn keep_memory_private() {
    #[cfg(target_os = "linux")]
    let _ = nix::sys::prctl::set_dumpable(false);
    #[cfg(all(unix, not(target_os = "linux")))]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        // The hard limit stays: a program that we start may ask for its own.
        if let Ok((_, most)) = getrlimit(Resource::RLIMIT_CORE) {
            let _ = setrlimit(Resource::RLIMIT_CORE, 0, most);
        }
    }
}

fn report_panics() {
    std::panic::set_hook(Box::new(|panic| report_panic(panic.location())));
}

/// A defect of ours: where, never what. The values that were in hand may be secret.
fn report_panic(location: Option<&std::panic::Location<'_>>) {
    let place = location.map_or("somewhere".to_owned(), |at| format!("{}:{}", at.file(), at.line()));
    Out { json: false, quiet: false }
        .always(format!("error: an internal error at {place}; this is a defect of integ"));
    std::process::exit(i32::from(Kind::Internal.exit()));
}

#[cfg(test)]
mod tests {
    /// CL4. The child is this test again: only a process of its own can end as one does.
    #[test]
    #[allow(clippy::panic, clippy::unwrap_used)]
    fn cl04_a_panic_tells_where_and_never_what() {
        const CHILD: &str = "INTEG_TEST_PANICS";
        if std::env::var_os(CHILD).is_some() {
            super::report_panics();
            panic!("the token was CANARY-in-scope");
        }
        let out = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::cl04_a_panic_tells_where_and_never_what", "--nocapture"])
            .env(CHILD, "1")
            .env("RUST_BACKTRACE", "full")
            .output()
            .unwrap();
        let said =
            format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
        assert_eq!(out.status.code(), Some(70), "{said}");
        assert!(said.contains("an internal error at src") && said.contains("lib.rs:"), "{said}");
        assert!(!said.contains("CANARY") && !said.contains("backtrace"), "{said}");
    }
}

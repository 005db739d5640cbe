//! WHAT A PERSON CAN ASK. One file is one subcommand: its arguments and its `run`.

mod any_server;
mod api;
mod calendar;
mod completions;
mod config;
mod connect;
#[cfg(feature = "sandbox")]
mod demo;
mod disconnect;
mod doctor;
mod export;
mod import;
mod man;
mod options;
mod providers;
mod refresh;
mod rename;
mod run;
mod schedule;
mod setup;
mod status;
mod sync;
mod task;
mod test;
mod time;
mod token;
mod vault;

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::app::{App, duration_argument, environment};
use crate::error::{EXIT_CODES, Error};
use crate::name::{Name, simple};
pub(crate) use completions::answer as answer_completion;

/// Connect your accounts once; use them from the terminal, scripts, cron jobs and CI
#[derive(Parser)]
#[command(name = "integ", version, propagate_version = true, after_help = exit_codes(), max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub globals: Globals,
    #[command(subcommand)]
    pub command: Command,
}

/// `token` runs thousands of times a day, and building the other commands would cost it more than its work does: it is
/// parsed alone first, by the same definitions. Whatever this parser does not like is the whole one's to judge.
#[derive(Parser)]
#[command(name = "integ", disable_help_flag = true, disable_help_subcommand = true)]
struct Alone {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: AloneCommand,
}

#[derive(Subcommand)]
enum AloneCommand {
    #[command(disable_help_flag = true)]
    Token(token::Token),
    /// What a timer runs has next to nothing to do, most of the time.
    #[command(disable_help_flag = true)]
    Sync(sync::Sync),
}

impl Cli {
    pub(crate) fn read(arguments: &[OsString]) -> Result<Cli, clap::Error> {
        if let Some(plain) = Cli::plain_token(arguments) {
            return Ok(plain);
        }
        let first = arguments.get(1).and_then(|first| first.to_str());
        if matches!(first, Some("token" | "sync"))
            && let Ok(Alone { globals, command }) = Alone::try_parse_from(arguments)
        {
            let command = match command {
                AloneCommand::Token(token) => Command::Token(token),
                AloneCommand::Sync(sync) => Command::Sync(sync),
            };
            return Ok(Cli { globals, command });
        }
        Cli::try_parse_from(arguments)
    }

    /// Exactly `integ --version`: what a script asks first is no reason to build a parser.
    pub(crate) fn is_version(arguments: &[OsString]) -> bool {
        matches!(arguments, [_, flag] if flag == "--version" || flag == "-V")
    }

    /// Exactly `integ token NAME`, the call of every script: there is nothing to parse in it.
    fn plain_token(arguments: &[OsString]) -> Option<Cli> {
        let [_, command, name] = arguments else { return None };
        let name = name.to_str().filter(|_| command == "token")?.parse().ok()?;
        let profile = match environment::os_text("INTEG_PROFILE") {
            Some(profile) => simple(profile.to_str()?).ok()?,
            None => "default".to_owned(),
        };
        let globals = Globals { profile, ..Globals::default() };
        Some(Cli { globals, command: Command::Token(token::Token::plain(name)) })
    }
}

#[derive(Args, Default)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Globals {
    /// Print one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Use a separate world of connections
    #[arg(long, global = true, env = "INTEG_PROFILE", default_value = "default", value_parser = profile_argument, hide_env_values = true)]
    pub profile: String,
    /// Never ask, never open a browser
    #[arg(long, global = true)]
    pub no_input: bool,
    /// Say what is done; twice: every request
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub verbose: u8,
    /// Print data and errors only
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Append what is done to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<Colour>,
    /// How long to wait for another integ at the same connection (60s)
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration_argument)]
    pub lock_wait: Option<Duration>,
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    Setup(setup::Setup),
    #[command(visible_alias = "login")]
    Connect(connect::Connect),
    #[command(visible_aliases = ["list", "ls"])]
    Status(status::Status),
    Test(test::Test),
    Refresh(refresh::Refresh),
    #[command(visible_alias = "logout")]
    Disconnect(disconnect::Disconnect),
    Token(token::Token),
    Run(run::Run),
    Sync(sync::Sync),
    Api(api::Api),
    Calendar(calendar::Calendar),
    Task(task::Task),
    Time(time::Time),
    Import(import::Import),
    Export(export::Export),
    Rename(rename::Rename),
    Schedule(schedule::Schedule),
    Providers(providers::Providers),
    Doctor(doctor::Doctor),
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
    Vault(vault::Vault),
    Config(config::Config),
    Completions(completions::Completions),
    Man(man::Man),
}

impl Command {
    /// `token` apart: the frame that all others share is large, and each page of it would be a fault on the hot path.
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self {
            Command::Token(command) => command.run(app),
            other => other.run_other(app),
        }
    }

    #[inline(never)]
    fn run_other(self, app: &App) -> Result<(), Error> {
        match self {
            Command::Setup(command) => command.run(app),
            Command::Connect(command) => command.run(app),
            Command::Status(command) => command.run(app),
            Command::Test(command) => command.run(app),
            Command::Refresh(command) => command.run(app),
            Command::Disconnect(command) => command.run(app),
            Command::Token(command) => command.run(app),
            Command::Run(command) => command.run(app),
            Command::Sync(command) => command.run(app),
            Command::Api(command) => command.run(app),
            Command::Calendar(command) => command.run(app),
            Command::Task(command) => command.run(app),
            Command::Time(command) => command.run(app),
            Command::Import(command) => command.run(app),
            Command::Export(command) => command.run(app),
            Command::Rename(command) => command.run(app),
            Command::Schedule(command) => command.run(app),
            Command::Providers(command) => command.run(app),
            Command::Doctor(command) => command.run(app),
            #[cfg(feature = "sandbox")]
            Command::Demo(command) => command.run(app),
            Command::Vault(command) => command.run(app),
            Command::Config(command) => command.run(app),
            Command::Completions(command) => command.run(app),
            Command::Man(command) => command.run(app),
        }
    }

    /// `--dry-run`: show what would be sent, and send nothing.
    pub(crate) fn is_dry(&self) -> bool {
        match self {
            Command::Connect(command) => command.dry_run,
            Command::Refresh(command) => command.dry_run,
            Command::Disconnect(command) => command.dry_run,
            Command::Api(command) => command.dry_run,
            Command::Import(command) => command.dry_run,
            Command::Task(command) => command.is_dry(),
            _ => false,
        }
    }

    /// Under which name the history knows this command; `None`: it leaves no line.
    pub(crate) fn recorded(&self) -> Option<&'static str> {
        match self {
            Command::Connect(_) => Some("connect"),
            Command::Test(_) => Some("test"),
            Command::Refresh(_) => Some("refresh"),
            Command::Disconnect(_) => Some("disconnect"),
            Command::Token(_) => Some("token"),
            Command::Run(_) => Some("run"),
            Command::Sync(_) => Some("sync"),
            Command::Api(_) => Some("api"),
            Command::Task(command) => Some(command.recorded()),
            Command::Import(_) => Some("import"),
            Command::Export(_) => Some("export"),
            Command::Rename(_) => Some("rename"),
            Command::Schedule(command) => command.recorded(),
            _ => None,
        }
    }
}

fn exit_codes() -> String {
    let lines: Vec<String> =
        EXIT_CODES.iter().map(|(code, meaning)| format!("  {code:>3}  {meaning}")).collect();
    format!("Exit codes:\n{}\n  128+n  ended by signal n", lines.join("\n"))
}

/// What deletes asks on a terminal and has to be told `--yes` elsewhere.
fn confirmed(app: &App, yes: bool, question: &str, command: &str) -> Result<(), Error> {
    if yes {
        return Ok(());
    }
    if !app.prompt.is_allowed() {
        return Err(Error::usage("this has to be confirmed, and nobody is there to ask")
            .help(format!("{command} --yes")));
    }
    match app.prompt.confirm(question)? {
        true => Ok(()),
        false => Err(Error::usage("nothing was changed")),
    }
}

/// A connection's name as clap reads it.
/// A profile; `INTEG_PROFILE=` names none.
fn profile_argument(text: &str) -> Result<String, String> {
    match text {
        "" if environment::is_empty("INTEG_PROFILE") => Ok("default".to_owned()),
        text => simple(text),
    }
}

pub(crate) fn name_argument(text: &str) -> Result<Name, String> {
    text.parse()
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_definition_of_the_commands_is_sound() {
        super::Cli::command().debug_assert();
    }
}

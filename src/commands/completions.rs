//! What the Tab key offers. The scripts only ask us: the answers come from the definition of the commands itself, and
//! the names from the vault and the provider files. Never a prompt, never a word on stderr.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use clap::{Arg, Args, Command, CommandFactory, ValueEnum};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate};
use clap_complete::env::{CompleteEnv, Shells};

use super::Cli;
use crate::app::{App, Call, environment};
use crate::config::keys::KEYS;
use crate::error::{Error, Kind};

/// Set by the scripts to the shell's name.
const VARIABLE: &str = "INTEG_COMPLETE";

/// Print what makes the Tab key complete commands and names
#[derive(Args)]
#[command(after_help = "Examples:
  integ completions bash > ~/.local/share/bash-completion/completions/integ
  integ completions zsh > ~/.zfunc/_integ
  integ completions fish > ~/.config/fish/completions/integ.fish
  integ completions powershell >> $PROFILE")]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shell {
    Bash,
    Zsh,
    Fish,
    Powershell,
}

impl Completions {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        Ok(app.out.bytes(&script(self.shell)?)?)
    }
}

const ZSH_FIRST_TAB: &str = r#"if [ "$funcstack[1]" = "_integ" ]; then
    _clap_dynamic_completer_integ "$@"
fi
"#;

fn script(shell: Shell) -> Result<Vec<u8>, Error> {
    let name = match shell {
        Shell::Bash => "bash",
        Shell::Zsh => "zsh",
        Shell::Fish => "fish",
        Shell::Powershell => "powershell",
    };
    let shells = Shells::builtins();
    let shell = shells
        .completer(name)
        .ok_or_else(|| Error::new(Kind::Internal, format!("no completion of {name}")))?;
    let mut text = Vec::new();
    shell.write_registration(VARIABLE, "integ", "integ", "integ", &mut text)?;
    // One newline at the end, whatever the template has there.
    text.truncate(text.trim_ascii_end().len());
    text.push(b'\n');
    if name == "zsh" {
        // A file in $fpath is loaded by the first Tab, which must already be answered.
        text.extend_from_slice(ZSH_FIRST_TAB.as_bytes());
    }
    Ok(text)
}

/// The answer to a script that asks what could stand here; `None`: nobody asks.
pub(crate) fn answer(arguments: &[OsString]) -> Option<ExitCode> {
    environment::os_text(VARIABLE)?;
    let line = Line {
        profile: profile(arguments),
        wants_option: arguments.last().is_some_and(|word| word.as_encoded_bytes().starts_with(b"-")),
    };
    let answered = CompleteEnv::with_factory(|| complete_in(Cli::command(), &line))
        .var(VARIABLE)
        .try_complete(arguments, std::env::current_dir().ok().as_deref());
    Some(if matches!(answered, Ok(true)) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn profile(arguments: &[OsString]) -> String {
    let texts: Vec<&str> = arguments.iter().filter_map(|argument| argument.to_str()).collect();
    let pairs = texts.iter().zip(texts.iter().skip(1));
    let typed = pairs.filter(|(option, _)| **option == "--profile").map(|(_, name)| (*name).to_owned());
    let joined = texts.iter().filter_map(|text| text.strip_prefix("--profile=").map(str::to_owned));
    let given = typed.chain(joined).last().or_else(|| environment::text("INTEG_PROFILE"));
    given.filter(|name| crate::name::simple(name).is_ok()).unwrap_or_else(|| "default".to_owned())
}

/// The line that is being typed.
struct Line {
    profile: String,
    wants_option: bool,
}

/// The command with names for its arguments. What is hidden is offered where nothing else is: options, in which names
/// would drown, and second names of commands.
fn complete_in(command: Command, line: &Line) -> Command {
    let name = command.get_name().to_owned();
    // clap keeps names for good, and this process ends with its answer.
    let aliases: Vec<&'static str> =
        command.get_visible_aliases().map(|alias| &*Box::leak(alias.to_owned().into_boxed_str())).collect();
    command
        .visible_alias(None)
        .aliases(aliases)
        .disable_help_flag(!line.wants_option)
        .disable_version_flag(!line.wants_option)
        .mut_args(|argument| {
            let hidden = !line.wants_option && !argument.is_positional();
            let argument = if hidden { argument.hide(true) } else { argument };
            match names_for(&name, argument.get_id().as_str()) {
                Some(names) => complete_with(argument, names, line.profile.clone()),
                None => argument,
            }
        })
        .mut_subcommands(|sub| complete_in(sub, line))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Names {
    Connections,
    Providers,
    /// What can be connected: providers, their services, and connections that are signed in to again.
    Connectable,
    Settings,
    Calendars,
    /// What can be synced: connections and calendars.
    Synced,
    /// The rules of `time.rules`.
    Rules,
    /// Where a task can go: connections, and their lists as they were learnt.
    Targets,
}

/// What an argument takes, by its command.
fn names_for(command: &str, argument: &str) -> Option<Names> {
    match (command, argument) {
        ("connect", "name") => Some(Names::Connectable),
        ("connect" | "setup" | "providers" | "import", "provider" | "name") => Some(Names::Providers),
        ("check", "names") => Some(Names::Providers),
        ("get" | "set" | "unset", "key") => Some(Names::Settings),
        ("status" | "test" | "refresh" | "export", "names") => Some(Names::Connections),
        ("disconnect" | "token" | "api", "name") => Some(Names::Connections),
        ("enable" | "disable" | "remove", "calendars") => Some(Names::Calendars),
        ("events" | "export" | "convert", "calendar") => Some(Names::Calendars),
        ("sync", "names") => Some(Names::Synced),
        ("convert", "rule") => Some(Names::Rules),
        ("create", "to") | ("list", "remote") => Some(Names::Targets),
        ("targets", "name") => Some(Names::Connections),
        ("rename", "old") | ("run", "with") => Some(Names::Connections),
        _ => None,
    }
}

fn complete_with(argument: Arg, names: Names, profile: String) -> Arg {
    argument.add(ArgValueCompleter::new(move |typed: &OsStr| {
        let typed = typed.to_str().unwrap_or_default();
        let known = list(names, &profile).unwrap_or_default();
        known
            .into_iter()
            .filter(|name| name.starts_with(typed))
            .map(CompletionCandidate::new)
            .collect::<Vec<_>>()
    }))
}

fn list(names: Names, profile: &str) -> Result<Vec<String>, Error> {
    let profile = profile.to_owned();
    let app = App::new(Call {
        json: false,
        quiet: true,
        no_input: true,
        profile,
        lock_wait: None,
        dry_run: false,
    })?;
    let connections = || -> Result<Vec<String>, Error> {
        Ok(app.vault()?.grants()?.into_iter().map(|(name, _)| name.to_string()).collect())
    };
    let mut found = match names {
        Names::Connections => connections()?,
        Names::Providers => app.catalogue().names(),
        Names::Targets => {
            let able = crate::task::able(&app)?.into_iter().map(|name| name.to_string());
            // Nobody has learnt anything who has no index, and the Tab key makes none.
            let known = match app.paths.index.exists() {
                true => app.index().and_then(|index| Ok(index.target_names()?)).unwrap_or_default(),
                false => Vec::new(),
            };
            able.chain(known.into_iter().map(|(connection, name)| format!("{connection}/{name}"))).collect()
        }
        Names::Settings => {
            let plain = KEYS.iter().filter(|key| !key.name.contains('*'));
            plain.map(|key| key.name.to_owned()).collect()
        }
        Names::Calendars => calendars(&app)?,
        Names::Synced => [connections().unwrap_or_default(), calendars(&app).unwrap_or_default()].concat(),
        Names::Rules => app.config()?.names_below("time.rules."),
        Names::Connectable => {
            let providers = app.catalogue().names();
            let services = providers.iter().filter_map(|name| app.catalogue().provider(name).ok());
            let services: Vec<String> = services.flat_map(|provider| provider.service.into_keys()).collect();
            [providers, services, connections().unwrap_or_default()].concat()
        }
    };
    found.sort();
    found.dedup();
    Ok(found)
}

fn calendars(app: &App) -> Result<Vec<String>, Error> {
    // Nobody has listed a calendar who has no index, and the Tab key makes none.
    if !app.paths.index.exists() {
        return Ok(Vec::new());
    }
    // What a shell would read as something else is offered by its id.
    let is_plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "@._-".contains(c));
    let all = app.index()?.calendars()?.into_iter();
    let names = all.map(|one| if is_plain(&one.name) { one.name } else { one.remote });
    Ok(names.filter(|name| is_plain(name)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_argument_is_completed() {
        let mut completed = Vec::new();
        for sub in Cli::command().get_subcommands() {
            for argument in sub.get_arguments() {
                if let Some(names) = names_for(sub.get_name(), argument.get_id().as_str()) {
                    completed.push((sub.get_name().to_owned(), names));
                }
            }
        }
        for name in ["status", "test", "refresh", "disconnect", "token", "api", "run", "export", "rename"] {
            assert!(completed.contains(&(name.to_owned(), Names::Connections)), "{name}");
        }
        assert!(completed.contains(&("connect".to_owned(), Names::Connectable)));
        assert!(completed.contains(&("setup".to_owned(), Names::Providers)));
    }

    #[test]
    fn the_profile_is_the_one_of_the_line() {
        let of = |line: &str| profile(&line.split(' ').map(OsString::from).collect::<Vec<_>>());
        assert_eq!(of("integ -- integ --profile work token x"), "work");
        assert_eq!(of("integ -- integ token --profile=work x"), "work");
        assert_eq!(of("integ -- integ token --profile ../x"), "default");
    }
}

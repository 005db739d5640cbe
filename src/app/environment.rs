//! The environment variables that mean something to us, read in one place.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::Command;

use crate::name;
use crate::vault::Secret;

/// Those that hold secrets: never handed to a program that we start.
pub(crate) const SECRET_VARIABLES: &[&str] = &["INTEG_VAULT_KEY", "INTEG_IMPORT"];

/// A program that we start gets the environment without what is secret in it.
pub(crate) fn without_secrets(command: &mut Command) {
    let is_client_secret = |name: &str| name.starts_with("INTEG_") && name.ends_with("_CLIENT_SECRET");
    for name in SECRET_VARIABLES {
        command.env_remove(name);
    }
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_client_secret)) {
        command.env_remove(name);
    }
}

/// Where a program is that would be started by this name.
pub(crate) fn program(name: &OsStr) -> Option<PathBuf> {
    let named = PathBuf::from(name);
    if named.components().count() > 1 {
        return is_program(&named).then_some(named);
    }
    // As execvp(3) does it where there is no PATH.
    let path = std::env::var_os("PATH").unwrap_or_else(|| "/bin:/usr/bin".into());
    std::env::split_paths(&path).map(|dir| dir.join(name)).find(|path| is_program(path))
}

#[cfg(unix)]
fn is_program(path: &std::path::Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &std::path::Path) -> bool {
    path.is_file() || path.with_extension("exe").is_file()
}

/// Absent and empty mean the same.
pub(crate) fn text(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// Set, and to nothing: as good as not set, which clap takes for a value.
pub(crate) fn is_empty(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| value.is_empty())
}

pub(crate) fn secret(variable: &str) -> Option<Secret> {
    text(variable).map(Secret::new)
}

pub(crate) fn path(variable: &str) -> Option<PathBuf> {
    os_text(variable).map(PathBuf::from)
}

pub(crate) fn os_text(variable: &str) -> Option<OsString> {
    std::env::var_os(variable).filter(|value| !value.is_empty())
}

/// As a session has it; `su` and cron have none, and the user manager is there all the same.
#[cfg(unix)]
pub(crate) fn runtime_dir() -> Option<PathBuf> {
    let usual = PathBuf::from(format!("/run/user/{}", nix::unistd::geteuid()));
    path("XDG_RUNTIME_DIR").or_else(|| usual.is_dir().then_some(usual))
}

#[cfg(not(unix))]
pub(crate) fn runtime_dir() -> Option<PathBuf> {
    None
}

/// Where the programs of a session find each other, as far as our environment (cron's) does not say it: as login managers
/// have it.
pub(crate) fn session() -> Vec<(&'static str, OsString)> {
    let Some(dir) = runtime_dir() else { return Vec::new() };
    let mut bus = OsString::from("unix:path=");
    bus.push(dir.join("bus"));
    let found = [
        ("DBUS_SESSION_BUS_ADDRESS", dir.join("bus").exists().then_some(bus)),
        ("XDG_RUNTIME_DIR", Some(dir.into_os_string())),
    ];
    let lacking = found.into_iter().filter(|(name, _)| os_text(name).is_none());
    lacking.filter_map(|(name, value)| Some((name, value?))).collect()
}

/// A program that runs without a person: `CI` set to anything but `false` or `0`.
pub(crate) fn is_ci() -> bool {
    text("CI").is_some_and(|value| value != "false" && value != "0")
}

/// What a variable holds of an OAuth client.
pub(crate) enum Half {
    Id(String),
    /// Whose: how the provider is called, as far as a variable's name says it.
    Secret(String),
}

/// The clients that are given by variables.
pub(crate) fn clients() -> Vec<(String, Half)> {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut found: Vec<_> = names
        .filter_map(|name| {
            let inner = name.strip_prefix("INTEG_")?;
            let half = match inner.strip_suffix("_CLIENT_SECRET") {
                Some(provider) => Half::Secret(provider.to_lowercase().replace('_', "-")),
                None => Half::Id(inner.ends_with("_CLIENT_ID").then(|| text(&name))??),
            };
            text(&name).is_some().then_some((name, half))
        })
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found
}

/// `INTEG_GOOGLE_CLIENT_ID`, `INTEG_GOOGLE_CLIENT_SECRET`.
pub(crate) fn client_variable(provider: &str, what: &str) -> String {
    format!("INTEG_{}", name::variable(provider, what))
}

/// The base directories that only this environment names, as they would be set elsewhere.
pub(crate) fn moved_folders() -> Option<String> {
    let moved: Vec<String> = [("XDG_CONFIG_HOME", ".config"), ("XDG_DATA_HOME", ".local/share")]
        .into_iter()
        .filter_map(|(variable, usual)| {
            let named = path(variable).filter(|named| named.is_absolute())?;
            let is_usual = path("HOME").is_some_and(|home| home.join(usual) == named);
            (!is_usual).then(|| format!("{variable}={}", named.display()))
        })
        .collect();
    (!moved.is_empty()).then(|| moved.join(" "))
}

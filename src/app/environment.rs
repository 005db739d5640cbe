//! The environment variables that mean something to us, read in one place.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::name;
use crate::vault::Secret;

/// Those that hold secrets: never handed to a program that we start.
pub(crate) const SECRET_VARIABLES: &[&str] = &["INTEG_VAULT_KEY", "INTEG_VAULT_KEY_FILE", "INTEG_IMPORT"];

/// Absent and empty mean the same.
pub(crate) fn text(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
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

/// A program that runs without a person: `CI` set to anything but `false` or `0`.
pub(crate) fn is_ci() -> bool {
    text("CI").is_some_and(|value| value != "false" && value != "0")
}

/// `INTEG_GOOGLE_CLIENT_ID`, `INTEG_GOOGLE_CLIENT_SECRET`.
pub(crate) fn client_variable(provider: &str, what: &str) -> String {
    format!("INTEG_{}", name::variable(provider, what))
}

//! WHO WE CAN TALK TO: one file per provider, `NAME.toml`.

mod api;
pub(crate) mod calendars;
mod catalogue;
mod file;
#[cfg(any(test, integ_fuzzing))]
#[allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]
pub(crate) mod fuzz;
pub(crate) mod imap;
mod issuer;
mod lint;
mod meaning;
mod of_grant;
mod options;
mod outcome;
pub(crate) mod pages;
mod rate;
mod refusal;
mod schema;
pub(crate) mod tasks;
mod templates;
mod verdict;
mod whoami;

use std::io;
use std::path::PathBuf;

pub(crate) use api::{Api, ApiError};
pub(crate) use catalogue::Catalogue;
pub(crate) use file::line_of;
pub(crate) use issuer::{issuer_file, provider_file};
pub(crate) use lint::Report;
pub(crate) use meaning::is_taken;
pub(crate) use options::{OptionError, Options};
pub(crate) use outcome::failure;
pub(crate) use rate::{is_limited, later_at};
pub(crate) use refusal::Refusal;
pub(crate) use schema::{
    Body, Check, Choice, ClientAuth, Introspect, JwtBearer, KeyFile, Mailbox, Paths, Proof, Protocol,
    Provider, RevokeAuth, RevokeBody, Security, Site, Way,
};
pub(crate) use verdict::{Answered, LIMITED, judge, refuses};
pub(crate) use whoami::whoami;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ProviderError {
    #[error("there is no provider called `{name}`")]
    Unknown { name: String, known: Vec<String> },
    #[error("the provider file {} is wrong: {why}", .path.display())]
    Invalid { path: PathBuf, why: String },
    #[error("cannot read the provider file {}: {cause}", .path.display())]
    Unreadable { path: PathBuf, cause: io::Error },
}

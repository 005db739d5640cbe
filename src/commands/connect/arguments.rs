//! What `connect` can be told.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::decide::Asked;
use crate::app::duration_argument;
use crate::commands::name_argument;
use crate::commands::options::option_argument;
use crate::error::Error;
use crate::name::{Name, simple};

/// What a sign-in that is resumed was told when it began.
const ALONE: [&str; 21] = [
    "service_account",
    "subject",
    "client_credentials",
    "dry_run",
    "name",
    "provider",
    "issuer",
    "can",
    "scope",
    "option",
    "via",
    "no_browser",
    "paste",
    "device",
    "detach",
    "token_stdin",
    "expect",
    "replace",
    "client_id",
    "client_secret_stdin",
    "port",
];

/// Authorise an account
#[derive(Args, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Connect {
    /// A provider or service, with a label for a further account: google, gmail, google/work. Without one, a terminal
    /// offers a list
    #[arg(value_parser = name_argument)]
    pub(super) name: Option<Name>,
    /// The provider, where the name is not it
    #[arg(long, value_parser = simple)]
    pub(super) provider: Option<String>,
    /// Any OAuth server that publishes metadata: its issuer URL
    #[arg(long, value_name = "URL", conflicts_with = "provider")]
    pub(super) issuer: Option<String>,
    /// Any resource that says who gives tokens for it, such as an MCP server: its URL
    #[arg(long, value_name = "URL", conflicts_with = "provider")]
    pub(super) resource: Option<String>,
    /// What the connection shall be able to do: calendars,messages; +files adds to what it can
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    pub(super) can: Vec<String>,
    /// A further scope to ask for, now and at each new sign-in until --replace
    #[arg(long, value_name = "SCOPE")]
    pub(super) scope: Vec<String>,
    /// What the provider wants to be chosen: tenant=common; `integ providers NAME` lists it
    #[arg(long, value_name = "NAME=VALUE", value_parser = option_argument)]
    pub(super) option: Vec<(String, String)>,
    /// Sign in to a mailbox with the token of this connection: google/work
    #[arg(long, value_name = "NAME", value_parser = name_argument, conflicts_with = "token_stdin")]
    pub(super) via: Option<Name>,
    /// Print the address instead of opening a browser, and wait
    #[arg(long, conflicts_with_all = ["paste", "device", "token_stdin"])]
    pub(super) no_browser: bool,
    /// Paste the address that the browser ends on, instead of listening for it
    #[arg(long, conflicts_with_all = ["device", "token_stdin"])]
    pub(super) paste: bool,
    /// Enter a code on another device
    #[arg(long, conflicts_with = "token_stdin")]
    pub(super) device: bool,
    /// Print what to open and end; `--resume` finishes it
    #[arg(long, conflicts_with = "token_stdin")]
    pub(super) detach: bool,
    /// Finish a sign-in that `--detach` began: its id, or the connection's name
    #[arg(long, value_name = "ATTEMPT", conflicts_with_all = ALONE)]
    pub(super) resume: Option<String>,
    /// Read a token from standard input instead of signing in
    #[arg(long, conflicts_with = "client_secret_stdin")]
    pub(super) token_stdin: bool,
    /// Connect a program instead of a person: its key, from a file or from standard input (-)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["no_browser", "paste", "device", "detach", "token_stdin", "client_secret_stdin"])]
    pub(super) service_account: Option<PathBuf>,
    /// The user for whom the key acts
    #[arg(long, value_name = "USER", requires = "service_account", value_parser = subject)]
    pub(super) subject: Option<String>,
    /// Connect the OAuth client itself, with its own secret
    #[arg(long, conflicts_with_all = ["no_browser", "paste", "device", "detach", "token_stdin", "service_account"])]
    pub(super) client_credentials: bool,
    /// Refuse any other account than this
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) expect: Option<String>,
    /// Accept another account in place of the connected one
    #[arg(long)]
    pub(super) replace: bool,
    /// How long the sign-in may take (15m)
    #[arg(long, value_name = "DURATION", value_parser = duration_argument)]
    pub(super) timeout: Option<Duration>,
    /// The OAuth client, where `integ setup` was not run
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// Read the client's secret from standard input
    #[arg(long, requires = "client_id")]
    pub(super) client_secret_stdin: bool,
    /// The port of the registered redirect URI
    #[arg(long, value_name = "PORT")]
    pub(super) port: Option<u16>,
    /// Show what would be sent, with its secrets masked; send and change nothing
    #[arg(long)]
    pub(in crate::commands) dry_run: bool,
}

impl Connect {
    pub(super) fn named(&self) -> Result<Name, Error> {
        self.name.clone().ok_or_else(nameless)
    }

    pub(super) fn asked(&self) -> Asked {
        Asked { no_browser: self.no_browser, paste: self.paste, device: self.device, detach: self.detach }
    }

    /// For another process: what was asked for, without what this one has already done.
    pub(super) fn to_keep(&self) -> Connect {
        let (detach, resume) = (false, None);
        Connect { detach, resume, client_id: None, client_secret_stdin: false, ..self.clone() }
    }
}

pub(super) fn nameless() -> Error {
    Error::usage("connect what?").help("integ connect NAME; integ providers lists them")
}

/// Whom a key acts for.
fn subject(text: &str) -> Result<String, String> {
    let plain = !text.trim().is_empty() && text.len() <= 320 && !text.chars().any(char::is_control);
    if plain { Ok(text.to_owned()) } else { Err("that is no user's name or address".into()) }
}

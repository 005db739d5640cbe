//! Where this profile keeps its secrets: makes a key, shows its public half, moves from one kind of vault to the other.

mod key;
mod relocate;

use std::path::Path;

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use crate::app::{App, VaultKey, vault_key};
use crate::error::{Error, Kind};

/// Make a key, show its public half, move to another vault
#[derive(Args)]
pub(crate) struct Vault {
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Make a key for the file vault, and use that vault where nothing is connected yet
    Init,
    /// Print the public half of the key: what `integ export --to` seals for
    Recipient,
    /// Move every secret of this profile to the other kind of vault
    Move {
        /// The vault to move to
        kind: Place,
        /// Do not ask
        #[arg(short, long)]
        yes: bool,
        /// Replace what that vault already holds under the same names
        #[arg(long)]
        replace: bool,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Place {
    Keychain,
    File,
}

impl Place {
    fn word(self) -> &'static str {
        match self {
            Place::Keychain => "keychain",
            Place::File => "file",
        }
    }
}

impl Vault {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        match self.action {
            Action::Init => key::init(app),
            Action::Recipient => recipient(app),
            Action::Move { kind, yes, replace } => relocate::run(app, kind, yes, replace),
        }
    }
}

fn recipient(app: &App) -> Result<(), Error> {
    let VaultKey { identity, file } = vault_key(app).map_err(|error| match error.kind {
        Kind::VaultAbsent => {
            error.help("integ vault init makes a key, also beside a keychain: bundles are sealed for it")
        }
        _ => error,
    })?;
    tell(app, app.vault()?.kind(), Some(&identity.to_public().to_string()), file.as_deref())
}

/// The recipient is the data; everything else about a vault is talk.
fn tell(app: &App, kind: &str, recipient: Option<&str>, key_file: Option<&Path>) -> Result<(), Error> {
    if app.out.json {
        let key_file = key_file.map(|path| path.display().to_string());
        return Ok(app.out.document(
            "vaults",
            vec![json!({"kind": kind, "recipient": recipient, "key_file": key_file})],
        )?);
    }
    Ok(recipient.map_or(Ok(()), |text| app.out.line(text))?)
}

//! Seals connections for another machine: to its vault's recipient or to a passphrase. Nothing leaves unsealed.

use std::path::{Path, PathBuf};

use age::x25519::Recipient;
use clap::Args;
use serde_json::json;

use super::{confirmed, name_argument};
use crate::app::App;
use crate::bundle::{self, Bundle, BundleError, Carried, CarriedClient, SealedFor};
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::{Out, secret_from_descriptor, unbreakable};
use crate::schedule::shell_word;
use crate::vault::lock::Lock;
use crate::vault::private::write_private_into;
use crate::vault::{Bytes, Grant, Secret, VaultError};

/// Seal connections for another machine
#[derive(Args)]
pub(crate) struct Export {
    /// The connections
    #[arg(required = true, value_parser = name_argument)]
    names: Vec<Name>,
    /// Seal for this key: what `integ vault recipient` prints there (may be given again)
    #[arg(long, value_name = "RECIPIENT", conflicts_with_all = ["passphrase", "passphrase_fd"])]
    to: Vec<String>,
    /// Seal to a passphrase, asked for at the terminal
    #[arg(long, conflicts_with = "passphrase_fd")]
    passphrase: bool,
    /// Seal to a passphrase that is read from this file descriptor
    #[arg(long, value_name = "N")]
    passphrase_fd: Option<u32>,
    /// Delete the connections here once the bundle is written; nothing is revoked
    #[arg(long = "move")]
    moves: bool,
    /// Do not ask before --move deletes
    #[arg(short, long)]
    yes: bool,
    /// Write to a file that only you can read, instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace the file if it exists
    #[arg(long, requires = "output")]
    force: bool,
    /// As text (the default)
    #[arg(long, conflicts_with = "binary")]
    armor: bool,
    /// As bytes: shorter, not for a terminal
    #[arg(long, conflicts_with = "json")]
    binary: bool,
}

impl Export {
    pub(crate) fn run(self, app: &App) -> Result<(), Error> {
        self.check_target()?;
        // Before any message repeats them: a secret key may stand there by mistake.
        let recipients = self.to.iter().map(|text| bundle::recipient(text)).collect::<Result<Vec<_>, _>>()?;
        let found = self.find(app)?;
        if let [(only, _)] = found.as_slice() {
            app.subject.set(Some(only.to_string()));
        }
        let names = found.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" ");
        if self.moves {
            let question = format!("Delete {} here once the bundle is written?", names.replace(' ', ", "));
            confirmed(app, self.yes, &question, &self.again(&names))?;
        }
        let lock_with = self.seal_with(app, recipients)?;
        let names: Vec<Name> = found.into_iter().map(|(name, _)| name).collect();
        app.block_on(self.hand_over(app, &names, &lock_with))?
    }

    /// The command as it was typed, to be confirmed.
    fn again(&self, names: &str) -> String {
        let to: String = self.to.iter().map(|recipient| format!(" --to {recipient}")).collect();
        let passphrase = match self.passphrase_fd {
            Some(number) => format!(" --passphrase-fd {number} {number}< PASSPHRASE-FILE"),
            None if self.passphrase => " --passphrase".to_owned(),
            None => String::new(),
        };
        let output = self
            .output
            .as_ref()
            .map_or(String::new(), |file| format!(" --output {}", shell_word(&file.display().to_string())));
        let flags = [(self.force, " --force"), (self.binary, " --binary")];
        let flags: String = flags.into_iter().filter_map(|(is_set, flag)| is_set.then_some(flag)).collect();
        format!("integ export {names}{to}{passphrase}{output}{flags} --move")
    }

    /// What would be written where, before anything is asked.
    fn check_target(&self) -> Result<(), Error> {
        let to_terminal = self.output.is_none() && Out::stdout_is_terminal();
        if to_terminal && self.binary {
            return Err(
                Error::usage("bytes are not for a terminal").help("leave out --binary, or add --output FILE")
            );
        }
        if to_terminal && self.moves {
            return Err(Error::usage(
                "--move deletes the connection here: what is left must not be on a screen alone",
            )
            .help("add --output FILE, or send it through a pipe"));
        }
        if self.to.is_empty() && !self.passphrase && self.passphrase_fd.is_none() {
            return Err(Error::usage("a bundle is always sealed: to whom?").help(
                "--to RECIPIENT (integ vault recipient prints it, on the other machine), or --passphrase",
            ));
        }
        match &self.output {
            Some(path) if !self.force && path.symlink_metadata().is_ok() => Err(exists(path)),
            Some(path) => has_folder(path),
            None => Ok(()),
        }
    }

    fn find(&self, app: &App) -> Result<Vec<(Name, Grant)>, Error> {
        let mut found: Vec<(Name, Grant)> = Vec::new();
        for name in &self.names {
            let (name, grant) = app.connection(name)?;
            if !found.iter().any(|(known, _)| *known == name) {
                found.push((name, grant));
            }
        }
        // Every process takes several locks in the same order.
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    fn seal_with(&self, app: &App, recipients: Vec<Recipient>) -> Result<SealedFor, Error> {
        if !recipients.is_empty() {
            return Ok(SealedFor::Recipients(recipients));
        }
        let passphrase = match self.passphrase_fd {
            Some(number) => secret_from_descriptor(number).map_err(|cause| {
                Error::usage(format!("the passphrase cannot be read from descriptor {number}: {cause}"))
            })?,
            None => ask_twice(app)?,
        };
        if passphrase.expose().is_empty() {
            return Err(Error::usage("the passphrase is empty"));
        }
        Ok(SealedFor::Passphrase(passphrase))
    }

    async fn hand_over(&self, app: &App, names: &[Name], seal: &SealedFor) -> Result<(), Error> {
        let vault = app.vault()?;
        // Nobody renews between the copy and the deletion: the copy would be the spent one.
        let mut locks: Vec<Lock> = Vec::new();
        for name in names.iter().filter(|_| self.moves) {
            locks.push(vault.lock(name, app.lock_wait()?).await?);
        }
        let carried: Vec<Carried> =
            names.iter().map(|name| self.carry(app, name)).collect::<Result<_, _>>()?;
        let rotating: Vec<&str> = carried
            .iter()
            .filter(|one| super::import::rotates(&one.grant))
            .map(|one| one.name.as_str())
            .collect();
        if !self.moves && !rotating.is_empty() {
            app.out.warn(&format!(
                "{}: the provider replaces the refresh token at each refresh, so only one machine may keep this grant",
                rotating.join(", ")
            ));
            app.out.hint("add --move to give it up here, or connect once more over there");
        }
        let listed: Vec<_> = carried
            .iter()
            .map(|one| json!({"name": one.name, "provider": one.grant.provider, "moved": self.moves}))
            .collect();
        let plain = importable(&Bundle::new(&app.profile, carried), names)?;
        let sealed = bundle::seal(&plain, seal, !self.binary).map_err(|error| no_bundle(error, names))?;
        let guard = unbreakable();
        self.write(app, &sealed, listed)?;
        if self.moves {
            give_up(app, names)?;
        }
        drop(guard);
        self.tell(app, names);
        Ok(())
    }

    fn carry(&self, app: &App, name: &Name) -> Result<Carried, Error> {
        let grant = app.vault()?.grant(name)?.ok_or_else(|| Error::no_such_connection(name))?;
        if grant.needs_reauth() {
            app.out.warn(&format!("{name} needs a new sign-in: it will not work over there either"));
        }
        let provider = app.provider(&grant)?;
        if let Some(what) = super::import::stray(&provider, &grant.endpoints) {
            let message = format!(
                "{name} was connected with another {what} than {} has now: no import would take it",
                provider.title
            );
            return Err(
                Error::new(Kind::Unsafe, message).help(format!("integ connect {name}, then export it"))
            );
        }
        let client = match &grant.client_id {
            Some(id) => {
                let client = app.client_of_grant(&provider, Some(id))?;
                Some(CarriedClient { id: client.id, secret: client.secret })
            }
            None => None,
        };
        // Of a built-in provider too: without what the person changed of it, the token would go elsewhere.
        let provider_file = app.catalogue().own_file(&provider.name)?;
        Ok(Carried { name: name.to_string(), grant, client, provider_file, moved: self.moves })
    }

    fn write(&self, app: &App, sealed: &[u8], listed: Vec<serde_json::Value>) -> Result<(), Error> {
        let path = self.output.as_deref().map(|path| path.display().to_string());
        match &self.output {
            Some(path) => write_private_into(path, sealed, self.force).map_err(|error| match error {
                VaultError::Storage { cause, .. } if cause.kind() == std::io::ErrorKind::AlreadyExists => {
                    exists(path)
                }
                error => error.into(),
            })?,
            None if !app.out.json => app.out.bytes(sealed)?,
            None => {}
        }
        if app.out.json {
            let text = path.is_none().then(|| String::from_utf8_lossy(sealed).into_owned());
            app.out.object(json!({"v": 1, "exported": listed, "output": path, "bundle": text}))?;
        }
        Ok(())
    }

    fn tell(&self, app: &App, names: &[Name]) {
        let all = names.iter().map(Name::as_str).collect::<Vec<_>>().join(", ");
        if let Some(path) = &self.output {
            app.out.say(format!("Sealed {all} in {}.", path.display()));
            app.out.hint(&format!(
                "on the other machine: integ import {}",
                path.file_name().unwrap_or_default().display()
            ));
        }
        if self.moves {
            app.out.say(format!("Deleted here and not revoked: {all}. The bundle is the only copy."));
        }
    }
}

/// The document, read back as an import reads it: what cannot be taken over there must not be given up here.
fn importable(bundle: &Bundle, names: &[Name]) -> Result<Bytes, Error> {
    let plain = bundle.to_json()?;
    bundle::entries(&plain, true).map_err(|error| no_bundle(error, names))?;
    Ok(plain)
}

fn no_bundle(error: BundleError, names: &[Name]) -> Error {
    match error {
        BundleError::TooLarge => Error::usage("that is too much for one bundle; nothing was exported")
            .help("export fewer connections at a time: integ export NAME"),
        BundleError::Entry { number, why } => {
            let name = names.get(number.saturating_sub(1)).map_or("a connection", Name::as_str);
            Error::usage(format!("{name} cannot be exported: {why}"))
        }
        error => error.into(),
    }
}

fn exists(path: &Path) -> Error {
    Error::usage(format!("{} exists", path.display())).help("choose another --output, or add --force")
}

fn has_folder(path: &Path) -> Result<(), Error> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()) {
        Some(folder) => Err(Error::usage(format!("there is no folder {}", folder.display()))
            .help(format!("mkdir -p {}", shell_word(&folder.display().to_string())))),
        None => Ok(()),
    }
}

fn ask_twice(app: &App) -> Result<Secret, Error> {
    if !app.prompt.is_allowed() {
        return Err(Error::new(Kind::InteractionNeeded, "nobody is there to type a passphrase")
            .help("--passphrase-fd 3 3< PASSPHRASE-FILE, or --to RECIPIENT"));
    }
    let first = app.prompt.secret("Passphrase")?;
    match app.prompt.secret("The same again")? == first {
        true => Ok(first),
        false => Err(Error::usage("the two differ; nothing was exported")),
    }
}

/// Deleted, not revoked: the other machine goes on with the same grant.
fn give_up(app: &App, names: &[Name]) -> Result<(), Error> {
    names.iter().try_for_each(|name| app.delete(name))
}

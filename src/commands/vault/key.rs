//! Makes the key of the file vault. Nothing that exists is overwritten: a lost key is a lost vault.

use std::path::PathBuf;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use zeroize::Zeroizing;

use crate::app::{App, environment};
use crate::clock;
use crate::error::Error;
use crate::vault::private::{own_dir, write_private_into};
use crate::vault::{FileVault, Vault, VaultError};

/// For a profile whose keychain is not on this machine.
const LEAVE: &str = "integ vault move file, where the keychain is; to begin without what it holds: integ config set vault.kind file";

pub(super) fn init(app: &App) -> Result<(), Error> {
    if let Some(variable) =
        ["INTEG_VAULT_KEY", "INTEG_VAULT_KEY_FILE"].into_iter().find(|v| environment::text(v).is_some())
    {
        return Err(Error::usage(format!("{variable} says which key is used: another one would never be"))
            .help(format!(
                "unset {variable}; integ vault recipient shows the public half of the key in use"
            )));
    }
    let identity = make(app)?;
    let recipient = identity.to_public().to_string();
    let path = &app.paths.key_file;
    app.out.say(format!("Made the key {}", path.display()));
    app.out.say("Keep a copy of it in a safe place: without it, the connections in the file vault are lost.");
    let kind = match bound(app)? {
        Bound::Free => {
            record(app)?;
            app.out.say(format!("Profile {} keeps its secrets in the file vault from now on.", app.profile));
            "file"
        }
        Bound::Holds => {
            app.out.say("Nothing else was changed: this profile has connections in the keychain.");
            app.out.hint("integ vault move file");
            "keychain"
        }
        Bound::Silent(error) => {
            app.out.say("Nothing else was changed: this profile may have connections in the keychain, which cannot be asked.");
            app.out.warn(&error.to_string());
            app.out.hint(LEAVE);
            "keychain"
        }
    };
    super::tell(app, kind, Some(&recipient), Some(path))
}

/// A new key, on disk before anything is sealed with it.
pub(super) fn make(app: &App) -> Result<Identity, Error> {
    let path = &app.paths.key_file;
    let is_used = app.config()?.own("vault.kind").as_deref() != Some("keychain");
    let exists = |path: &std::path::Path| {
        Error::usage(format!("there is a key already: {}", path.display())).help(if is_used {
            "integ vault recipient shows its public half; to start anew, move the key and the vault aside"
        } else {
            LEAVE
        })
    };
    let named = app.config()?.text("vault.key-file").map(PathBuf::from);
    if let Some(found) =
        [Some(path.clone()), named].into_iter().flatten().find(|p| p.symlink_metadata().is_ok())
    {
        return Err(exists(&found));
    }
    let identity = Identity::generate();
    refuse_foreign_items(app, &identity)?;
    let text = Zeroizing::new(format!(
        "# created: {}\n# public key: {}\n{}\n",
        clock::rfc3339(clock::now()),
        identity.to_public(),
        identity.to_string().expose_secret()
    ));
    if let Some(dir) = path.parent() {
        own_dir(dir)?;
    }
    match write_private_into(path, text.as_bytes(), false) {
        Err(VaultError::Storage { cause, .. }) if cause.kind() == std::io::ErrorKind::AlreadyExists => {
            Err(exists(path))
        }
        outcome => outcome.map(|()| identity).map_err(Error::from),
    }
}

/// From now on this profile has the file vault with the key that `make` wrote.
pub(super) fn record(app: &App) -> Result<(), Error> {
    app.change_config(|config| {
        config.set("vault.kind", "file")?;
        // A path that is not text is found without being written down: it is the usual one.
        match app.paths.key_file.to_str() {
            Some(path) => config.set("vault.key-file", path),
            None => Ok(()),
        }
    })
}

/// A new key beside items that another one sealed would only hide that the other one is missing.
fn refuse_foreign_items(app: &App, identity: &Identity) -> Result<(), Error> {
    let vault =
        Vault::new(Box::new(FileVault::new(app.paths.file_vault.clone(), identity.clone())), &app.profile);
    match vault.items() {
        Ok(items) if items.is_empty() => Ok(()),
        Ok(_) | Err(VaultError::Damaged { .. } | VaultError::OtherKey(_)) => Err(Error::usage(format!(
            "{} holds items that were sealed with another key",
            app.paths.file_vault.display()
        ))
        .help("put that key back (INTEG_VAULT_KEY_FILE names it), or move the folder aside")),
        Err(error) => Err(error.into()),
    }
}

/// What keeps a profile from the file vault.
enum Bound {
    Free,
    /// There is something in the keychain.
    Holds,
    /// There may be.
    Silent(VaultError),
}

/// It has chosen no vault, the file vault, or a keychain that is empty.
fn bound(app: &App) -> Result<Bound, Error> {
    if app.config()?.own("vault.kind").as_deref() != Some("keychain") {
        return Ok(Bound::Free);
    }
    Ok(match Vault::new(Box::new(app.keychain()?), &app.profile).items() {
        Ok(items) if items.is_empty() => Bound::Free,
        Ok(_) => Bound::Holds,
        Err(error) => Bound::Silent(error),
    })
}

//! Moves a profile's secrets from one kind of vault to the other: copy, read back, switch the config, and only then
//! delete. Interrupted anywhere, every item is in the vault that the config names; moving again ends the rest.

use super::{Place, key};
use crate::app::{App, VaultKey, environment, vault_key};
use crate::commands::confirmed;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::output::unbreakable;
use crate::vault::lock::Lock;
use crate::vault::{FileVault, Store, Vault};

pub(super) fn run(app: &App, to: Place, yes: bool, replace: bool) -> Result<(), Error> {
    if environment::text("INTEG_VAULT").is_some() {
        return Err(Error::usage("INTEG_VAULT decides which vault is used: moving would change nothing")
            .help(format!("unset INTEG_VAULT, then: integ vault move {}", to.word())));
    }
    let from = app.vault()?;
    if from.kind() == to.word() {
        finish(app, from, to)?;
        return told(app, to);
    }
    confirmed(
        app,
        yes,
        &format!(
            "Move every secret of profile {} from {} to {}?",
            app.profile,
            place(from.kind()),
            place(to.word())
        ),
        &format!("integ vault move {}", to.word()),
    )?;
    let other = open(app, to, true)?;
    let keys = app.block_on(transfer(app, from, &other, to, replace))??;
    let count = keys.len();
    app.out.say(format!("Moved {count} item{} to {}.", if count == 1 { "" } else { "s" }, place(to.word())));
    told(app, to)
}

fn place(kind: &str) -> &'static str {
    if kind == "file" { "the file vault" } else { "the keychain" }
}

/// A vault of this kind; for a file vault without a key, one is made.
fn open(app: &App, to: Place, make_key: bool) -> Result<Vault, Error> {
    let store: Box<dyn Store> = match to {
        Place::Keychain => Box::new(app.keychain()?),
        Place::File => {
            let identity = match vault_key(app) {
                Ok(VaultKey { identity, .. }) => identity,
                Err(error) if error.kind == Kind::VaultAbsent && make_key && !key_is_named(app)? => {
                    let identity = key::make(app)?;
                    app.out.say(format!("Made the key {}: keep a copy of it.", app.paths.key_file.display()));
                    identity
                }
                Err(error) => return Err(error),
            };
            Box::new(FileVault::new(app.paths.file_vault.clone(), identity))
        }
    };
    Ok(Vault::new(store, &app.profile))
}

/// A key file that is named and missing is an error, not a wish for another key.
fn key_is_named(app: &App) -> Result<bool, Error> {
    let chosen = app.config()?.text("vault.key-file").is_some_and(|file| *file != *app.paths.key_file);
    Ok(chosen || environment::text("INTEG_VAULT_KEY_FILE").is_some())
}

async fn transfer(
    app: &App,
    from: &Vault,
    to: &Vault,
    kind: Place,
    replace: bool,
) -> Result<Vec<String>, Error> {
    let _place = app.lock_place().await?;
    let _locks = lock_all(app, from, to).await?;
    refuse_conflicts(from, to, replace)?;
    let guard = unbreakable();
    let keys = from.copy_into(to)?;
    switch(app, kind)?;
    for key in &keys {
        from.delete_item(key)?;
    }
    drop(guard);
    Ok(keys)
}

/// Every connection, in both places; what was connected while we waited is locked too.
async fn lock_all(app: &App, from: &Vault, to: &Vault) -> Result<Vec<Lock>, Error> {
    let mut held: Vec<(Name, Lock)> = Vec::new();
    let mut locks = Vec::new();
    loop {
        let names: Vec<Name> = from.grants()?.into_iter().map(|(name, _)| name).collect();
        let missing: Vec<Name> =
            names.into_iter().filter(|name| !held.iter().any(|(known, _)| known == name)).collect();
        if missing.is_empty() {
            locks.extend(held.into_iter().map(|(_, lock)| lock));
            return Ok(locks);
        }
        for name in missing {
            locks.push(to.lock(&name, app.lock_wait()?).await?);
            let lock = from.lock(&name, app.lock_wait()?).await?;
            held.push((name, lock));
        }
    }
}

/// What the other vault holds under the same key is replaced only where it is an older copy, or on request.
fn refuse_conflicts(from: &Vault, to: &Vault, replace: bool) -> Result<(), Error> {
    let there = to.items()?;
    let mut names = Vec::new();
    for (key, bytes) in from.items()? {
        let clashes = there.iter().any(|(other, old)| *other == key && !is_older_copy(old, &bytes));
        if clashes {
            names.push(key.split_once('/').map_or(key.clone(), |(_, name)| name.to_owned()));
        }
    }
    if names.is_empty() || replace {
        return Ok(());
    }
    Err(Error::usage(format!("{} already holds other secrets under: {}", place(to.kind()), names.join(", ")))
        .help(format!("integ vault move {} --replace loses those", to.kind())))
}

/// The same sign-in, not renewed since: what an interrupted move leaves behind.
fn is_older_copy(there: &[u8], here: &[u8]) -> bool {
    if there == here {
        return true;
    }
    let parse = |bytes: &[u8]| serde_json::from_slice::<crate::vault::Grant>(bytes).ok();
    let (Some(there), Some(here)) = (parse(there), parse(here)) else { return false };
    there.provider == here.provider
        && there.connected_at == here.connected_at
        && there.identity == here.identity
        && there.generation <= here.generation
}

fn switch(app: &App, to: Place) -> Result<(), Error> {
    if to == Place::File
        && app.paths.key_file.is_file()
        && vault_key(app)?.file.as_ref() == Some(&app.paths.key_file)
    {
        return key::record(app);
    }
    app.change_config(|config| config.set("vault.kind", to.word()))
}

/// The move was made before: what it could not delete any more is deleted now, where both vaults hold the same.
fn finish(app: &App, here: &Vault, to: Place) -> Result<(), Error> {
    app.out.say(format!("Profile {} keeps its secrets in {} already.", app.profile, place(to.word())));
    let other = match to {
        Place::Keychain => Place::File,
        Place::File => Place::Keychain,
    };
    let Ok(there) = open(app, other, false) else { return Ok(()) };
    let Ok(left) = there.items() else { return Ok(()) };
    let mine = here.items()?;
    let mut others = Vec::new();
    for (key, bytes) in left {
        match mine.iter().find(|(known, _)| *known == key) {
            Some((_, own)) if is_older_copy(&bytes, own) => drop(there.delete_item(&key)?),
            _ => others.push(key),
        }
    }
    if !others.is_empty() {
        app.out.warn(&format!("{} still holds: {}", place(other.word()), others.join(", ")));
    }
    Ok(())
}

fn told(app: &App, to: Place) -> Result<(), Error> {
    let key = if to == Place::File { Some(vault_key(app)?) } else { None };
    if !app.out.json {
        return Ok(());
    }
    let recipient = key.as_ref().map(|key| key.identity.to_public().to_string());
    super::tell(app, to.word(), recipient.as_deref(), key.as_ref().and_then(|key| key.file.as_deref()))
}

//! The collection our items live in: the default one, else `login`. We never search elsewhere for where to write.

use super::KeychainError;
use super::call::Body;
use super::conversation::{Conversation, Path, SERVICE, some_path};

const COLLECTION: &str = "org.freedesktop.Secret.Collection";
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";

pub(super) fn ask_default(talk: &mut Conversation) -> Result<u32, KeychainError> {
    let mut body = Body::new("s", 16);
    body.push("default")?;
    talk.service("ReadAlias", body)
}

/// `None`: the keychain has neither a default collection nor `login`.
pub(super) fn default(talk: &mut Conversation, asked: u32) -> Result<Option<String>, KeychainError> {
    let reply = talk.bus.answer(asked)?;
    let (path,) = reply.read::<(Path<'_>,)>("o")?;
    match some_path(&path) {
        Some(path) => Ok(Some(path)),
        None => Ok(all(talk)?.into_iter().find(|path| path == LOGIN)),
    }
}

fn all(talk: &mut Conversation) -> Result<Vec<String>, KeychainError> {
    let asked = talk.ask_property(SERVICE, "org.freedesktop.Secret.Service", "Collections")?;
    let reply = talk.bus.answer(asked)?;
    let paths = reply.property::<Vec<Path<'_>>>("ao")?;
    Ok(paths.iter().filter_map(some_path).collect())
}

pub(super) fn is_locked(talk: &mut Conversation, collection: &str) -> Result<bool, KeychainError> {
    let asked = talk.ask_property(collection, COLLECTION, "Locked")?;
    talk.bus.answer(asked)?.property("b")
}

/// Nothing was found: makes sure that this is so because there is nothing, not because the keychain is locked.
/// Without a default collection any locked one may be ours.
pub(super) fn prove_open(talk: &mut Conversation) -> Result<(), KeychainError> {
    let asked = ask_default(talk)?;
    let suspects = match default(talk, asked)? {
        Some(collection) => vec![collection],
        None => all(talk)?,
    };
    for collection in suspects {
        if is_locked(talk, &collection)? {
            return Err(KeychainError::Locked);
        }
    }
    Ok(())
}

pub(super) fn create_item(
    talk: &mut Conversation,
    collection: &str,
    item: Body,
) -> Result<String, KeychainError> {
    let asked = talk.on(collection, COLLECTION, "CreateItem", item)?;
    let reply = talk.bus.answer(asked)?;
    let (_, prompt) = reply.read::<(Path<'_>, Path<'_>)>("oo")?;
    Ok(prompt.as_ref().to_owned())
}

/// Asks for a default collection to be made; the keychain lets a person choose its password.
pub(super) fn create(talk: &mut Conversation) -> Result<String, KeychainError> {
    let mut body = Body::new("a{sv}s", 128);
    body.dict(|properties| {
        properties.key("org.freedesktop.Secret.Collection.Label")?;
        properties.variant_of("s")?;
        properties.push("Login")
    })?;
    body.push("default")?;
    let asked = talk.service("CreateCollection", body)?;
    let reply = talk.bus.answer(asked)?;
    let (_, prompt) = reply.read::<(Path<'_>, Path<'_>)>("oo")?;
    Ok(prompt.as_ref().to_owned())
}

pub(super) fn ask_unlock(talk: &mut Conversation, collection: &str) -> Result<String, KeychainError> {
    let mut body = Body::new("ao", 128);
    body.paths(std::iter::once(collection))?;
    let asked = talk.service("Unlock", body)?;
    let reply = talk.bus.answer(asked)?;
    let (_, prompt) = reply.read::<(Vec<Path<'_>>, Path<'_>)>("aoo")?;
    Ok(prompt.as_ref().to_owned())
}

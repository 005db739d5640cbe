//! The Linux keychain: the Secret Service of the desktop (gnome-keyring, KWallet, KeePassXC), over the session bus.
//!
//! Sessions are *plain*: the secret crosses the user's own socket as it is. A process that can read along there runs as the
//! same user and could ask the unlocked keychain itself, and the key agreement would cost more than all the rest.
//! One connection, no threads, and every public call ends within its time limit whatever the other side does.

mod address;
mod bus;
mod call;
mod collection;
mod conversation;
mod deadline;
mod error;
mod item;
mod prompt;
mod reply;
mod wiped;

#[cfg(test)]
#[allow(clippy::indexing_slicing, clippy::unwrap_used)]
pub(super) mod tests;

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use zeroize::Zeroizing;

use address::Address;
use bus::Bus;
use conversation::Conversation;
use deadline::Deadline;

pub(crate) use error::KeychainError;

pub(crate) type Attributes<'a> = [(&'a str, &'a str)];

pub(crate) struct Item {
    pub(crate) attributes: BTreeMap<String, String>,
    pub(crate) secret: Zeroizing<Vec<u8>>,
}

pub(crate) struct SecretService {
    given: Option<String>,
    places: Vec<Address>,
    limit: Duration,
    /// `None` after a failure: what was under way then is unknown, so the next call starts on a new connection.
    talk: Option<Conversation>,
}

impl SecretService {
    /// `address` and `runtime_dir` are DBUS_SESSION_BUS_ADDRESS and XDG_RUNTIME_DIR; `limit` is for each call, this one included.
    /// Nothing is said to the bus yet: the greeting goes out together with the first question.
    pub(crate) fn connect(
        address: Option<&str>,
        runtime_dir: Option<&Path>,
        limit: Duration,
    ) -> Result<Self, KeychainError> {
        let places = address::candidates(address, runtime_dir);
        let mut service = Self { given: address.map(str::to_owned), places, limit, talk: None };
        service.talk = Some(service.dial(Deadline::after(limit))?);
        Ok(service)
    }

    /// The secret of the newest item with these attributes. Three round trips when there is one such item: a session is
    /// asked for only after another question was answered. gnome-keyring (to version 50 at least; its issues 190, 196
    /// and 199) aborts about once in 2,400 times when OpenSession is the first it hears of a caller.
    pub(crate) fn read(
        &mut self,
        attributes: &Attributes,
    ) -> Result<Option<Zeroizing<Vec<u8>>>, KeychainError> {
        self.converse(|talk| {
            let search = talk.ask_search(attributes)?;
            let found = talk.found(search)?;
            let session = talk.ask_session()?;
            let session = talk.session(session)?;
            if found.open.is_empty() && found.locked {
                return Err(KeychainError::Locked);
            }
            if let Some(item) = item::newest(talk, found.open)? {
                let asked = talk.ask_secrets(&[item], &session)?;
                if let Some((_, secret)) = talk.secrets(asked)?.pop() {
                    return Ok(Some(secret));
                }
            }
            collection::prove_open(talk)?;
            Ok(None)
        })
    }

    /// Every item with these attributes, and what else it is marked with.
    pub(crate) fn read_all(&mut self, attributes: &Attributes) -> Result<Vec<Item>, KeychainError> {
        self.converse(|talk| {
            let search = talk.ask_search(attributes)?;
            let found = talk.found(search)?;
            let session = talk.ask_session()?;
            let session = talk.session(session)?;
            if found.locked {
                return Err(KeychainError::Locked);
            }
            if found.open.is_empty() {
                collection::prove_open(talk)?;
                return Ok(Vec::new());
            }
            let secrets = talk.ask_secrets(&found.open, &session)?;
            let mut marks = talk
                .of_each(&found.open, "Attributes", |reply| {
                    let pairs = reply.property::<Vec<(&str, &str)>>("a{ss}")?;
                    Ok(pairs.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
                })?
                .into_iter()
                .collect::<BTreeMap<String, BTreeMap<String, String>>>();
            let secrets = talk.secrets(secrets)?;
            if secrets.len() < found.open.len() {
                collection::prove_open(talk)?;
            }
            let item = |(path, secret)| marks.remove(&path).map(|attributes| Item { attributes, secret });
            Ok(secrets.into_iter().filter_map(item).collect())
        })
    }

    /// Stores the secret in the default collection, in place of an item with the same attributes.
    pub(crate) fn write(
        &mut self,
        label: &str,
        attributes: &Attributes,
        secret: &[u8],
    ) -> Result<(), KeychainError> {
        self.converse(|talk| {
            let asked = collection::ask_default(talk)?;
            let collection = collection::default(talk, asked)?.ok_or(KeychainError::NoCollection)?;
            let session = talk.ask_session()?;
            let session = talk.session(session)?;
            let body = item::body(label, attributes, &session, secret)?;
            let prompt = collection::create_item(talk, &collection, body)?;
            let patience = talk.bus.deadline;
            prompt::run(talk, &prompt, patience)
        })
    }

    /// Deletes every item with these attributes; `false` when there was none.
    pub(crate) fn delete(&mut self, attributes: &Attributes) -> Result<bool, KeychainError> {
        self.converse(|talk| {
            let search = talk.ask_search(attributes)?;
            let found = talk.found(search)?;
            if found.locked {
                return Err(KeychainError::Locked);
            }
            for item in &found.open {
                item::delete(talk, item, attributes)?;
            }
            if found.open.is_empty() {
                collection::prove_open(talk)?;
            }
            Ok(!found.open.is_empty())
        })
    }

    /// Proves without writing that a write would find an open collection.
    pub(crate) fn writable(&mut self) -> Result<(), KeychainError> {
        self.converse(|talk| {
            let asked = collection::ask_default(talk)?;
            let collection = collection::default(talk, asked)?.ok_or(KeychainError::NoCollection)?;
            if collection::is_locked(talk, &collection)? { Err(KeychainError::Locked) } else { Ok(()) }
        })
    }

    /// For a person at a terminal: has the keychain ask for its password, or for a new one where there is no collection yet.
    /// Everything but the person has the usual time limit.
    pub(crate) fn unlock(&mut self, patience: Duration) -> Result<(), KeychainError> {
        let limit = self.limit;
        self.converse(|talk| {
            let asked = collection::ask_default(talk)?;
            let prompt = match collection::default(talk, asked)? {
                Some(collection) if !collection::is_locked(talk, &collection)? => return Ok(()),
                Some(collection) => collection::ask_unlock(talk, &collection)?,
                None => collection::create(talk)?,
            };
            prompt::run(talk, &prompt, Deadline::after(patience))?;
            talk.bus.deadline = Deadline::after(limit);
            let asked = collection::ask_default(talk)?;
            let collection = collection::default(talk, asked)?.ok_or(KeychainError::NoCollection)?;
            if collection::is_locked(talk, &collection)? { Err(KeychainError::Locked) } else { Ok(()) }
        })
    }

    fn dial(&self, deadline: Deadline) -> Result<Conversation, KeychainError> {
        let stream = address::connect_first(self.given.as_deref(), &self.places, deadline)?;
        Ok(Conversation::new(Bus::new(stream, deadline)?))
    }

    fn converse<T>(
        &mut self,
        act: impl FnOnce(&mut Conversation) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        let deadline = Deadline::after(self.limit);
        let mut talk = match self.talk.take() {
            Some(talk) => talk,
            None => self.dial(deadline)?,
        };
        talk.bus.deadline = deadline;
        let answer = act(&mut talk)?;
        self.talk = Some(talk);
        Ok(answer)
    }
}

impl std::fmt::Debug for SecretService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretService").field("places", &self.places).finish_non_exhaustive()
    }
}

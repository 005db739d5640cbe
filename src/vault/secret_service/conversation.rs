//! The calls of the Secret Service, on a connection that has at most one session.

use zeroize::Zeroizing;

use super::bus::Bus;
use super::call::{Body, Call, KEYCHAIN, object};
use super::{Attributes, KeychainError};

pub(super) const SERVICE: &str = "/org/freedesktop/secrets";
pub(super) const ITEM: &str = "org.freedesktop.Secret.Item";
const SERVICE_INTERFACE: &str = "org.freedesktop.Secret.Service";
/// More calls than this are not kept under way at once: buses limit them.
const AT_ONCE: usize = 100;

pub(super) struct Conversation {
    pub(super) bus: Bus,
    session: Option<String>,
}

/// The path of an item and its secret.
pub(super) type Held = (String, Zeroizing<Vec<u8>>);

/// The items that match, by path.
pub(super) struct Found {
    pub(super) open: Vec<String>,
    pub(super) locked: bool,
}

impl Conversation {
    pub(super) fn new(bus: Bus) -> Self {
        Self { bus, session: None }
    }

    pub(super) fn service(&mut self, member: &'static str, body: Body) -> Result<u32, KeychainError> {
        self.on(SERVICE, SERVICE_INTERFACE, member, body)
    }

    pub(super) fn on(
        &mut self,
        path: &str,
        interface: &'static str,
        member: &'static str,
        body: Body,
    ) -> Result<u32, KeychainError> {
        self.bus.call(&Call { to: KEYCHAIN, path, interface, member, body })
    }

    /// Asks for a plain session unless there is one. `session` takes the answer.
    pub(super) fn ask_session(&mut self) -> Result<Option<u32>, KeychainError> {
        if self.session.is_some() {
            return Ok(None);
        }
        let mut body = Body::new("sv", 32);
        body.push("plain")?;
        body.variant_of("s")?;
        body.push("")?;
        self.service("OpenSession", body).map(Some)
    }

    pub(super) fn session(&mut self, asked: Option<u32>) -> Result<String, KeychainError> {
        if let Some(asked) = asked {
            let reply = self.bus.answer(asked).map_err(|error| match error {
                KeychainError::Refused { name, .. } if name == "org.freedesktop.DBus.Error.NotSupported" => {
                    KeychainError::PlainRefused
                }
                other => other,
            })?;
            self.session = Some(reply.session()?.to_owned());
        }
        self.session.clone().ok_or_else(|| KeychainError::broken("no session"))
    }

    pub(super) fn ask_search(&mut self, attributes: &Attributes) -> Result<u32, KeychainError> {
        let mut body = Body::new("a{ss}", 256);
        body.attributes(attributes)?;
        self.service("SearchItems", body)
    }

    pub(super) fn found(&mut self, asked: u32) -> Result<Found, KeychainError> {
        let reply = self.bus.answer(asked)?;
        let (open, locked) = reply.read::<(Vec<Path<'_>>, Vec<Path<'_>>)>("aoao")?;
        Ok(Found {
            open: open.into_iter().map(|path| path.as_ref().to_owned()).collect(),
            locked: !locked.is_empty(),
        })
    }

    /// The secrets of these items, by path. Items that are gone or got locked meanwhile are missing in it.
    pub(super) fn ask_secrets(&mut self, items: &[String], session: &str) -> Result<u32, KeychainError> {
        let mut body = Body::new("aoo", 256);
        body.paths(items.iter().map(String::as_str))?;
        body.path(session)?;
        self.service("GetSecrets", body)
    }

    pub(super) fn secrets(&mut self, asked: u32) -> Result<Vec<Held>, KeychainError> {
        type Secret<'b> = (Path<'b>, &'b [u8], &'b [u8], &'b str);
        let reply = self.bus.answer(asked)?;
        // A dictionary lies in memory as a list of pairs does.
        let (pairs,) = reply.read::<(Vec<(Path<'_>, Secret<'_>)>,)>("a{o(oayays)}")?;
        let own = |(path, (_, _, value, _)): (Path<'_>, Secret<'_>)| {
            (path.as_ref().to_owned(), Zeroizing::new(value.to_vec()))
        };
        Ok(pairs.into_iter().map(own).collect())
    }

    pub(super) fn ask_property(
        &mut self,
        path: &str,
        interface: &'static str,
        name: &str,
    ) -> Result<u32, KeychainError> {
        let mut body = Body::new("ss", 96);
        body.push(interface)?;
        body.push(name)?;
        self.on(path, "org.freedesktop.DBus.Properties", "Get", body)
    }

    /// One property of many items, asked for together. An item that is gone meanwhile is left out.
    pub(super) fn of_each<T>(
        &mut self,
        items: &[String],
        name: &str,
        read: impl Fn(&super::reply::Reply) -> Result<T, KeychainError>,
    ) -> Result<Vec<(String, T)>, KeychainError> {
        let mut values = Vec::with_capacity(items.len());
        for some in items.chunks(AT_ONCE) {
            let asked =
                some.iter().map(|item| self.ask_property(item, ITEM, name)).collect::<Result<Vec<_>, _>>()?;
            for (item, asked) in some.iter().zip(asked) {
                match self.bus.answer(asked) {
                    Ok(reply) => values.push((item.clone(), read(&reply)?)),
                    Err(KeychainError::Refused { name, .. }) if is_gone(&name) => {}
                    Err(other) => return Err(other),
                }
            }
        }
        Ok(values)
    }
}

pub(super) type Path<'b> = rustbus::wire::ObjectPath<&'b str>;

/// How services say that an item does not exist (any more).
pub(super) fn is_gone(name: &str) -> bool {
    matches!(
        name,
        "org.freedesktop.Secret.Error.NoSuchObject"
            | "org.freedesktop.DBus.Error.UnknownObject"
            | "org.freedesktop.DBus.Error.UnknownMethod"
    )
}

/// The specification's way of saying "none" where a path is due.
pub(super) fn some_path(path: &Path<'_>) -> Option<String> {
    Some(path.as_ref()).filter(|path| *path != "/" && object(path).is_ok()).map(str::to_owned)
}

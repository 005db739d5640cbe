//! What can go wrong between us and the keychain. Nothing here may ever hold a secret.

use std::time::Duration;

#[derive(Debug, thiserror::Error)]
pub(crate) enum KeychainError {
    #[error("no session bus to reach a keychain on: tried {tried}")]
    NoBus { tried: String },
    #[error("no keychain service on the session bus")]
    NoService,
    /// Also when the keychain asked a person and got no consent.
    #[error("the keychain is locked")]
    Locked,
    /// The service runs, but holds nothing to put an item into; `unlock` offers a person to make it.
    #[error("the keychain has no collection to keep secrets in")]
    NoCollection,
    #[error("the keychain did not answer within {} s", after.as_secs_f32())]
    Silent { after: Duration },
    #[error("the keychain does not offer plain sessions")]
    PlainRefused,
    #[error("the keychain refused: {message} ({name})")]
    Refused { name: String, message: String },
    #[error("the conversation with the keychain broke off: {what}")]
    Broken { what: String },
}

impl KeychainError {
    pub(super) fn broken(what: impl Into<String>) -> Self {
        Self::Broken { what: what.into() }
    }

    /// Its name is on the bus and its objects are not yet: what every Secret Service has is unknown to it.
    pub(crate) fn is_starting(&self) -> bool {
        matches!(self, Self::Refused { name, .. } if name == "org.freedesktop.DBus.Error.UnknownMethod")
    }

    /// The meaning of a D-Bus error. The message comes from another program: it is cut and cleaned before a terminal sees it.
    pub(super) fn from_reply(name: &str, message: &str) -> Self {
        match name {
            "org.freedesktop.DBus.Error.ServiceUnknown"
            | "org.freedesktop.DBus.Error.NameHasNoOwner"
            | "org.freedesktop.DBus.Error.Spawn.ServiceNotFound" => Self::NoService,
            "org.freedesktop.Secret.Error.IsLocked" => Self::Locked,
            "org.freedesktop.DBus.Error.NoReply" | "org.freedesktop.DBus.Error.Disconnected" => {
                Self::broken("the service went away before it answered")
            }
            _ => Self::Refused { name: clean(name), message: clean(message) },
        }
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

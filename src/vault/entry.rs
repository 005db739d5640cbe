//! The keys under which the vault keeps things: `PROFILE/NAME` for a grant, `PROFILE/client:PROVIDER:HASH` for the
//! secret of a client (the hash is of its id), `PROFILE/signin:ID` for a sign-in that waits for its second half. A `:`
//! cannot stand in a name, so they never meet.

use sha2::{Digest as _, Sha256};

use crate::name::Name;

pub(crate) fn grant(profile: &str, name: &Name) -> String {
    format!("{profile}/{name}")
}

/// Ids may be long and hold anything: the first eight bytes of their hash tell a provider's clients apart.
pub(crate) fn client(profile: &str, provider: &str, id: &str) -> String {
    let hash: String = Sha256::digest(id).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{profile}/client:{provider}:{hash}")
}

pub(crate) fn signin(profile: &str, id: &str) -> String {
    format!("{profile}/signin:{id}")
}

/// The name of a grant's key, or `None` for anything else.
pub(crate) fn grant_name(profile: &str, key: &str) -> Option<Name> {
    key.strip_prefix(profile)?.strip_prefix('/')?.parse().ok()
}

/// A key as a file name: names hold neither `~` nor `+`, so this can be undone.
pub(crate) fn file_stem(key: &str) -> String {
    key.replace('/', "~").replace(':', "+")
}

pub(crate) fn from_file_stem(stem: &str) -> String {
    stem.replace('~', "/").replace('+', ":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_and_clients_never_meet() {
        let name: Name = "google/work".parse().unwrap();
        let key = grant("default", &name);
        assert_eq!(grant_name("default", &key), Some(name));
        assert_eq!(grant_name("default", &client("default", "google", "id")), None);
        assert_eq!(grant_name("default", &signin("default", "k3f9")), None);
        assert_eq!(grant_name("other", &key), None);
        assert_eq!(from_file_stem(&file_stem(&key)), key);
        assert_eq!(from_file_stem(&file_stem("p/client:x")), "p/client:x");
    }

    #[test]
    fn keys_are_what_other_tools_look_up() {
        let name: Name = "google/work".parse().unwrap();
        assert_eq!(grant("p", &name), "p/google/work");
        assert_eq!(client("p", "acme", "abc"), "p/client:acme:ba7816bf8f01cfea");
        assert_eq!(signin("p", "k3"), "p/signin:k3");
        assert_eq!(file_stem("p/client:acme"), "p~client+acme");
    }
}

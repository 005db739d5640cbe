//! A name that no connection has: what was meant, and what would connect it.

use super::App;
use crate::error::{Error, nearest};
use crate::name::Name;

impl App {
    pub(super) fn no_such_connection(&self, name: &Name, known: &[Name]) -> Error {
        let error = Error::no_such_connection(name);
        let (heads, head) = (self.heads(), name.head());
        let connect = match nearest(head, heads.iter().map(String::as_str)) {
            Some(near) if near == head => format!("integ connect {name}"),
            Some(near) => format!("did you mean `{near}`? integ connect {}", name.under(near)),
            None => format!("integ connect {name} --issuer URL; integ providers lists what needs no URL"),
        };
        error.help(match nearest(name.as_str(), known.iter().map(Name::as_str)) {
            Some(other) if heads.iter().any(|known| known == head) => {
                format!("did you mean `{other}`? otherwise: {connect}")
            }
            Some(other) => format!("did you mean `{other}`? integ status lists what is connected"),
            None => connect,
        })
    }

    /// What a connection can be named after: providers and their services.
    fn heads(&self) -> Vec<String> {
        let mut heads = self.catalogue().names();
        let providers = heads.iter().filter_map(|name| self.catalogue().provider(name).ok());
        let services: Vec<String> = providers.flat_map(|provider| provider.service.into_keys()).collect();
        heads.extend(services);
        heads
    }
}

//! Which apps are known. All are public: a program on a person's machine can keep no secret.

use std::collections::HashMap;

use url::{Host, Url};

use super::random;

pub(crate) const BUILT_IN: &str = "integ-sandbox";
/// Registration is open to everybody, memory is not.
const LIMIT: usize = 1000;

pub(crate) const CODE: &str = "authorization_code";
pub(crate) const REFRESH: &str = "refresh_token";
pub(crate) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
pub(crate) const GRANT_TYPES: [&str; 3] = [CODE, REFRESH, DEVICE];

#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) name: String,
    pub(crate) redirects: Vec<Url>,
    pub(crate) grant_types: Vec<&'static str>,
}

impl Client {
    pub(crate) fn may(&self, grant_type: &str) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// Equal but for the port, which a native app cannot know in advance (RFC 8252, 7.3).
    pub(crate) fn allows(&self, redirect: &Url) -> bool {
        is_loopback(redirect)
            && self.redirects.iter().any(|registered| {
                registered.host() == redirect.host()
                    && registered.path() == redirect.path()
                    && registered.query() == redirect.query()
            })
    }
}

/// Plain http to this machine, without user name or fragment.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let here = match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    here && url.scheme() == "http"
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
}

pub(crate) struct Clients(HashMap<String, Client>);

impl Default for Clients {
    fn default() -> Self {
        let redirects = ["http://127.0.0.1/callback", "http://[::1]/callback"];
        let built_in = Client {
            name: "integ".to_owned(),
            redirects: redirects.into_iter().filter_map(|redirect| Url::parse(redirect).ok()).collect(),
            grant_types: GRANT_TYPES.to_vec(),
        };
        Self(HashMap::from([(BUILT_IN.to_owned(), built_in)]))
    }
}

impl Clients {
    pub(crate) fn get(&self, id: &str) -> Option<&Client> {
        self.0.get(id)
    }

    /// The new client's id, or None when there are too many.
    pub(crate) fn register(&mut self, client: Client) -> Option<String> {
        if self.0.len() >= LIMIT {
            return None;
        }
        let id = random::token("sandbox-client-");
        self.0.insert(id.clone(), client);
        Some(id)
    }
}

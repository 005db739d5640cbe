//! Where the browser is sent in the end: what a provider's `redirect` allows, as an address to listen on.

use url::Url;

use super::OauthError;
use super::loopback::{Host, Want};
use crate::providers::Provider;

/// The path of every listener whose provider takes any.
const PATH: &str = "/callback";

pub(crate) enum Redirect {
    /// A listener on this machine.
    Listen(Want),
    /// https only, or a page that shows the code: no program on this machine can listen there, so that is pasted.
    Https(String),
    /// There is no browser in it: a token is pasted.
    None,
}

impl Redirect {
    /// `port` replaces the provider file's, as a person registered it.
    pub(crate) fn of(provider: &Provider, port: Option<u16>) -> Result<Redirect, OauthError> {
        let any =
            |host| Redirect::Listen(Want { host, ports: port.into_iter().collect(), path: PATH.into() });
        let exact = match provider.redirect.as_deref() {
            _ if !provider.has_oauth() => return Ok(Redirect::None),
            Some("none") => return Ok(Redirect::None),
            None | Some("loopback") => return Ok(any(Host::Ipv4)),
            Some("localhost") => return Ok(any(Host::Localhost)),
            Some(exact) if exact.starts_with("https:") || exact.starts_with("urn:") => {
                return Ok(Redirect::Https(exact.to_owned()));
            }
            Some(exact) => exact,
        };
        let wrong = || {
            OauthError::Unsupported(format!("`redirect` of {} cannot be listened on: {exact}", provider.name))
        };
        let url: Url = exact.parse().map_err(|_| wrong())?;
        let host = match url.host_str() {
            Some("localhost") => Host::Localhost,
            Some("127.0.0.1") => Host::Ipv4,
            _ => return Err(wrong()),
        };
        let port = port.or(url.port()).ok_or_else(wrong)?;
        Ok(Redirect::Listen(Want { host, ports: vec![port], path: url.path().to_owned() }))
    }

    /// The exact string to enter at the provider, where it has to be entered.
    pub(crate) fn registered(&self) -> Option<String> {
        match self {
            Redirect::Listen(want) => want.ports.first().map(|port| want.address(*port)),
            Redirect::Https(exact) => Some(exact.clone()),
            Redirect::None => None,
        }
    }
}

impl Want {
    fn address(&self, port: u16) -> String {
        let host = if self.host == Host::Ipv4 { "127.0.0.1" } else { "localhost" };
        format!("http://{host}:{port}{}", self.path)
    }

    /// What a browser is sent to when nothing listens and the address is pasted: `unused`, where any port will do.
    pub(crate) fn address_or(&self, unused: u16) -> String {
        self.address(self.ports.first().copied().unwrap_or(unused))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registered(redirect: Option<&str>, port: Option<u16>) -> Option<String> {
        let provider = Provider {
            title: "X".into(),
            authorize_url: Some("https://x.example/a".into()),
            redirect: redirect.map(str::to_owned),
            ..Provider::default()
        };
        Redirect::of(&provider, port).ok()?.registered()
    }

    #[test]
    fn only_what_must_be_entered_is_named() {
        assert_eq!(registered(None, None), None);
        assert_eq!(registered(Some("localhost"), Some(7)).as_deref(), Some("http://localhost:7/callback"));
        let exact = "http://localhost:53187/cb";
        assert_eq!(registered(Some(exact), None).as_deref(), Some(exact));
        assert_eq!(registered(Some(exact), Some(9)).as_deref(), Some("http://localhost:9/cb"));
        assert_eq!(registered(Some("http://192.168.1.1:9/cb"), None), None);
    }
}

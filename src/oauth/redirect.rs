//! Where the browser is sent in the end: what a provider's `redirect` allows, as an address to listen on.

use url::Url;

use super::OauthError;
use super::loopback::{Host, Want};
use crate::providers::Provider;

/// The path of every listener whose provider takes any.
const PATH: &str = "/callback";
/// Nothing listens on it; a provider that takes any port takes this one where the answer is pasted.
const UNUSED_PORT: u16 = 53_187;

pub(crate) enum Redirect {
    /// Listeners on this machine, in order of preference; never empty.
    Listen(Vec<Want>),
    /// https only: no program on this machine can listen there, so the address is pasted.
    Https(String),
    /// The provider shows the code on a page of its own (`urn:ietf:wg:oauth:2.0:oob`), and the code is pasted.
    Shown(String),
    /// There is no browser in it: a token is pasted.
    None,
}

impl Redirect {
    /// `port` replaces the provider file's, as a person registered it.
    pub(crate) fn of(provider: &Provider, port: Option<u16>) -> Result<Redirect, OauthError> {
        let any = |host| Redirect::Listen(vec![Want { host, port, path: PATH.into() }]);
        let exact = match provider.redirect.as_deref() {
            _ if !provider.has_browser() => return Ok(Redirect::None),
            Some("none") => return Ok(Redirect::None),
            None | Some("loopback") => return Ok(any(Host::Ipv4)),
            Some("localhost") => return Ok(any(Host::Localhost)),
            Some(exact) if exact.starts_with("https:") => return Ok(Redirect::Https(exact.to_owned())),
            Some(exact) if exact.starts_with("urn:") => return Ok(Redirect::Shown(exact.to_owned())),
            Some(exact) => exact,
        };
        let mut wants = vec![want(provider, exact, port)?];
        // A port that a person chose is the one they registered, and the only one.
        if port.is_none() {
            for fallback in &provider.redirect_fallbacks {
                wants.push(want(provider, fallback, None)?);
            }
        }
        Ok(Redirect::Listen(wants))
    }

    /// The exact strings to enter at the provider, where one has to be entered.
    pub(crate) fn registered(&self) -> Vec<String> {
        match self {
            Redirect::Listen(wants) => wants.iter().filter_map(Want::registered).collect(),
            Redirect::Https(exact) | Redirect::Shown(exact) => vec![exact.clone()],
            Redirect::None => Vec::new(),
        }
    }

    /// What a browser is sent to when nothing listens: the answer is pasted.
    pub(crate) fn unheard(&self) -> Option<String> {
        match self {
            Redirect::Listen(wants) => wants.first().map(Want::unheard),
            Redirect::Https(exact) | Redirect::Shown(exact) => Some(exact.clone()),
            Redirect::None => None,
        }
    }
}

/// An exact address of this machine.
fn want(provider: &Provider, exact: &str, port: Option<u16>) -> Result<Want, OauthError> {
    let wrong =
        || OauthError::Unsupported(format!("`redirect` of {} cannot be listened on: {exact}", provider.name));
    let url: Url = exact.parse().map_err(|_| wrong())?;
    let host = match url.host_str() {
        Some("localhost") => Host::Localhost,
        Some("127.0.0.1") => Host::Ipv4,
        _ => return Err(wrong()),
    };
    if url.scheme() != "http" || url.query().is_some() {
        return Err(wrong());
    }
    let port = Some(port.or(url.port()).ok_or_else(wrong)?);
    // Servers compare to the letter: the slash that is always read stands only where it was written.
    let path = if url.path() == "/" && !exact.ends_with('/') { "" } else { url.path() };
    Ok(Want { host, port, path: path.to_owned() })
}

impl Want {
    fn host(&self) -> &'static str {
        if self.host == Host::Ipv4 { "127.0.0.1" } else { "localhost" }
    }

    fn address(&self, port: u16) -> String {
        format!("http://{}:{port}{}", self.host(), self.path)
    }

    /// Where any port will do, `localhost` is registered without one (its path is matched), `127.0.0.1` not at all.
    fn registered(&self) -> Option<String> {
        match (self.port, self.host) {
            (Some(port), _) => Some(self.address(port)),
            (None, Host::Localhost) => Some(format!("http://{}{}", self.host(), self.path)),
            (None, Host::Ipv4) => None,
        }
    }

    fn unheard(&self) -> String {
        self.address(self.port.unwrap_or(UNUSED_PORT))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn redirect(redirect: Option<&str>, fallbacks: &[&str], port: Option<u16>) -> Option<Redirect> {
        let provider = Provider {
            title: "X".into(),
            authorize_url: Some("https://x.example/a".into()),
            redirect: redirect.map(str::to_owned),
            redirect_fallbacks: fallbacks.iter().map(|uri| (*uri).to_owned()).collect(),
            ..Provider::default()
        };
        Redirect::of(&provider, port).ok()
    }

    fn registered(text: Option<&str>, port: Option<u16>) -> Vec<String> {
        redirect(text, &[], port).unwrap().registered()
    }

    #[test]
    fn only_what_must_be_entered_is_named() {
        assert!(registered(None, None).is_empty());
        assert_eq!(registered(Some("localhost"), None), ["http://localhost/callback"]);
        assert_eq!(registered(Some("localhost"), Some(7)), ["http://localhost:7/callback"]);
        let exact = "http://localhost:53187/cb";
        assert_eq!(registered(Some(exact), None), [exact]);
        assert_eq!(registered(Some(exact), Some(9)), ["http://localhost:9/cb"]);
        for exact in ["http://localhost:53187", "http://127.0.0.1:53187/"] {
            assert_eq!(registered(Some(exact), None), [exact]);
        }
        assert_eq!(registered(Some("https://x.example/cb"), None), ["https://x.example/cb"]);
        assert_eq!(registered(Some("urn:ietf:wg:oauth:2.0:oob"), None), ["urn:ietf:wg:oauth:2.0:oob"]);
    }

    #[test]
    fn fallbacks_are_registered_too_unless_a_port_was_chosen() {
        let (first, second) = ("http://localhost:53187/cb", "http://localhost:53188/other");
        let of = |port| redirect(Some(first), &[second], port).unwrap().registered();
        assert_eq!(of(None), [first, second]);
        assert_eq!(of(Some(9)), ["http://localhost:9/cb"]);
    }

    #[test]
    fn what_nobody_here_can_listen_on_is_refused() {
        for wrong in [
            "http://192.168.1.1:9/cb",
            "http://localhost/cb",
            "ftp://localhost:9/cb",
            "http://localhost:9/cb?x=1",
            "myapp://callback",
        ] {
            assert!(redirect(Some(wrong), &[], None).is_none(), "{wrong}");
            assert!(redirect(Some("http://localhost:1/"), &[wrong], None).is_none(), "{wrong}");
        }
    }

    #[test]
    fn without_a_listener_the_browser_is_sent_to_the_same_place() {
        let unheard = |text| redirect(text, &[], None).unwrap().unheard();
        assert_eq!(unheard(None).as_deref(), Some("http://127.0.0.1:53187/callback"));
        assert_eq!(unheard(Some("http://localhost:9/cb")).as_deref(), Some("http://localhost:9/cb"));
        assert_eq!(unheard(Some("none")), None);
    }

    #[test]
    fn each_word_of_the_file_has_its_place() {
        let of = |text: Option<&str>, port| redirect(text, &[], port).unwrap();
        let first = |redirect: Redirect| match redirect {
            Redirect::Listen(wants) => wants.first().map(|want| (want.host, want.port, want.path.clone())),
            _ => None,
        };
        let path = || "/callback".to_owned();
        assert_eq!(first(of(None, None)), Some((Host::Ipv4, None, path())));
        assert_eq!(first(of(Some("loopback"), Some(7))), Some((Host::Ipv4, Some(7), path())));
        assert_eq!(first(of(Some("localhost"), None)), Some((Host::Localhost, None, path())));
        assert_eq!(first(of(Some("http://127.0.0.1:9/cb"), None)), Some((Host::Ipv4, Some(9), "/cb".into())));
        assert!(matches!(of(Some("none"), None), Redirect::None));
        assert!(matches!(of(Some("urn:x"), None), Redirect::Shown(_)));
        assert!(of(Some("none"), None).registered().is_empty());
        assert!(
            matches!(Redirect::of(&Provider::default(), None), Ok(Redirect::None)),
            "there is no browser"
        );
        for (text, expected) in [
            ("localhost", "http://localhost:53187/callback"),
            ("https://x.example/cb", "https://x.example/cb"),
            ("urn:x", "urn:x"),
        ] {
            assert_eq!(of(Some(text), None).unheard().as_deref(), Some(expected));
        }
        assert_eq!(registered(Some("loopback"), Some(7)), ["http://127.0.0.1:7/callback"]);
    }
}

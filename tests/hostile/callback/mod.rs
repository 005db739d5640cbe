//! Group CB: the callback and the listener that waits for it.

mod abuse;
mod attacks;
mod battery;
mod endings;
mod paste;
mod strangers;
mod wrong;

use crate::evil::Evil;
use crate::evil::browser::{self, Page};
use crate::home::{Home, Output, Running};

/// A sign-in that waits for its callback.
pub(crate) struct Waiting<'h> {
    pub(crate) running: Running<'h>,
    pub(crate) url: String,
    /// `127.0.0.1:PORT`
    pub(crate) host: String,
    pub(crate) path: String,
    pub(crate) state: String,
}

impl Home {
    pub(crate) fn waiting(&self, args: &[&str]) -> Waiting<'_> {
        let mut all = vec!["connect"];
        all.extend(args);
        all.push("--no-browser");
        let mut running = self.start(&all);
        let url = running.url();
        let parsed = url::Url::parse(&url).unwrap();
        let param = |name: &str| parsed.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
        let redirect = url::Url::parse(&param("redirect_uri")).unwrap();
        let host = format!("{}:{}", redirect.host_str().unwrap(), redirect.port().unwrap());
        Waiting { running, url, host, path: redirect.path().to_owned(), state: param("state") }
    }
}

impl Waiting<'_> {
    pub(crate) fn send(&self, bytes: impl AsRef<[u8]>) -> Page {
        browser::send(&self.host, bytes.as_ref())
    }

    fn place(&self) -> attacks::Place {
        attacks::Place { host: self.host.clone(), path: self.path.clone(), state: self.state.clone() }
    }

    #[track_caller]
    pub(crate) fn still_waits(&mut self, evil: &Evil, after: &str) {
        assert!(!self.running.is_over(), "ended after {after}\n{}", self.running.so_far());
        assert_eq!(evil.log("token").len(), 0, "a token request after {after}");
    }

    /// The true callback still works.
    #[track_caller]
    pub(crate) fn finishes(self) -> Output {
        browser::visit(&self.url);
        let output = self.running.wait();
        output.exits(&[0]);
        output
    }
}

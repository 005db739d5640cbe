//! A sign-in from end to end: the command waits, the person consents, the command ends.
use serde_json::Value;

use super::consent::{Consent, consent};
use super::output::Output;
use super::run::Running;
use super::sealed::Sealed;

pub(crate) struct Connected {
    pub(crate) out: Output,
    pub(crate) url: String,
    pub(crate) browser: Consent,
}

impl Sealed {
    /// `connect` with alice agreeing to everything.
    pub(crate) fn connect(&self, args: &[&str]) -> Connected {
        self.connect_as(args, &["--user", "alice"])
    }

    pub(crate) fn connect_as(&self, args: &[&str], wishes: &[&str]) -> Connected {
        let (running, url) = self.ask_to_connect(args);
        let browser = consent(&url, wishes);
        // A listener that takes the person for a stranger would wait until its time is up.
        assert!(![403, 404, 405, 421].contains(&browser.status), "refused: {browser:?}");
        Connected { out: running.finish(), url, browser }
    }

    /// Starts `connect` and returns once it waits, with the address that the browser would open.
    pub(crate) fn ask_to_connect(&self, args: &[&str]) -> (Running<'_>, String) {
        let args = [&["connect", "--no-browser", "--json"], args].concat();
        let mut running = self.integ(&args).start();
        match running.line(authorize_url) {
            Some(url) => (running, url),
            None => panic!("no authorization URL\n{}", running.finish()),
        }
    }
}

fn authorize_url(line: &str) -> Option<String> {
    let event: Value = serde_json::from_str(line).ok()?;
    (event["event"] == "authorize").then(|| event["url"].as_str().map(str::to_owned))?
}

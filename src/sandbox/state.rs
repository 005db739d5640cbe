//! Everything the sandbox remembers. One request at a time sees it.

use std::time::{Duration, Instant};

use super::Settings;
use super::clients::Clients;
use super::codes::Codes;
use super::consent::{Attempts, Consent};
use super::devices::Devices;
use super::grants::Grants;
use super::log::Log;
use super::trouble::Trouble;

/// Clocks overflow beyond all reason.
const LONGEST: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

pub(crate) struct State {
    /// The issuer and the start of every URL here.
    pub(crate) base: String,
    pub(crate) access_ttl: Duration,
    pub(crate) consent: Consent,
    pub(crate) clients: Clients,
    pub(crate) attempts: Attempts,
    pub(crate) codes: Codes,
    pub(crate) devices: Devices,
    pub(crate) grants: Grants,
    pub(crate) trouble: Trouble,
    pub(crate) log: Log,
    ahead: Duration,
}

impl State {
    pub(crate) fn new(base: String, settings: &Settings) -> Self {
        Self {
            base,
            access_ttl: settings.access_ttl.min(LONGEST),
            consent: if settings.auto_consent { Consent::automatic() } else { Consent::Ask },
            clients: Clients::default(),
            attempts: Attempts::default(),
            codes: Codes::default(),
            devices: Devices::default(),
            grants: Grants::default(),
            trouble: Trouble::default(),
            log: Log::default(),
            ahead: Duration::ZERO,
        }
    }

    /// The sandbox's own clock, which can be put forward so that nobody has to wait.
    pub(crate) fn now(&self) -> Instant {
        Instant::now() + self.ahead
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.ahead += by;
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    pub(crate) fn is_our_host(&self, host: Option<&str>) -> bool {
        let Some((_, port)) = self.base.rsplit_once(':') else {
            return false;
        };
        host.and_then(|host| host.rsplit_once(':'))
            .is_some_and(|(name, given)| given == port && (name == "127.0.0.1" || name == "localhost"))
    }
}

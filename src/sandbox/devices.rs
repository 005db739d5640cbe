//! Device codes: what a machine without a browser polls with, and the short code a person types elsewhere.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use super::answer::Refusal;
use super::consent::Decision;
use super::people::Person;
use super::random;
use super::scopes::Scopes;

pub(crate) const LIFE: Duration = Duration::from_secs(10 * 60);
pub(crate) const INTERVAL: Duration = Duration::from_secs(1);
const SLOWER: Duration = Duration::from_secs(5);
/// Clocks and timers round.
const TOLERANCE: Duration = Duration::from_millis(50);

pub(crate) struct Device {
    pub(crate) client_id: String,
    pub(crate) user_code: String,
    pub(crate) scopes: Scopes,
    decision: Option<Decision>,
    interval: Duration,
    polled: Option<Instant>,
    expires: Instant,
}

#[derive(Default)]
pub(crate) struct Devices(HashMap<String, Device>);

impl Devices {
    /// The device code and the user code.
    pub(crate) fn open(&mut self, client_id: String, scopes: Scopes, now: Instant) -> (String, String) {
        // An expired one stays a while, so that its device hears why.
        self.0.retain(|_, device| device.expires + LIFE > now);
        let code = random::token("sandbox-device-");
        let user_code = random::user_code();
        let device = Device {
            client_id,
            user_code: user_code.clone(),
            scopes,
            decision: None,
            interval: INTERVAL,
            polled: None,
            expires: now + LIFE,
        };
        self.0.insert(code.clone(), device);
        (code, user_code)
    }

    /// The device that still waits for this user code, however it was typed.
    pub(crate) fn waiting(&mut self, typed: &str, now: Instant) -> Option<&mut Device> {
        let letters = |text: &str| -> String {
            text.chars().filter(char::is_ascii_alphabetic).map(|letter| letter.to_ascii_uppercase()).collect()
        };
        let typed = letters(typed);
        self.0.values_mut().find(|device| {
            device.decision.is_none() && device.expires > now && letters(&device.user_code) == typed
        })
    }

    pub(crate) fn poll(
        &mut self,
        code: &str,
        client_id: &str,
        now: Instant,
    ) -> Result<(&'static Person, Scopes), Refusal> {
        let device = self.0.get_mut(code).filter(|device| device.client_id == client_id);
        let device = device.ok_or(Refusal::invalid_grant("this device code is unknown or used up"))?;
        if device.expires <= now {
            return Err(Refusal::bad("expired_token", "nobody answered in time"));
        }
        let too_soon = device.polled.is_some_and(|before| now + TOLERANCE < before + device.interval);
        device.polled = Some(now);
        if too_soon {
            device.interval += SLOWER;
            return Err(Refusal::bad("slow_down", "poll 5 seconds less often"));
        }
        match device.decision.take() {
            None => Err(Refusal::bad("authorization_pending", "nobody has answered yet")),
            Some(decision) => {
                self.0.remove(code);
                match decision {
                    Decision::Deny => Err(Refusal::bad("access_denied", "the person said no")),
                    Decision::Allow { person, granted } => Ok((person, granted)),
                }
            }
        }
    }
}

impl Device {
    pub(crate) fn decide(&mut self, decision: Decision) {
        self.decision = Some(decision);
    }
}

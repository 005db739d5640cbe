//! Every way a bus or a keychain can behave, none of which may hang us, panic, or look like "no such item" when it is not.

mod behaves;
mod fake_bus;
mod fake_keychain;
mod hostile_bus;
mod hostile_service;
mod parts;

use super::*;
use fake_bus::answers;
use fake_keychain::FakeKeychain;

/// Long enough for a loaded machine, and spent in full only where a test wants the limit to be reached.
const PATIENT: Duration = Duration::from_secs(30);
const SHORT: Duration = Duration::from_millis(250);
const WHO: &Attributes = &[("service", "integ"), ("username", "default/x")];

fn on(address: &str, limit: Duration) -> SecretService {
    SecretService::connect(Some(address), None, limit).unwrap()
}

/// The address of a keychain that holds these items and is open, locked, or locked until its prompt is answered.
pub(in crate::vault) fn stage(open: &[&'static str], locked: bool, opens: bool) -> String {
    let prompted = std::sync::atomic::AtomicBool::new(false);
    let mut fake = FakeKeychain::new();
    fake.open = open.to_vec();
    answers(move |heard| {
        use std::sync::atomic::Ordering::SeqCst;
        prompted.fetch_or(heard.member == "Prompt", SeqCst);
        let mut fake = fake.clone();
        fake.prompts = locked;
        fake.locked = locked && !(opens && prompted.load(SeqCst));
        fake.answer(heard)
    })
}

/// The address of a keychain that knows none of its methods the first times it is asked.
pub(in crate::vault) fn starting(times: u32) -> String {
    let left = std::sync::Mutex::new(times);
    let mut fake = FakeKeychain::new();
    fake.open = vec!["/i/1"];
    answers(move |heard| {
        let mut left = left.lock().unwrap();
        if *left == 0 {
            return fake.answer(heard);
        }
        *left -= 1;
        heard.error("org.freedesktop.DBus.Error.UnknownMethod")
    })
}

/// How reading fails there.
fn failure(address: &str) -> KeychainError {
    on(address, PATIENT).read(WHO).unwrap_err()
}

fn keychain(set: impl FnOnce(&mut FakeKeychain)) -> SecretService {
    let mut fake = FakeKeychain::new();
    set(&mut fake);
    on(&answers(move |heard| fake.answer(heard)), PATIENT)
}

fn text(secret: Option<Zeroizing<Vec<u8>>>) -> Option<String> {
    secret.map(|secret| String::from_utf8(secret.to_vec()).unwrap())
}

//! What every test stands on: a sealed home, a run with its invariants, and the servers.
mod browser;
mod certificates;
mod connect;
mod consent;
mod cut_bus;
mod dovecot;
mod emulate;
mod fake_bus;
mod http;
mod invariants;
mod keyring;
mod need;
mod oidc;
mod output;
mod run;
mod sealed;
mod secrets;
mod server;
mod strace;

pub(crate) use browser::browse;
pub(crate) use certificates::Authority;
pub(crate) use connect::Connected;
pub(crate) use consent::{Consent, browser_script, consent};
pub(crate) use cut_bus::CutBus;
pub(crate) use dovecot::Dovecot;
pub(crate) use emulate::Emulate;
pub(crate) use fake_bus::{FakeBus, Manner};
pub(crate) use http::{raw, request};
pub(crate) use keyring::Keyring;
pub(crate) use need::{needs, node, real_dir, servers_dir, skip};
pub(crate) use oidc::Oidc;
pub(crate) use output::Output;
pub(crate) use run::{Run, Running};
pub(crate) use sealed::{ACME, Sealed};
pub(crate) use server::Server;
pub(crate) use strace::{Faulted, faulted, strace};

/// How often something is tried: usually as often as everybody has the time for; with `INTEG_TEST_LONG` set, as often as
/// was promised.
pub(crate) fn times(usual: usize, promised: usize) -> usize {
    if std::env::var_os("INTEG_TEST_LONG").is_some() { promised } else { usual }
}

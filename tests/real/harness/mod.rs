//! What every test stands on: a sealed home, a run with its invariants, and the servers.
mod browser;
mod connect;
mod consent;
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

pub(crate) use browser::browse;
pub(crate) use connect::Connected;
pub(crate) use consent::{Consent, browser_script, consent};
pub(crate) use emulate::Emulate;
pub(crate) use fake_bus::{FakeBus, Manner};
pub(crate) use http::{raw, request};
pub(crate) use keyring::Keyring;
pub(crate) use need::{needs, skip};
pub(crate) use oidc::Oidc;
pub(crate) use output::Output;
pub(crate) use run::{Run, Running};
pub(crate) use sealed::Sealed;

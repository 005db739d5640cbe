//! Hand-over between machines: import, export, rename and the vault commands, by the real program in sealed homes
//! against a provider that lives in the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod export;
mod home;
mod hostile;
mod import;
mod provider;
mod refresh;
mod rename;
mod vault;

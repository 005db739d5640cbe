//! Hand-over between machines: import, export, rename and the vault commands, by the real program in sealed homes
//! against a provider that lives in the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod again;
mod export;
mod home;
mod hostile;
mod import;
mod limits;
mod provider;
mod provider_file;
mod refresh;
mod rename;
mod several;
mod vault;

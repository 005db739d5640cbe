//! Faults and attacks, each against the real binary in a sealed home and a provider that misbehaves on demand.
//! Needs nothing but Rust. One test per promise; its id stands in the test's name.

#![cfg(target_os = "linux")]
// A test says what it expects and stops where it is disappointed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod answers;
mod any_server;
mod authorization;
mod callback;
mod command_line;
mod dry_run;
mod every_misbehaviour;
mod every_point;
mod evil;
mod home;
mod import;
mod machines;
mod mailbox;
mod matrix;
mod points;
mod provider_file;
mod refresh;
mod soak;
mod storage;
mod token_endpoint;
mod ways;

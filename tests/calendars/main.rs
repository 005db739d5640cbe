//! The mirror of calendars: the real binary in a sealed home, against a server that keeps calendars as Google and
//! Microsoft do and misbehaves on demand.

#![cfg(target_os = "linux")]
// A test says what it expects and stops where it is disappointed.
#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]
// The home and the provider are shared with other tests, which use more of them.
#![allow(dead_code, unused_imports)]

mod agenda;
mod cures;
#[path = "../hostile/evil/mod.rs"]
mod evil;
mod files;
mod google;
#[path = "../hostile/home/mod.rs"]
mod home;
mod microsoft;
mod mirrored;
mod model;
mod promises;
#[path = "../hostile/ways/pty.rs"]
mod pty;
mod scene;
mod server;
mod time;

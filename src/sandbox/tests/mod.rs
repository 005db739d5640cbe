//! The sandbox from outside, over a socket.

// A test that goes wrong should stop.
#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

mod api;
mod authorize;
mod client;
mod control;
mod device;
mod metadata;
mod refresh;
mod token;

use std::time::Duration;

use super::{Sandbox, Settings};

fn sandbox(auto_consent: bool) -> Sandbox {
    Sandbox::start(Settings { port: None, access_ttl: Duration::from_secs(3600), auto_consent }).unwrap()
}

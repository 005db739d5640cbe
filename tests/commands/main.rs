//! The commands as a script meets them: the real program in a sealed home, against a provider that the test plays.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod api;
mod config;
mod desk;
mod dialects;
mod doctor;
#[cfg(unix)]
mod linked;
mod mistakes;
mod providers;
mod run;
mod schedule;
mod seal;
#[cfg(unix)]
mod signals;
mod time;
#[cfg(unix)]
mod tty;
mod vault;

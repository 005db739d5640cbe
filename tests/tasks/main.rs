//! Tasks: the real program in a sealed home, against providers that remember what was created and misbehave on demand.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

#[path = "../commands/desk.rs"]
#[allow(dead_code)]
mod desk;
#[path = "../contract/overlay.rs"]
#[allow(dead_code)]
mod overlay;
#[path = "../hostile/home/preload.rs"]
mod preload;
#[path = "../commands/seal.rs"]
#[allow(dead_code)]
mod seal;

mod batch;
mod clock;
mod create;
mod dialects;
mod once;
mod server;
mod targets;

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
#[cfg(unix)]
#[path = "../commands/tty.rs"]
mod tty;

mod batch;
mod clock;
mod create;
mod described;
mod dialects;
mod each;
#[cfg(unix)]
mod kills;
mod later;
mod once;
mod place;
mod ready;
mod restored;
mod server;
mod sources;
mod targets;

//! The ways in: by device, by a second process, at a terminal, at one of several registered ports; and the cures of what
//! fails on them.

mod cures;
mod detach;
mod device;
mod machines;
mod meanwhile;
mod pick;
mod ports;
mod pty;
mod terminal;

use crate::evil::Evil;
use crate::home::{Home, provider_toml};

/// A home whose provider can also be signed in to with a code.
pub(crate) fn with_device(evil: &Evil, more: &[(&str, &str)]) -> Home {
    let home = Home::new(evil);
    let device = format!("\"{}/device\"", evil.base);
    let keys = [&[("device-url", device.as_str())], more].concat();
    home.provider("evil", &provider_toml(evil, &keys));
    home
}

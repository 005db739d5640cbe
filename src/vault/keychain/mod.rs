//! The system's keychain: Secret Service, macOS Keychain, Windows Credential Manager. Attributes `service=integ` and
//! `username=KEY` are the field's own, so that a person can look an item up with the system's tools.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(any(test, target_os = "macos", windows))]
mod split;

#[cfg(target_os = "linux")]
pub(crate) use linux::Keychain;
#[cfg(any(target_os = "macos", windows))]
pub(crate) use native::Keychain;

use std::path::PathBuf;
use std::time::Duration;

/// Where the keychain is, how long it may take, and whether a person is there to unlock it.
pub(crate) struct Reach {
    /// `DBUS_SESSION_BUS_ADDRESS`.
    pub address: Option<String>,
    /// `XDG_RUNTIME_DIR`.
    pub runtime_dir: Option<PathBuf>,
    pub limit: Duration,
    /// How long to wait for an unlock prompt; `None` without a terminal.
    pub unlock: Option<Duration>,
    /// Where the locks are; asked only when one is taken.
    pub locks: Box<dyn Fn() -> PathBuf>,
    /// Tells the person that the keychain waits for them.
    pub say_waiting: Box<dyn Fn()>,
}

//! Where we run, as far as it decides how a person can sign in.

use std::path::Path;

use super::environment;

/// What a browser needs, and what stands in its way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Surroundings {
    /// A person is at this terminal.
    pub terminal: bool,
    /// `$BROWSER` or the config names one.
    pub browser: bool,
    pub ssh: bool,
    /// Linux inside Windows: its browser is Windows'.
    pub wsl: bool,
    pub container: bool,
    /// There is a screen for windows; not asked where every machine has one.
    pub display: bool,
}

impl Surroundings {
    pub(crate) fn here(terminal: bool, browser: bool) -> Surroundings {
        let set = |names: &[&str]| names.iter().any(|name| environment::os_text(name).is_some());
        let container = set(&["container", "KUBERNETES_SERVICE_HOST"])
            || ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists());
        let kernel = || std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
        Surroundings {
            terminal,
            browser,
            ssh: set(&["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]),
            // A container on such a machine has its kernel, and not its browser.
            wsl: set(&["WSL_DISTRO_NAME", "WSL_INTEROP"])
                || (!container && kernel().to_ascii_lowercase().contains("microsoft")),
            container,
            display: cfg!(any(windows, target_os = "macos")) || set(&["DISPLAY", "WAYLAND_DISPLAY"]),
        }
    }
}

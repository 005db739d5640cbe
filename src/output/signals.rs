//! What a signal does to us: end with 128 + its number, the terminal as it was, nothing half done.

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::AtomicBool;

    use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::{Handle, Signals};

    /// A file-size limit must end in an error that can be reported, not in a killed process.
    pub(crate) fn survive_full_disks() {
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }

    /// Resolves with the signal's number when the person or the system asks us to end.
    pub(crate) async fn interrupted() -> i32 {
        use tokio::signal::unix::{SignalKind, signal};
        let mut streams = match [SIGINT, SIGTERM, SIGHUP].map(|n| signal(SignalKind::from_raw(n))) {
            [Ok(a), Ok(b), Ok(c)] => [a, b, c],
            _ => return std::future::pending().await,
        };
        let [a, b, c] = &mut streams;
        tokio::select! {
            _ = a.recv() => SIGINT,
            _ = b.recv() => SIGTERM,
            _ = c.recv() => SIGHUP,
        }
    }

    /// Ends the process as the signal would have: the caller's shell sees 128 + n.
    pub(crate) fn die_of(signal: i32) -> ! {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        std::process::exit(128 + signal)
    }

    /// While a question hides what is typed, a signal must not leave the terminal mute.
    pub(crate) struct RestoreTerminal {
        handle: Option<Handle>,
    }

    impl RestoreTerminal {
        pub(crate) fn arm() -> RestoreTerminal {
            let Ok(before) = tcgetattr(io::stdin()) else { return RestoreTerminal { handle: None } };
            let Ok(mut signals) = Signals::new([SIGINT, SIGTERM, SIGHUP]) else {
                return RestoreTerminal { handle: None };
            };
            let handle = signals.handle();
            std::thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    restore(&before);
                    die_of(signal);
                }
            });
            RestoreTerminal { handle: Some(handle) }
        }
    }

    impl Drop for RestoreTerminal {
        fn drop(&mut self) {
            if let Some(handle) = &self.handle {
                handle.close();
            }
        }
    }

    fn restore(before: &Termios) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        let _ = console::Term::stderr().show_cursor();
    }
}

#[cfg(unix)]
pub(crate) use unix::{RestoreTerminal, die_of, interrupted, survive_full_disks};

#[cfg(not(unix))]
mod other {
    pub(crate) fn survive_full_disks() {}

    pub(crate) async fn interrupted() -> i32 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => 2,
            Err(_) => std::future::pending().await,
        }
    }

    pub(crate) fn die_of(signal: i32) -> ! {
        std::process::exit(128 + signal)
    }

    /// The console restores itself on this system.
    pub(crate) struct RestoreTerminal;

    impl RestoreTerminal {
        pub(crate) fn arm() -> RestoreTerminal {
            RestoreTerminal
        }
    }
}

#[cfg(not(unix))]
pub(crate) use other::{RestoreTerminal, die_of, interrupted, survive_full_disks};

//! What a signal does to us: end with 128 + its number, the terminal as it was, nothing half done.

use std::sync::atomic::{AtomicBool, AtomicUsize};
use std::sync::{Arc, LazyLock};

/// Whether a signal ends us in its handler.
pub(super) static ENDS: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);
/// The one that came; 0: none.
pub(super) static CAME: LazyLock<Arc<AtomicUsize>> = LazyLock::new(Arc::default);

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
    use std::sync::{Arc, LazyLock};

    use nix::sys::termios::{SetArg, Termios, tcgetattr, tcsetattr};
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
    use signal_hook::iterator::{Handle, Signals};

    use super::{CAME, ENDS};

    /// A file-size limit must end in an error that can be reported, not in a killed process.
    pub(crate) fn survive_full_disks() {
        let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
    }

    /// The signals that ask us to end, taken over; not those that whoever started us wants ignored (`nohup`, `&` in a script).
    static OURS: LazyLock<Vec<i32>> = LazyLock::new(|| {
        let ignored = ignored();
        let ours: Vec<i32> =
            [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|n| ignored >> (n - 1) & 1 == 0).collect();
        for number in &ours {
            let name = usize::try_from(*number).unwrap_or(0);
            let _ = signal_hook::flag::register_usize(*number, Arc::clone(&CAME), name);
            let _ = signal_hook::flag::register_conditional_default(*number, Arc::clone(&ENDS));
        }
        ours
    });

    /// A bit for each signal. Only Linux tells it without `unsafe`.
    fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }

    /// From now on the gate decides what a signal does.
    pub(crate) fn take_signals_over() {
        LazyLock::force(&OURS);
    }

    /// Resolves with the signal's number when the person or the system asks us to end.
    pub(crate) async fn interrupted() -> i32 {
        tokio::select! {
            biased;
            number = arrives(SIGINT) => number,
            number = arrives(SIGTERM) => number,
            number = arrives(SIGHUP) => number,
            number = came_before() => number,
        }
    }

    async fn arrives(number: i32) -> i32 {
        use tokio::signal::unix::{SignalKind, signal};
        let kind = SignalKind::from_raw(number);
        let stream = OURS.contains(&number).then(|| signal(kind).ok()).flatten();
        if let Some(mut stream) = stream
            && stream.recv().await.is_some()
        {
            return number;
        }
        std::future::pending().await
    }

    /// What came before the others listened.
    async fn came_before() -> i32 {
        match i32::try_from(CAME.load(SeqCst)) {
            Ok(number @ 1..) => number,
            _ => std::future::pending().await,
        }
    }

    /// Ends the process as the signal would have: the caller's shell sees 128 + n.
    pub(crate) fn die_of(signal: i32) -> ! {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        std::process::exit(128 + signal)
    }

    /// While a question hides what is typed, neither a signal nor a question that is given up may leave the terminal mute.
    pub(crate) struct RestoreTerminal(Option<(Termios, Handle)>);

    impl RestoreTerminal {
        pub(crate) fn arm() -> RestoreTerminal {
            let (Ok(before), Ok(mut signals)) = (tcgetattr(io::stdin()), Signals::new(OURS.iter())) else {
                return RestoreTerminal(None);
            };
            let (handle, after) = (signals.handle(), before.clone());
            std::thread::spawn(move || {
                if let Some(signal) = signals.forever().next() {
                    restore(&before);
                    die_of(signal);
                }
            });
            RestoreTerminal(Some((after, handle)))
        }
    }

    impl Drop for RestoreTerminal {
        fn drop(&mut self) {
            if let Some((before, handle)) = &self.0 {
                handle.close();
                restore(before);
            }
        }
    }

    fn restore(before: &Termios) {
        let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
        let _ = console::Term::stderr().show_cursor();
    }
}

#[cfg(unix)]
pub(crate) use unix::{RestoreTerminal, die_of, interrupted, survive_full_disks, take_signals_over};

#[cfg(not(unix))]
mod other {
    pub(crate) fn survive_full_disks() {}

    /// Ctrl-C is all there is, and who waits for it hears it.
    pub(crate) fn take_signals_over() {}

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
pub(crate) use other::{RestoreTerminal, die_of, interrupted, survive_full_disks, take_signals_over};

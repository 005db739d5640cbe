//! What a signal that asks us to end meets at this moment: it ends us at once, in its handler; or somebody waits for it;
//! or something is under way that must not be torn apart.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, LazyLock};

use super::signals::{die_of, take_signals_over};

#[derive(Default)]
pub(super) struct Gate {
    unbreakable: AtomicUsize,
    heard: AtomicUsize,
    blocked: AtomicUsize,
    /// What the handler looks at.
    pub(super) ends: Arc<AtomicBool>,
    /// The signal that came; 0: none.
    pub(super) came: Arc<AtomicUsize>,
}

pub(super) static GATE: LazyLock<Gate> = LazyLock::new(Gate::default);

/// One reason, for as long as it lives.
pub(crate) struct Held(&'static AtomicUsize);

/// Until it is dropped, a signal waits.
pub(crate) fn unbreakable() -> Held {
    hold(&GATE.unbreakable)
}

/// The same for one of several: once a signal has come, this waits for the end of the process.
pub(crate) async fn begin() -> Held {
    if GATE.came.load(SeqCst) != 0 {
        std::future::pending::<()>().await;
    }
    unbreakable()
}

pub(crate) fn is_unbreakable() -> bool {
    GATE.unbreakable.load(SeqCst) > 0
}

/// Somebody waits for the signal, and ends us in order. From here on the gate decides what a signal does.
pub(crate) fn heard() -> Held {
    let held = hold(&GATE.heard);
    take_signals_over();
    held
}

/// We wait for others, a reader or a program, and cannot hear a signal meanwhile.
pub(crate) fn blocked() -> Held {
    hold(&GATE.blocked)
}

fn hold(reason: &'static AtomicUsize) -> Held {
    reason.fetch_add(1, SeqCst);
    settle();
    Held(reason)
}

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, SeqCst);
        settle();
    }
}

fn settle() {
    let is_heard = GATE.heard.load(SeqCst) > 0 && GATE.blocked.load(SeqCst) == 0;
    let ends = !is_unbreakable() && !is_heard;
    GATE.ends.store(ends, SeqCst);
    // It may have come while it had to wait, or a moment ago.
    let came = i32::try_from(GATE.came.load(SeqCst)).unwrap_or(0);
    if ends && came != 0 {
        die_of(came);
    }
}

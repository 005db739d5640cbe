//! What a signal that asks us to end meets at this moment: it ends us at once, in its handler; or somebody waits for it;
//! or something is under way that must not be torn apart.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::signals::{CAME, ENDS, die_of, take_signals_over};

static UNBREAKABLE: AtomicUsize = AtomicUsize::new(0);
static HEARD: AtomicUsize = AtomicUsize::new(0);
static BLOCKED: AtomicUsize = AtomicUsize::new(0);

/// One reason, for as long as it lives.
pub(crate) struct Held(&'static AtomicUsize);

/// Until it is dropped, a signal waits.
pub(crate) fn unbreakable() -> Held {
    hold(&UNBREAKABLE)
}

/// The same for one of several: once a signal has come, this waits for the end of the process.
pub(crate) async fn begin() -> Held {
    if CAME.load(SeqCst) != 0 {
        std::future::pending::<()>().await;
    }
    unbreakable()
}

pub(crate) fn is_unbreakable() -> bool {
    UNBREAKABLE.load(SeqCst) > 0
}

/// Somebody waits for the signal, and ends us in order. From here on the gate decides what a signal does.
pub(crate) fn heard() -> Held {
    let held = hold(&HEARD);
    take_signals_over();
    held
}

/// We wait for others, a reader or a program, and cannot hear a signal meanwhile.
pub(crate) fn blocked() -> Held {
    hold(&BLOCKED)
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
    let is_heard = HEARD.load(SeqCst) > 0 && BLOCKED.load(SeqCst) == 0;
    let ends = !is_unbreakable() && !is_heard;
    ENDS.store(ends, SeqCst);
    // It may have come while it had to wait, or a moment ago.
    let came = i32::try_from(CAME.load(SeqCst)).unwrap_or(0);
    if ends && came != 0 {
        die_of(came);
    }
}

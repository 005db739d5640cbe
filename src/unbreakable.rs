//! What a signal must not tear apart: it waits until nobody holds it, and whoever would begin anew then never does.

use std::cell::Cell;

#[derive(Default)]
pub(crate) struct Unbreakable {
    held: Cell<u32>,
    ending: Cell<bool>,
}

impl Unbreakable {
    /// Until the guard is dropped, a signal waits.
    pub(crate) fn hold(&self) -> Held<'_> {
        self.held.set(self.held.get() + 1);
        Held(&self.held)
    }

    /// The same for one of several: once a signal has come, this waits for the end of the process.
    pub(crate) async fn begin(&self) -> Held<'_> {
        if self.ending.get() {
            std::future::pending::<()>().await;
        }
        self.hold()
    }

    /// A signal has come.
    pub(crate) fn end(&self) {
        self.ending.set(true);
    }

    pub(crate) fn is_held(&self) -> bool {
        self.held.get() > 0
    }
}

pub(crate) struct Held<'a>(&'a Cell<u32>);

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[test]
    fn what_is_held_is_finished_and_nothing_is_begun_after_a_signal() {
        let unbreakable = Unbreakable::default();
        let first = unbreakable.begin().now_or_never().unwrap();
        let second = unbreakable.hold();
        drop(first);
        assert!(unbreakable.is_held());
        unbreakable.end();
        assert!(unbreakable.begin().now_or_never().is_none());
        drop(second);
        assert!(!unbreakable.is_held());
    }
}

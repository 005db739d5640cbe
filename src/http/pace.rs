//! Asking no faster than a provider allows: whoever shares a client takes turns, and one who is told to wait makes all
//! wait. Cheaper for both sides than being refused.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

#[derive(Default)]
pub(super) struct Pace {
    lanes: RefCell<BTreeMap<String, Lane>>,
}

#[derive(Clone, Copy)]
struct Lane {
    /// The next turn that nobody has taken yet.
    next: Instant,
    /// The provider asked all of us to wait.
    held: Instant,
}

impl Pace {
    /// Returns when the next request to `whom` may be sent. The first one always may.
    pub(super) async fn turn(&self, whom: &str, gap: Duration) {
        loop {
            let wait = self.take(whom, gap, Instant::now());
            if wait.is_zero() {
                return;
            }
            tokio::time::sleep(wait).await;
            // Somebody may have been told to wait meanwhile: then this turn was worth nothing.
            if !self.is_held(whom, Instant::now()) {
                return;
            }
        }
    }

    /// Takes the next turn; how long it is until then.
    fn take(&self, whom: &str, gap: Duration, now: Instant) -> Duration {
        let mut lanes = self.lanes.borrow_mut();
        if gap.is_zero() && !lanes.contains_key(whom) {
            return Duration::ZERO;
        }
        let lane = lanes.entry(whom.to_owned()).or_insert(Lane { next: now, held: now });
        let turn = now.max(lane.next).max(lane.held);
        lane.next = turn + gap;
        turn.saturating_duration_since(now)
    }

    /// Nobody asks `whom` before this time.
    pub(super) fn hold(&self, whom: &str, until: Instant) {
        let mut lanes = self.lanes.borrow_mut();
        let lane = lanes.entry(whom.to_owned()).or_insert(Lane { next: until, held: until });
        lane.held = lane.held.max(until);
    }

    fn is_held(&self, whom: &str, now: Instant) -> bool {
        self.lanes.borrow().get(whom).is_some_and(|lane| lane.held > now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GAP: Duration = Duration::from_millis(500);

    #[test]
    fn turns_are_a_gap_apart_and_only_within_one_provider() {
        let (pace, now) = (Pace::default(), Instant::now());
        let waits: Vec<Duration> = (0..4).map(|_| pace.take("x", GAP, now)).collect();
        assert_eq!(waits, [Duration::ZERO, GAP, GAP * 2, GAP * 3]);
        assert_eq!(pace.take("y", GAP, now), Duration::ZERO);
        assert_eq!(pace.take("x", GAP, now + GAP * 9), Duration::ZERO, "nobody was waiting any more");
        assert_eq!(pace.take("x", GAP, now + GAP * 9), GAP, "time that passed is not saved up");
    }

    #[test]
    fn who_has_no_rate_never_waits() {
        let (pace, now) = (Pace::default(), Instant::now());
        assert!((0..1_000).all(|_| pace.take("x", Duration::ZERO, now).is_zero()));
    }

    #[test]
    fn one_who_is_told_to_wait_makes_all_wait() {
        let (pace, now) = (Pace::default(), Instant::now());
        pace.take("x", GAP, now);
        pace.take("x", GAP, now);
        pace.hold("x", now + GAP * 10);
        assert!(pace.is_held("x", now + GAP), "the second turn is worth nothing now");
        assert_eq!(pace.take("x", GAP, now + GAP), GAP * 9);
        assert_eq!(pace.take("x", GAP, now + GAP), GAP * 10);
        assert!(!pace.is_held("x", now + GAP * 10));
        pace.hold("x", now);
        assert!(pace.is_held("x", now + GAP * 9), "a shorter wait does not end a longer one");
        pace.hold("y", now + GAP);
        assert_eq!(pace.take("y", Duration::ZERO, now), GAP, "also where there is no rate");
        assert_eq!(pace.take("y", Duration::ZERO, now + GAP), Duration::ZERO);
    }
}

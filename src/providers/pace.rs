//! Asking no faster than a provider allows, within one run: cheaper for both sides than being told to wait.

use std::time::{Duration, Instant};

use super::Provider;

pub(crate) struct Pace {
    gap: Duration,
    next: Option<Instant>,
}

impl Pace {
    pub(crate) fn of(provider: &Provider) -> Pace {
        let per_second =
            provider.rate.as_ref().and_then(|rate| rate.per_second).filter(|n| n.is_finite() && *n > 0.0);
        let gap = per_second.map_or(Duration::ZERO, |n| Duration::from_secs_f64((1.0 / n).min(60.0)));
        Pace { gap, next: None }
    }

    /// Returns when the next request may be sent. The first one always may.
    pub(crate) async fn turn(&mut self) {
        tokio::time::sleep(self.claim()).await;
    }

    /// Takes the next turn and says how long it is until then: for several who share a pace.
    pub(crate) fn claim(&mut self) -> Duration {
        let now = Instant::now();
        let turn = self.next.map_or(now, |next| next.max(now));
        self.next = Some(turn + self.gap);
        turn.saturating_duration_since(now)
    }
}

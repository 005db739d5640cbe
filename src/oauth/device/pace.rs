//! How often is asked: as the server wants it, and more calmly while it does not answer.

use std::time::Duration;

/// Seconds between two questions: what the server says, within these bounds.
const BOUNDS: std::ops::RangeInclusive<u64> = 1..=60;
const USUAL: u64 = 5;
/// What `slow_down` adds where the server does not say how slow (RFC 8628 §3.5).
const SLOWER: Duration = Duration::from_secs(5);

#[derive(Clone, Copy)]
pub(super) struct Pace {
    /// The server's.
    interval: Duration,
    /// Before the next question.
    pub(super) pause: Duration,
}

impl Pace {
    /// `asked`: seconds.
    pub(super) fn of(asked: Option<u64>) -> Pace {
        Pace::every(seconds(asked.unwrap_or(USUAL)))
    }

    pub(super) fn every(interval: Duration) -> Pace {
        Pace { interval, pause: interval }
    }

    pub(super) fn seconds(self) -> u64 {
        self.interval.as_secs()
    }

    /// What the server wants from now on, or so much more; never faster than before.
    pub(super) fn slow_down(&mut self, asked: Option<u64>) {
        let slower = asked.map_or(self.interval + SLOWER, |asked| seconds(asked).max(self.interval));
        *self = Pace::every(slower);
    }

    pub(super) fn unanswered(&mut self) {
        self.pause = (self.pause * 2).min(Duration::from_secs(*BOUNDS.end()));
    }

    /// What was added for its silence is over with it.
    pub(super) fn answered(&mut self) {
        self.pause = self.interval;
    }
}

fn seconds(asked: u64) -> Duration {
    Duration::from_secs(asked.clamp(*BOUNDS.start(), *BOUNDS.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_is_what_was_asked_for_within_bounds() {
        for (asked, expected) in
            [(None, 5), (Some(0), 1), (Some(1), 1), (Some(7), 7), (Some(60), 60), (Some(61), 60)]
        {
            assert_eq!(Pace::of(asked).pause.as_secs(), expected, "{asked:?}");
        }
        let slower = |interval: u64, asked| {
            let mut pace = Pace::of(Some(interval));
            pace.slow_down(asked);
            (pace.pause.as_secs(), pace.seconds())
        };
        assert_eq!([slower(5, None), slower(5, Some(9)), slower(9, Some(5))], [(10, 10), (9, 9), (9, 9)]);
        assert_eq!(slower(5, Some(900)), (60, 60));
    }

    #[test]
    fn silence_is_met_with_patience_until_an_answer_comes() {
        let mut pace = Pace::of(Some(10));
        let unanswered = |pace: &mut Pace| {
            pace.unanswered();
            pace.pause.as_secs()
        };
        assert_eq!([(); 4].map(|()| unanswered(&mut pace)), [20, 40, 60, 60]);
        pace.answered();
        assert_eq!(pace.pause.as_secs(), 10);
        pace.unanswered();
        pace.slow_down(None);
        assert_eq!((pace.pause.as_secs(), pace.seconds()), (15, 15), "5 s more than the server's own");
    }
}

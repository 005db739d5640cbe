//! Which part of time a mirror holds.

use crate::index::{Calendar, Span};

const DAY: i64 = 86_400;

/// What a person wants to see at any moment (seconds before and after it).
#[derive(Clone, Copy, Debug)]
pub(super) struct Reach {
    pub past: i64,
    pub future: i64,
}

impl Reach {
    /// What a full pass asks for: a month more ahead than is wanted, so that changes do for as long. Whole days, so that
    /// two passes of a day ask for the same.
    pub(super) fn ask(&self, now: i64) -> Span {
        let slack = (self.future / 12).clamp(DAY, 31 * DAY);
        Span {
            from: now.saturating_sub(self.past).div_euclid(DAY).saturating_mul(DAY),
            to: now.saturating_add(self.future).saturating_add(slack).div_euclid(DAY).saturating_mul(DAY),
        }
    }

    /// The window in which changes are enough; `None`: time has gone on, or more is wanted than there is.
    pub(super) fn covered(&self, calendar: &Calendar, now: i64) -> Option<Span> {
        let (from, to) = calendar.window?;
        let from_wanted = now.saturating_sub(self.past).div_euclid(DAY).saturating_mul(DAY);
        (from <= from_wanted && to >= now.saturating_add(self.future)).then_some(Span { from, to })
    }
}

/// Whether an event would be seen in it. Whole days are where the person is: up to 14 hours before and 12 after UTC.
pub(super) fn holds(window: Span, start: i64, end: i64, all_day: bool) -> bool {
    let (early, late) = if all_day { (14 * 3_600, 12 * 3_600) } else { (0, 0) };
    start.saturating_sub(early) < window.to
        && (end.saturating_add(late) > window.from || start >= window.from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_passes_before_everything_is_read_again() {
        let reach = Reach { past: 30 * DAY, future: 365 * DAY };
        let now = 20_000 * DAY + 5_000;
        let asked = reach.ask(now);
        let calendar = |window| Calendar { window, ..Calendar::default() };
        let mirrored = calendar(Some((asked.from, asked.to)));
        assert!(
            reach.covered(&mirrored, now).is_some() && reach.covered(&mirrored, now + 29 * DAY).is_some()
        );
        assert!(reach.covered(&mirrored, now + 31 * DAY).is_none());
        let wider = Reach { past: 400 * DAY, ..reach };
        assert!(wider.covered(&mirrored, now).is_none() && reach.covered(&calendar(None), now).is_none());
        let narrower = Reach { past: DAY, future: DAY };
        assert!(narrower.covered(&mirrored, now).is_some());
    }

    #[test]
    fn what_is_asked_for_are_whole_days_and_a_month_more_ahead() {
        let now = 20_000 * DAY + 5_000;
        for (past, future, from, to) in [
            (30 * DAY, 365 * DAY, 19_970, 20_365 + 30),
            (30 * DAY + 5_000, 365 * DAY, 19_970, 20_365 + 30),
            (30 * DAY + 5_001, 365 * DAY, 19_969, 20_365 + 30),
            // No less than a day, and no more than 31.
            (0, DAY, 20_000, 20_001 + 1),
            (0, 12 * DAY, 20_000, 20_012 + 1),
            (0, 24 * DAY, 20_000, 20_024 + 2),
            (0, 1_000 * DAY, 20_000, 21_000 + 31),
        ] {
            let asked = Reach { past, future }.ask(now);
            assert_eq!((asked.from, asked.to), (from * DAY, to * DAY), "{past} {future}");
        }
        let all = Reach { past: i64::MAX, future: i64::MAX }.ask(now);
        assert!(all.from < -100_000 * DAY && all.to > 100_000 * DAY);
    }

    #[test]
    fn a_window_covers_what_is_wanted_to_the_second_ahead_and_to_the_day_back() {
        let (reach, now) = (Reach { past: 10 * DAY, future: 20 * DAY }, 1_000 * DAY + 50);
        for (from, to, is_enough) in [
            (990 * DAY, 1_020 * DAY + 50, true),
            (990 * DAY + 1, 1_020 * DAY + 50, false),
            (990 * DAY, 1_020 * DAY + 49, false),
            (0, i64::MAX, true),
        ] {
            let calendar = Calendar { window: Some((from, to)), ..Calendar::default() };
            let covered = reach.covered(&calendar, now);
            assert_eq!(covered.map(|span| (span.from, span.to)), is_enough.then_some((from, to)));
        }
    }

    #[test]
    fn whole_days_are_seen_from_every_zone() {
        const HOUR: i64 = 3_600;
        let window = Span { from: 100 * DAY, to: 200 * DAY };
        for (start, end, seen) in [
            // It begins up to 14 hours before UTC's day does.
            (200 * DAY + 14 * HOUR - 1, 201 * DAY, true),
            (200 * DAY + 14 * HOUR, 201 * DAY, false),
            // It ends up to 12 hours after UTC's day does.
            (98 * DAY, 100 * DAY - 12 * HOUR + 1, true),
            (98 * DAY, 100 * DAY - 12 * HOUR, false),
            (150 * DAY, 151 * DAY, true),
        ] {
            assert_eq!(holds(window, start, end, true), seen, "{start} {end}");
            assert_eq!(holds(window, start, end, false), seen && start == 150 * DAY, "{start} {end}");
        }
    }

    #[test]
    fn ends_are_exclusive_and_moments_count() {
        let window = Span { from: 1_000, to: 2_000 };
        for (start, end, seen) in [
            (0, 1_000, false),
            (0, 1_001, true),
            (1_000, 1_000, true),
            (1_999, 3_000, true),
            (2_000, 2_000, false),
        ] {
            assert_eq!(holds(window, start, end, false), seen, "{start} {end}");
        }
    }
}

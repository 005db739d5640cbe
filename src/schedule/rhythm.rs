//! When the runs of a day begin: every so often, from a moment that differs between machines and stays the same on each,
//! so that not everybody asks a provider at the full hour.

use std::fmt;
use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

const MINUTE: u32 = 60;
const HOUR: u32 = 60 * MINUTE;
const DAY: u32 = 24 * HOUR;

/// Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    period: u32,
    /// Of the first run after midnight; less than a period.
    offset: u32,
}

/// Every scheduler can say these, and they are the same every day.
pub(crate) fn allowed_periods() -> &'static str {
    "1m, 2m, 3m, 4m, 5m, 6m, 10m, 12m, 15m, 20m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h or 1d"
}

impl Rhythm {
    /// `seed`: what tells this machine and this profile from others. `None`: no calendar has such a period.
    pub(crate) fn new(period: Duration, seed: &str) -> Option<Rhythm> {
        let period = u32::try_from(period.as_secs()).ok().filter(|period| is_allowed(*period))?;
        let hash = Sha256::digest(format!("integ schedule\n{seed}").as_bytes());
        let head = hash.iter().take(8).fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte));
        Some(Rhythm { period, offset: u32::try_from(head % u64::from(period)).unwrap_or(0) })
    }

    pub(crate) fn period(self) -> Duration {
        Duration::from_secs(self.period.into())
    }

    pub(super) fn second(self) -> u32 {
        self.offset % MINUTE
    }

    /// What a scheduler leaves to the job that knows no seconds.
    pub(crate) fn delay(self) -> Duration {
        Duration::from_secs(self.second().into())
    }

    /// The minutes of an hour at which it runs.
    pub(super) fn minutes(self) -> Vec<u32> {
        let first = self.offset % HOUR / MINUTE;
        let step = if self.period < HOUR { self.period / MINUTE } else { 60 };
        (first..60).step_by(step as usize).collect()
    }

    /// The hours of a day at which it runs; `None`: every hour.
    pub(super) fn hours(self) -> Option<Vec<u32>> {
        let step = self.period / HOUR;
        (step > 1).then(|| (self.offset / HOUR..24).step_by(step as usize).collect())
    }

    /// The first of a day.
    pub(super) fn first(self) -> Time {
        time_of_day(self.offset)
    }

    /// The next run (unix seconds), by the calendar of this time zone.
    pub(crate) fn next(self, now: i64, zone: &TimeZone) -> Option<i64> {
        let now = Timestamp::from_second(now).ok()?;
        let today = now.to_zoned(zone.clone()).date();
        (0..3).find_map(|days| {
            let date = today.checked_add(days.days()).ok()?;
            let of_day = (self.offset..DAY).step_by(self.period as usize);
            let mut moments = of_day.filter_map(|at| {
                let at = date.to_datetime(time_of_day(at)).to_zoned(zone.clone()).ok()?;
                (at.timestamp() > now).then(|| at.timestamp().as_second())
            });
            moments.next()
        })
    }

    /// Reads what `Display` wrote, anywhere in a text.
    pub(super) fn find(text: &str) -> Option<Rhythm> {
        let words = text.split(|c: char| c.is_whitespace() || c == '(').filter(|word| !word.is_empty());
        let mut words = words.skip_while(|word| *word != "every").skip(1);
        let (period, from, at) = (words.next()?, words.next()?, words.next()?);
        let period = crate::duration::parse(period).ok()?.as_secs();
        let period = u32::try_from(period).ok().filter(|period| is_allowed(*period) && from == "from")?;
        let mut parts = at.get(..8)?.split(':').map(|part| part.parse::<u32>().ok());
        let (h, m, s) = (parts.next()??, parts.next()??, parts.next()??);
        let offset = h.checked_mul(HOUR)?.checked_add(m.checked_mul(MINUTE)?)?.checked_add(s)?;
        (offset < period).then_some(Rhythm { period, offset })
    }
}

fn is_allowed(period: u32) -> bool {
    match period {
        ..MINUTE => false,
        MINUTE..HOUR => period.is_multiple_of(MINUTE) && HOUR.is_multiple_of(period),
        _ => period.is_multiple_of(HOUR) && DAY.is_multiple_of(period),
    }
}

fn time_of_day(seconds: u32) -> Time {
    let part = |value: u32| i8::try_from(value).unwrap_or(0);
    let parts = (part(seconds / HOUR), part(seconds % HOUR / MINUTE), part(seconds % MINUTE));
    Time::new(parts.0, parts.1, parts.2, 0).unwrap_or(Time::midnight())
}

impl Rhythm {
    /// `1h`, as it is typed.
    pub(crate) fn every(self) -> String {
        match self.period {
            DAY => "1d".to_owned(),
            period if period.is_multiple_of(HOUR) => format!("{}h", period / HOUR),
            period => format!("{}m", period / MINUTE),
        }
    }
}

impl fmt::Display for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "every {} from {}", self.every(), self.first().strftime("%H:%M:%S"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rhythm(text: &str) -> Rhythm {
        Rhythm::find(text).unwrap()
    }

    #[test]
    fn the_promised_periods_and_no_others() {
        let typed = |text: &str| crate::duration::parse(text).unwrap();
        for text in allowed_periods().replace(" or ", ", ").split(", ") {
            let rhythm = Rhythm::new(typed(text), "a").unwrap();
            assert_eq!(rhythm.every(), text);
            for within in [format!("integ, {rhythm}; more"), format!("begin ({rhythm})\n")] {
                assert_eq!(Rhythm::find(&within), Some(rhythm), "{within}");
            }
        }
        for text in ["0", "1", "30s", "59s", "90s", "7m", "45m", "61m", "90m", "5h", "7h", "25h", "2d"] {
            assert_eq!(Rhythm::new(typed(text), "a"), None, "{text}");
        }
    }

    #[test]
    fn machines_are_spread_over_the_period_and_each_stays_where_it_is() {
        let of = |seed: &str| Rhythm::new(Duration::from_secs(3600), seed).unwrap().offset;
        assert_eq!(of("machine one, profile default"), of("machine one, profile default"));
        let mut tenths = [0; 10];
        for machine in 0..1_000 {
            tenths[of(&format!("machine {machine}")) as usize / 360] += 1;
        }
        assert!(tenths.iter().all(|count| (60..140).contains(count)), "{tenths:?}");
    }

    #[test]
    fn the_calendar_of_each_period() {
        let hourly = rhythm("every 1h from 00:17:42");
        assert_eq!((hourly.minutes(), hourly.hours(), hourly.second()), (vec![17], None, 42));
        let quarters = rhythm("every 15m from 00:04:00");
        assert_eq!((quarters.minutes(), quarters.hours()), (vec![4, 19, 34, 49], None));
        let sixth = rhythm("every 6h from 05:59:59");
        assert_eq!((sixth.minutes(), sixth.hours()), (vec![59], Some(vec![5, 11, 17, 23])));
        let daily = rhythm("every 1d from 23:00:01");
        assert_eq!((daily.minutes(), daily.hours()), (vec![0], Some(vec![23])));
        assert_eq!(rhythm("every 1m from 00:00:59").minutes().len(), 60);
    }

    #[test]
    fn the_next_run_is_found_across_midnight_and_a_change_of_the_clocks() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap_or(TimeZone::UTC);
        let at = |text: &str| text.parse::<Timestamp>().unwrap().as_second();
        for (text, now, next) in [
            ("every 1h from 00:17:42", "2026-11-21T10:17:41Z", "2026-11-21T10:17:42Z"),
            ("every 1h from 00:17:42", "2026-11-21T10:17:42Z", "2026-11-21T11:17:42Z"),
            ("every 15m from 00:14:59", "2026-12-31T23:59:59Z", "2027-01-01T00:14:59Z"),
        ] {
            assert_eq!(rhythm(text).next(at(now), &TimeZone::UTC), Some(at(next)), "{text} {now}");
        }
        if berlin != TimeZone::UTC {
            let daily = rhythm("every 1d from 02:30:00");
            // 02:30 did not exist on 2026-03-29: it is run an hour later by the clock on the wall.
            assert_eq!(daily.next(at("2026-03-28T12:00:00Z"), &berlin), Some(at("2026-03-29T01:30:00Z")));
            assert_eq!(daily.next(at("2026-03-29T12:00:00Z"), &berlin), Some(at("2026-03-30T00:30:00Z")));
        }
    }

    #[test]
    fn what_was_changed_by_hand_is_not_guessed() {
        for text in [
            "",
            "every",
            "every 1h",
            "every 1h from",
            "every 7m from 00:01:00",
            "every 1h from 01:00:00",
            "every 1h at 00:01:00",
            "every 1h from 00:61:00",
            "every 1h from 99999999:1:1",
            "every 1h from ä:öü:ßé",
        ] {
            assert_eq!(Rhythm::find(text), None, "{text}");
        }
    }
}

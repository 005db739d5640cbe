//! How much time, as a person types it: a length (`45m`, `1h30`, `1.5h`) or from when to when (`14:00-14:45`).

use jiff::ToSpan;
use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

/// Longer is a typing mistake.
const LONGEST: i64 = 7 * 86_400;

/// A range that ends before it starts goes past midnight, unless it would be longer than this.
const NIGHT: i64 = 12 * 3_600;

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Amount {
    /// Seconds.
    Length(i64),
    /// An end of 24:00 is midnight, as is one of 0:00.
    Range(Time, Time),
}

impl std::str::FromStr for Amount {
    type Err = String;

    fn from_str(text: &str) -> Result<Amount, String> {
        match text.split_once(['-', '–']) {
            Some((from, to)) if !from.is_empty() => {
                let to = if matches!(to.trim(), "24:00" | "24") { "0:00" } else { to };
                Ok(Amount::Range(clock_time(from.trim())?, clock_time(to.trim())?))
            }
            _ => length(text).map(Amount::Length),
        }
    }
}

/// `45m`, `1h`, `1h30`, `1h30m`, `1.5h` (or `1,5h`), in seconds.
fn length(text: &str) -> Result<i64, String> {
    let wrong =
        || format!("`{text}` is no length of time: use 45m, 1h30, 1.5h, or a range such as 14:00-14:45");
    let lower = text.trim().to_lowercase().replace(',', ".");
    let seconds = match lower.split_once('h') {
        Some((hours, "")) => decimal(hours).map(|hours| hours * 3_600.0),
        Some((hours, minutes)) => {
            let minutes =
                whole(minutes.strip_suffix('m').unwrap_or(minutes)).filter(|minutes| *minutes < 60.0);
            whole(hours).zip(minutes).map(|(hours, minutes)| hours * 3_600.0 + minutes * 60.0)
        }
        None => lower
            .strip_suffix("min")
            .or_else(|| lower.strip_suffix('m'))
            .and_then(decimal)
            .map(|minutes| minutes * 60.0),
    };
    let seconds = seconds.ok_or_else(wrong)?.round();
    if seconds < 1.0 || seconds > LONGEST as f64 {
        return Err(format!("`{text}` is out of range: a second to 7 days"));
    }
    Ok(seconds as i64)
}

fn whole(digits: &str) -> Option<f64> {
    let is_number = (1..=4).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|_| is_number)
}

fn decimal(text: &str) -> Option<f64> {
    match text.split_once('.') {
        Some((before, after)) => {
            whole(if before.is_empty() { "0" } else { before }).zip(whole(after))?;
            text.parse().ok()
        }
        None => whole(text),
    }
}

/// A time of day: `14:00`, `9:05`, `9`.
pub(crate) fn clock_time(text: &str) -> Result<Time, String> {
    let wrong = || format!("`{text}` is no time of day: use 14:00");
    let (hour, minute) = text.split_once(':').unwrap_or((text, "00"));
    let number = |digits: &str| {
        let sound = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse::<i8>().ok().filter(|_| sound)
    };
    let minute = number(minute).filter(|_| minute.len() == 2).ok_or_else(wrong)?;
    Time::new(number(hour).ok_or_else(wrong)?, minute, 0, 0).map_err(|_| wrong())
}

impl Amount {
    /// From and up to (unix seconds). `at` starts a length; without it only the day is known.
    pub(crate) fn place(
        self,
        day: Date,
        at: Option<Time>,
        zone: &TimeZone,
    ) -> Result<Option<(i64, i64)>, String> {
        match (self, at) {
            (Amount::Length(_), None) => Ok(None),
            (Amount::Length(seconds), Some(at)) => {
                let start = instant(day, at, zone)?;
                Ok(Some((start, start.saturating_add(seconds))))
            }
            (Amount::Range(..), Some(_)) => Err("a range says itself when it starts".to_owned()),
            (Amount::Range(from, to), None) => {
                let start = instant(day, from, zone)?;
                if from == to {
                    return Err("it ends when it starts".to_owned());
                }
                if to > from {
                    // Between two readings of a clock that was set back, the second one may come first.
                    let end = instant(day, to, zone)?;
                    return if end > start { Ok(Some((start, end))) } else { Err(early(from, to)) };
                }
                let next = day.checked_add(1.day()).map_err(|_| early(from, to))?;
                let end = instant(next, to, zone)?;
                if end - start > NIGHT { Err(early(from, to)) } else { Ok(Some((start, end))) }
            }
        }
    }
}

fn early(from: Time, to: Time) -> String {
    format!("{} is before {}", to.strftime("%H:%M"), from.strftime("%H:%M"))
}

/// Where the clock was set back, the first of the two; a time that the clock left out is refused.
fn instant(day: Date, time: Time, zone: &TimeZone) -> Result<i64, String> {
    let at = day.to_datetime(time);
    let ambiguous = zone.to_ambiguous_timestamp(at);
    if matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. }) {
        return Err(format!("{} did not exist on {day}: the clock was set forward", time.strftime("%H:%M")));
    }
    ambiguous.compatible().map(|at| at.as_second()).map_err(|cause| cause.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_people_write_them() {
        for (text, minutes) in [
            ("45m", 45),
            ("90min", 90),
            ("1h", 60),
            ("1h30", 90),
            ("1h30m", 90),
            ("1H05", 65),
            ("1.5h", 90),
            ("1,25h", 75),
            (".5h", 30),
            ("0h20m", 20),
            ("24h", 1_440),
        ] {
            assert_eq!(text.parse(), Ok(Amount::Length(minutes * 60)), "{text}");
        }
        for bad in [
            "", "45", "h", "m", "1h60", "1.5h30", "-1h", "1h-", "0m", "0.0h", "1d", "9999h", "1e3h", "infh",
            "1:30", "٤m", "1..5h",
        ] {
            assert!(bad.parse::<Amount>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ranges_count_the_time_that_passed() {
        let zone = TimeZone::get("Europe/Berlin").unwrap();
        let hours = |day: &str, text: &str| {
            let amount: Amount = text.parse().unwrap();
            let (start, end) = amount.place(day.parse().unwrap(), None, &zone)?.unwrap();
            Ok::<_, String>((end - start) as f64 / 3_600.0)
        };
        assert_eq!(hours("2026-11-21", "14:00-14:45"), Ok(0.75));
        assert_eq!(hours("2026-11-21", "9–10:30"), Ok(1.5));
        assert_eq!(hours("2026-11-21", "22:00-02:00"), Ok(4.0));
        assert_eq!(hours("2026-11-21", "22-24:00"), Ok(2.0));
        // The night the clock was set forward, and the one it was set back.
        assert_eq!(hours("2026-03-29", "1:30-3:30"), Ok(1.0));
        assert_eq!(hours("2026-10-25", "1:30-3:30"), Ok(3.0));
        assert_eq!(hours("2026-10-24", "22:00-6:00"), Ok(9.0));
        assert!(hours("2026-03-29", "2:30-4:00").unwrap_err().contains("did not exist"));
        for bad in ["14:45-14:00", "14:00-14:00"] {
            assert!(hours("2026-11-21", bad).is_err(), "{bad}");
        }
        for bad in ["14:00-", "14:0-15:00", "25:00-26:00", "14:60-15:00", "a-b", "+1:00-2:00"] {
            assert!(bad.parse::<Amount>().is_err(), "{bad}");
        }
    }
}

//! Days and times as a person types them, and the stretch of time that two of them make. Nothing here fails on a day
//! that is short, long, or did not exist: a day begins at its first moment, and one without any is empty.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, ToSpan as _, Zoned};

/// A day in some zone, or an instant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Moment {
    Day(Date),
    At(Timestamp),
}

/// From, and up to but not including.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Stretch {
    pub from: Timestamp,
    pub to: Timestamp,
}

pub(crate) const ACCEPTED: &str = "a date (2026-11-25), a time (14:00, 2026-11-25T14:00), today, tomorrow, yesterday, now, a weekday, a day and a time (friday 14:00, tomorrow 9am), +3d or -1w";

impl Moment {
    /// `since`: the day from which a weekday is looked for.
    pub(crate) fn parse(text: &str, now: &Zoned, since: Date) -> Result<Moment, String> {
        let word = text.trim().to_ascii_lowercase();
        let today = now.date();
        let wrong = || format!("`{text}` is no time: use {ACCEPTED}");
        let day = match word.as_str() {
            "now" => return Ok(Moment::At(now.timestamp())),
            "today" => Ok(today),
            "tomorrow" => today.tomorrow(),
            "yesterday" => today.yesterday(),
            _ => match (weekday(&word), relative(&word)) {
                (Some(weekday), _) => since.yesterday().and_then(|day| day.nth_weekday(1, weekday)),
                (None, Some(Relative::Days(span))) => today.checked_add(span),
                (None, Some(Relative::Time(length))) => {
                    return now.timestamp().checked_add(length).map(Moment::At).map_err(|_| wrong());
                }
                (None, None) => {
                    let found = written(text.trim(), now).or_else(|| day_and_time(&word, now, since));
                    return found.ok_or_else(wrong);
                }
            },
        };
        day.map(Moment::Day).map_err(|_| wrong())
    }

    pub(crate) fn begins(&self, zone: &TimeZone) -> Timestamp {
        match self {
            Moment::Day(day) => first_moment(*day, zone),
            Moment::At(instant) => *instant,
        }
    }

    /// A day ends with its last moment; an instant where it is.
    pub(crate) fn ends(&self, zone: &TimeZone) -> Timestamp {
        match self {
            Moment::Day(day) => day.tomorrow().map_or(Timestamp::MAX, |next| first_moment(next, zone)),
            Moment::At(instant) => *instant,
        }
    }

    pub(crate) fn day(&self, zone: &TimeZone) -> Date {
        match self {
            Moment::Day(day) => *day,
            Moment::At(instant) => zone.to_datetime(*instant).date(),
        }
    }
}

impl Stretch {
    /// What `--from`, `--to` and `--week` mean together: without an end it is seven days, without a beginning it begins
    /// today, without both it is today.
    pub(crate) fn asked(
        from: Option<&str>,
        to: Option<&str>,
        is_week: bool,
        now: &Zoned,
    ) -> Result<Stretch, String> {
        let zone = now.time_zone();
        let is_week = is_week || from.is_some();
        let from = match from {
            Some(text) => Moment::parse(text, now, now.date())?,
            None => Moment::Day(now.date()),
        };
        let first = from.day(zone);
        let to = match to {
            Some(text) => Moment::parse(text, now, first)?,
            None => Moment::Day(first.saturating_add(if is_week { 6 } else { 0 }.days())),
        };
        let stretch = Stretch { from: from.begins(zone), to: to.ends(zone) };
        let is_backwards = match (&from, &to) {
            (Moment::Day(from), Moment::Day(to)) => to < from,
            _ => stretch.to < stretch.from,
        };
        match is_backwards {
            true => Err("this ends before it begins".to_owned()),
            false => Ok(stretch),
        }
    }

    /// From so long ago to so far ahead, by whole days.
    pub(crate) fn around(now: &Zoned, past: i64, future: i64) -> Stretch {
        let day = |days: i64| {
            let span = Span::new().try_days(days).unwrap_or_default();
            now.date().saturating_add(span)
        };
        let zone = now.time_zone();
        Stretch { from: Moment::Day(day(-past)).begins(zone), to: Moment::Day(day(future)).ends(zone) }
    }

    /// The first and the last day that it touches.
    pub(crate) fn days(&self, zone: &TimeZone) -> (Date, Date) {
        let last = self.to.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(self.to).max(self.from);
        (zone.to_datetime(self.from).date(), zone.to_datetime(last).date())
    }

    /// Whether something that lasts from `start` to `end` is in it; what lasts no time is where it begins.
    pub(crate) fn touches(&self, start: Timestamp, end: Timestamp) -> bool {
        // The last day of all has no moment after it.
        (start < self.to || self.to == Timestamp::MAX) && (end > self.from || start >= self.from)
    }
}

/// Midnight, or the first moment after it where the clocks skip it.
pub(crate) fn first_moment(day: Date, zone: &TimeZone) -> Timestamp {
    let midnight = day.to_datetime(Time::midnight());
    let edge = if day.year() > 0 { Timestamp::MAX } else { Timestamp::MIN };
    zone.to_ambiguous_timestamp(midnight).compatible().unwrap_or(edge)
}

/// `friday 14:00`, `tomorrow 9am`
fn day_and_time(word: &str, now: &Zoned, since: Date) -> Option<Moment> {
    let (day, time) = word.split_once(' ')?;
    let Ok(Moment::Day(day)) = Moment::parse(day, now, since) else { return None };
    let at = day.to_datetime(clock(time.trim())?);
    now.time_zone().to_ambiguous_timestamp(at).compatible().ok().map(Moment::At)
}

/// `14:00`, `9am`, `9:30pm`
fn clock(text: &str) -> Option<Time> {
    let half = ["am", "pm"].into_iter().find_map(|half| Some((text.strip_suffix(half)?, half == "pm")));
    let (hour, minute) = match half {
        Some((digits, _)) => digits.split_once(':').unwrap_or((digits, "00")),
        None => text.split_once(':')?,
    };
    let number = |digits: &str| digits.parse::<i8>().ok().filter(|_| digits.len() <= 2);
    let hour = match (number(hour)?, half) {
        (hour, None) => hour,
        (hour @ 1..=12, Some((_, is_pm))) => hour % 12 + if is_pm { 12 } else { 0 },
        _ => return None,
    };
    Time::new(hour, number(minute)?, 0, 0).ok()
}

/// From three letters on: `tue`, `tues`.
fn weekday(word: &str) -> Option<Weekday> {
    const NAMES: [(&str, Weekday); 7] = [
        ("monday", Weekday::Monday),
        ("tuesday", Weekday::Tuesday),
        ("wednesday", Weekday::Wednesday),
        ("thursday", Weekday::Thursday),
        ("friday", Weekday::Friday),
        ("saturday", Weekday::Saturday),
        ("sunday", Weekday::Sunday),
    ];
    NAMES.into_iter().find(|(name, _)| word.len() >= 3 && name.starts_with(word)).map(|(_, day)| day)
}

enum Relative {
    Days(Span),
    Time(SignedDuration),
}

/// `+3d`, `-2w`, `+90m`, `-2h`.
fn relative(word: &str) -> Option<Relative> {
    let sign = match word.chars().next()? {
        '+' => 1,
        '-' => -1,
        _ => return None,
    };
    let digits = word.get(1..word.len().checked_sub(1)?)?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let count = digits.parse::<i64>().ok()?.checked_mul(sign)?;
    match word.chars().next_back()? {
        'd' => Span::new().try_days(count).ok().map(Relative::Days),
        'w' => Span::new().try_weeks(count).ok().map(Relative::Days),
        'h' => count.checked_mul(3_600).map(SignedDuration::from_secs).map(Relative::Time),
        'm' => count.checked_mul(60).map(SignedDuration::from_secs).map(Relative::Time),
        _ => None,
    }
}

/// ISO 8601: with an offset, of the clock here, or a date alone.
fn written(text: &str, now: &Zoned) -> Option<Moment> {
    let here = |at: DateTime| now.time_zone().to_ambiguous_timestamp(at).compatible().ok().map(Moment::At);
    if let Ok(zoned) = text.parse::<Zoned>() {
        return Some(Moment::At(zoned.timestamp()));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(Moment::At(instant));
    }
    if !text.contains(':') {
        return text.parse::<Date>().ok().filter(|_| !text.contains(['T', 't', ' '])).map(Moment::Day);
    }
    match text.parse::<DateTime>() {
        Ok(at) => here(at),
        Err(_) => {
            let padded = if text.find(':') == Some(1) { format!("0{text}") } else { text.to_owned() };
            let time: Time = padded.parse().ok()?;
            here(now.date().to_datetime(time))
        }
    }
}

#[cfg(test)]
mod tests;

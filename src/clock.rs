//! Wall-clock time: unix seconds inside, RFC 3339 outside.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since 1970. A clock before 1970 reads as 0, which makes every token look as if it came from
/// the future, and such tokens count as stale.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

pub(crate) fn rfc3339(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).map_or_else(|_| unix.to_string(), |t| t.to_string())
}

/// `2026-11-21 10:15` in the time zone of the machine.
pub(crate) fn local(unix: i64) -> String {
    jiff::Timestamp::from_second(unix).map_or_else(
        |_| unix.to_string(),
        |t| t.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// `10:15` where that is today, else as [`local`].
pub(crate) fn soon(unix: i64) -> String {
    let (at, today) = (local(unix), local(now()));
    match (at.split_once(' '), today.split_once(' ')) {
        (Some((day, time)), Some((today, _))) if day == today => time.to_owned(),
        _ => at,
    }
}

/// An RFC 3339 time or unix seconds, as imports give them.
pub(crate) fn parse(text: &str) -> Option<i64> {
    text.parse::<i64>().ok().or_else(|| text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_second))
}

/// An HTTP date (RFC 9110 §5.6.7), as `Retry-After` and `Date` carry it.
pub(crate) fn http_date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text).ok().map(|t| t.timestamp().as_second())
}

//! TE3, TE4: the provider is down, or asks for patience.

use std::time::SystemTime;

use super::super::wire::{self, Answer};
use super::{LATER, Mode, says};

fn limited(retry_after: &str) -> Answer {
    wire::http("429 Too Many Requests", &[("Retry-After", retry_after)], "slow down")
}

/// Two seconds of patience, as the provider's own clock counts them.
fn dated(_: &super::Facts) -> Answer {
    let (now, then) = (date(0), date(2));
    wire::http("429 Too Many Requests", &[("Date", &now), ("Retry-After", &then)], "slow down")
}

/// An HTTP date `ahead` seconds from now.
fn date(ahead: u64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_secs() + ahead;
    let (mut days, second) = (now / 86_400, now % 86_400);
    let weekday = DAYS[(days % 7) as usize];
    let leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let mut year = 1970;
    while days >= 365 + u64::from(leap(year)) {
        days -= 365 + u64::from(leap(year));
        year += 1;
    }
    let mut month = 0;
    let lengths = [31, 28 + u64::from(leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    while days >= lengths[month] {
        days -= lengths[month];
        month += 1;
    }
    let (hour, minute) = (second / 3600, second / 60 % 60);
    format!(
        "{weekday}, {:02} {} {year} {hour:02}:{minute:02}:{:02} GMT",
        days + 1,
        MONTHS[month],
        second % 60
    )
}

pub(crate) const MODES: &[Mode] = &[
    says("TE3", "http-500", |_| wire::http("500 Internal Server Error", &[], "oops"), LATER, LATER),
    says(
        "TE3",
        "http-502-html",
        |_| {
            wire::http(
                "502 Bad Gateway",
                &[("Content-Type", "text/html")],
                "<html><h1>Bad Gateway</h1></html>",
            )
        },
        LATER,
        LATER,
    ),
    says("TE3", "http-503", |_| wire::http("503 Service Unavailable", &[], ""), LATER, LATER),
    says(
        "TE3",
        "http-503-retry",
        |_| wire::http("503 Unavailable", &[("Retry-After", "1")], ""),
        LATER,
        LATER,
    ),
    says("TE3", "http-504", |_| wire::http("504 Gateway Timeout", &[], ""), LATER, LATER),
    says("TE3", "http-408", |_| wire::http("408 Request Timeout", &[], ""), LATER, LATER),
    says("TE4", "http-429-secs", |_| limited("1"), LATER, LATER),
    says("TE4", "http-429-date", |_| limited(&date(2)), LATER, LATER),
    says("TE4", "http-429-dated", dated, LATER, LATER),
    says("TE4", "http-429-later", |_| limited(&date(7200)), LATER, LATER),
    says("TE4", "http-429-huge", |_| limited("99999999999"), LATER, LATER),
    says("TE4", "http-429-bad", |_| limited("soon, I promise"), LATER, LATER),
    says("TE4", "http-429-none", |_| wire::http("429 Too Many Requests", &[], ""), LATER, LATER),
];

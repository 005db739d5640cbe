//! When a task is due, as people type it: the words of `calendar::span`, and the zone that a time was given with.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::calendar::span::Moment;
use crate::new_task::Due;

/// A time without a zone is one of the clock here.
pub(crate) fn parse(text: &str, now: &Zoned) -> Result<Due, String> {
    let zone_here = || now.time_zone().iana_name().map(str::to_owned);
    Ok(match Moment::parse(text, now, now.date())? {
        Moment::Day(day) => Due::Day(day),
        Moment::At(at) => {
            let zone = match text.trim().parse::<Zoned>() {
                Ok(zoned) => zoned.time_zone().iana_name().map(str::to_owned),
                Err(_) => zone_here(),
            };
            Due::At { at, zone }
        }
    })
}

/// The clock here.
pub(crate) fn now() -> Zoned {
    jiff::Timestamp::now().to_zoned(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_words_and_times() {
        let now: Zoned = "2026-11-21T10:00:00+01:00[Europe/Berlin]".parse().unwrap();
        let text = |typed: &str| String::from(parse(typed, &now).unwrap());
        assert_eq!(text("2026-12-01"), "2026-12-01");
        assert_eq!(text("today"), "2026-11-21");
        assert_eq!(text("friday"), "2026-11-27");
        assert_eq!(text("+3d"), "2026-11-24");
        assert_eq!(text("2026-12-01T09:00"), "2026-12-01T08:00:00Z[Europe/Berlin]");
        assert_eq!(
            text("2026-12-01T09:00:00-05:00[America/New_York]"),
            "2026-12-01T14:00:00Z[America/New_York]"
        );
        assert!(parse("soon", &now).is_err());
    }
}

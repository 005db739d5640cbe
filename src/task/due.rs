//! When a task is due, as people type it: the words of `calendar::span`, and the zone that a time was given with. The day
//! is fixed here: nobody later knows where the person is.

use jiff::Zoned;
use jiff::tz::TimeZone;

use crate::calendar::span::Moment;
use crate::new_task::Due;

/// A time without a zone is one of the clock here.
pub(crate) fn parse(text: &str, now: &Zoned) -> Result<Due, String> {
    // Nothing is due in the past: `3d` is `+3d`.
    let typed = text.trim();
    let is_length = typed.starts_with(|c: char| c.is_ascii_digit()) && typed.ends_with(['d', 'w']);
    let ahead = if is_length { format!("+{typed}") } else { typed.to_owned() };
    Ok(match Moment::parse(&ahead, now, now.date()).map_err(|why| why.replace(&ahead, typed))? {
        Moment::Day(day) => Due::Day(day),
        Moment::At(at) => match typed.parse::<Zoned>() {
            Ok(zoned) => Due::at(at, zoned.time_zone()),
            Err(_) => Due::at(at, now.time_zone()),
        },
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
        assert_eq!(text("2026-12-01T09:00"), "2026-12-01T08:00:00Z[Europe/Berlin][day=2026-12-01]");
        assert_eq!(text("tomorrow 9am"), "2026-11-22T08:00:00Z[Europe/Berlin][day=2026-11-22]");
        assert_eq!(text("3d"), "2026-11-24");
        assert_eq!(
            text("2026-12-01T09:00:00-05:00[America/New_York]"),
            "2026-12-01T14:00:00Z[America/New_York][day=2026-12-01]"
        );
        assert!(parse("soon", &now).is_err());
    }
}

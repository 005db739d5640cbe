//! Times as providers write them.

use jiff::civil::{Date, DateTime};
use jiff::{Timestamp, tz::TimeZone};

use crate::zone;

/// `2026-12-09T20:30:00Z`, `…+01:00`; without an offset: in `zone`, in UTC where that is none.
pub(super) fn instant(text: &str, zone: &str) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Some((civil, true)) = civil(text) {
        // With an offset and no timestamp: the last hours of the calendar.
        return (civil.year() == 9999).then_some(Timestamp::MAX);
    }
    if let Some((civil, _)) = civil(text) {
        let zone = zone::rules(zone).unwrap_or(TimeZone::UTC);
        return Some(
            zone.to_ambiguous_zoned(civil)
                .compatible()
                .map_or(if civil.year() > 0 { Timestamp::MAX } else { Timestamp::MIN }, |zoned| {
                    zoned.timestamp()
                }),
        );
    }
    is_beyond(text).then_some(Timestamp::MAX)
}

/// `2026-12-09`, or the day of a time.
pub(super) fn day(text: &str) -> Option<Date> {
    let day = text.split_once('T').map_or(text, |(day, _)| day);
    match day.parse() {
        Ok(day) => Some(day),
        Err(_) if is_beyond(text) => Some(Date::MAX),
        Err(_) => None,
    }
}

/// What a clock on the wall would show, and whether an offset was told with it.
fn civil(text: &str) -> Option<(DateTime, bool)> {
    let offset = text.find('T').and_then(|at| Some(at + text.get(at..)?.find(['Z', 'z', '+', '-'])?));
    let civil = text.get(..offset.unwrap_or(text.len()))?;
    Some((civil.parse().ok()?, offset.is_some()))
}

/// The exclusive end of the last day that there is.
fn is_beyond(text: &str) -> bool {
    text.starts_with("10000-01-01") || text.starts_with("+10000-01-01") || text.starts_with("+010000-01-01")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_providers_write_is_read() {
        let second = |text: &str, zone: &str| instant(text, zone).map(Timestamp::as_second);
        assert_eq!(second("2026-12-09T20:30:00Z", ""), Some(1_796_848_200));
        assert_eq!(second("2026-12-09T21:30:00+01:00", "nonsense"), Some(1_796_848_200));
        assert_eq!(second("2026-12-09T20:30:00.0000000", "UTC"), Some(1_796_848_200));
        assert_eq!(second("2026-12-09T20:30:00", "Nowhere/At_All"), Some(1_796_848_200));
        assert_eq!(second("0001-01-01T00:00:00Z", ""), Some(-62_135_596_800));
        assert_eq!(instant("9999-12-31T23:59:59Z", ""), Some(Timestamp::MAX));
        assert_eq!(instant("10000-01-01T00:00:00Z", ""), Some(Timestamp::MAX));
        assert_eq!(day("10000-01-01"), Some(Date::MAX));
        assert_eq!(day("2011-12-30").map(|day| day.to_string()).as_deref(), Some("2011-12-30"));
        for nonsense in ["", "soon", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "20:30"] {
            assert_eq!(instant(nonsense, "UTC"), None, "{nonsense}");
            assert_eq!(day(nonsense), None, "{nonsense}");
        }
    }
}

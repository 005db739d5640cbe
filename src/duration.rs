//! Durations as a person types them: bare seconds, or `30s 5m 2h 30d`.

use std::time::Duration;

pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a duration: use seconds, or 30s, 5m, 2h, 30d");
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at(split);
    let count: u64 = digits.parse().map_err(|_| wrong())?;
    let seconds = match unit {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(wrong()),
    };
    count.checked_mul(seconds).filter(|s| *s <= 100 * 365 * 86_400).map(Duration::from_secs).ok_or_else(wrong)
}

/// The two largest units, for a table or a sentence: `3 d 4 h`, `59 min`, `8 s`.
pub(crate) fn words(seconds: i64) -> String {
    let s = seconds.max(0);
    let pair = |big: i64, big_unit: &str, small: i64, small_unit: &str| match small {
        0 => format!("{big} {big_unit}"),
        _ => format!("{big} {big_unit} {small} {small_unit}"),
    };
    match s {
        0..60 => format!("{s} s"),
        60..3_600 => format!("{} min", s / 60),
        3_600..86_400 => pair(s / 3_600, "h", s % 3_600 / 60, "min"),
        _ if s < 30 * 86_400 => pair(s / 86_400, "d", s % 86_400 / 3_600, "h"),
        _ => format!("{} d", s / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_manual_promises() {
        for (text, seconds) in [("45", 45), ("30s", 30), ("5m", 300), ("2h", 7_200), ("30d", 2_592_000)] {
            assert_eq!(parse(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for bad in ["", "s", "-1", "1.5h", "5 m", "5w", "99999999999999999999d", "9999999d"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn words_use_two_units_at_most() {
        for (s, text) in
            [(-5, "0 s"), (59, "59 s"), (3_599, "59 min"), (3_660, "1 h 1 min"), (90_000, "1 d 1 h")]
        {
            assert_eq!(words(s), text);
        }
    }
}

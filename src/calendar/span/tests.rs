use super::*;

const ZONES: [&str; 8] = [
    "Europe/Zurich",
    "America/New_York",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
    "America/Sao_Paulo",
    "Africa/Monrovia",
    "UTC",
];

fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap()
}

fn now() -> Zoned {
    // A Saturday.
    "2026-11-21T10:42:00+01:00[Europe/Zurich]".parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The same sequence in every run (xorshift).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn date(&mut self) -> Date {
        let year = [1, 2, 1883, 1919, 1970, 2011, 2026, 9998, 9999][self.below(9) as usize];
        let first = Date::new(year, 1, 1).unwrap();
        first.saturating_add(Span::new().days(self.below(365) as i64))
    }
}

#[test]
fn what_people_type() {
    let parse = |text: &str| Moment::parse(text, &now(), now().date()).unwrap();
    for (text, expected) in [
        ("today", "2026-11-21"),
        ("Tomorrow", "2026-11-22"),
        ("yesterday", "2026-11-20"),
        ("saturday", "2026-11-21"),
        ("monday", "2026-11-23"),
        ("fri", "2026-11-27"),
        ("tues", "2026-11-24"),
        ("Thurs", "2026-11-26"),
        ("+3d", "2026-11-24"),
        ("-1w", "2026-11-14"),
        ("2026-12-01", "2026-12-01"),
        ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"),
    ] {
        assert_eq!(parse(text), Moment::Day(day(expected)), "{text}");
    }
    for (text, expected) in [
        ("14:00", "2026-11-21T13:00:00Z"),
        ("9:05", "2026-11-21T08:05:00Z"),
        ("now", "2026-11-21T09:42:00Z"),
        ("+2h", "2026-11-21T11:42:00Z"),
        ("-90m", "2026-11-21T08:12:00Z"),
        ("friday 14:00", "2026-11-27T13:00:00Z"),
        ("tomorrow 9am", "2026-11-22T08:00:00Z"),
        ("2026-07-01  9:30pm", "2026-07-01T19:30:00Z"),
        ("mon 12am", "2026-11-22T23:00:00Z"),
        ("2026-07-01T14:00", "2026-07-01T12:00:00Z"),
        ("2026-07-01 14:00", "2026-07-01T12:00:00Z"),
        ("2026-07-01T14:00:00-04:00", "2026-07-01T18:00:00Z"),
        ("2026-07-01T14:00:00Z", "2026-07-01T14:00:00Z"),
        // Skipped and doubled by the clocks.
        ("2026-03-29T02:30", "2026-03-29T01:30:00Z"),
        ("2026-10-25T02:30", "2026-10-25T00:30:00Z"),
    ] {
        assert_eq!(parse(text), Moment::At(expected.parse().unwrap()), "{text}");
    }
    for wrong in [
        "",
        "soon",
        "2026-13-01",
        "2026-02-30",
        "25:00",
        "+d",
        "+99999999999999999999d",
        "+9999999d",
        "m",
        "+3y",
        "3d",
        "friday 25:00",
        "friday 13pm",
        "friday 9",
        "now 9:00",
        "tu",
        "2026-11-21T",
        "10000-01-01",
        "é",
        "+é",
        "-",
        "+",
    ] {
        assert!(Moment::parse(wrong, &now(), now().date()).is_err(), "{wrong:?}");
    }
}

#[test]
fn what_flags_mean_together() {
    let asked = |from: Option<&str>, to: Option<&str>, week| {
        Stretch::asked(from, to, week, &now()).map(|s| format!("{} {}", s.from, s.to))
    };
    assert_eq!(asked(None, None, false).unwrap(), "2026-11-20T23:00:00Z 2026-11-21T23:00:00Z");
    assert_eq!(asked(None, None, true).unwrap(), "2026-11-20T23:00:00Z 2026-11-27T23:00:00Z");
    assert_eq!(asked(Some("monday"), None, true).unwrap(), "2026-11-22T23:00:00Z 2026-11-29T23:00:00Z");
    // A weekday is the first one from the beginning on, and belongs to what is asked for.
    assert_eq!(
        asked(Some("friday"), Some("monday"), false).unwrap(),
        "2026-11-26T23:00:00Z 2026-11-30T23:00:00Z"
    );
    assert_eq!(asked(Some("now"), None, false).unwrap(), "2026-11-21T09:42:00Z 2026-11-27T23:00:00Z");
    assert_eq!(
        asked(Some("14:00"), Some("15:00"), false).unwrap(),
        "2026-11-21T13:00:00Z 2026-11-21T14:00:00Z"
    );
    assert!(asked(Some("tomorrow"), Some("yesterday"), false).is_err());
    assert!(asked(Some("tomorrow"), Some("today"), false).is_err());
    assert!(asked(Some("0001-01-01"), Some("9999-12-31"), false).is_ok());
}

#[test]
fn days_that_the_clocks_change() {
    let hours = |date: &str, name: &str| {
        let (day, zone) = (Moment::Day(day(date)), zone(name));
        (day.ends(&zone).as_second() - day.begins(&zone).as_second()) / 3_600
    };
    assert_eq!(hours("2026-03-29", "Europe/Zurich"), 23);
    assert_eq!(hours("2026-10-25", "Europe/Zurich"), 25);
    assert_eq!(hours("2026-03-08", "America/New_York"), 23);
    assert_eq!(hours("2026-11-01", "America/New_York"), 25);
    // Midnight itself was skipped there.
    assert_eq!(hours("2018-11-04", "America/Sao_Paulo"), 23);
    assert_eq!(hours("2011-12-29", "Pacific/Apia"), 24);
    assert_eq!(hours("2011-12-30", "Pacific/Apia"), 0, "that day did not exist");
    assert_eq!(hours("2011-12-31", "Pacific/Apia"), 24);
    assert_eq!(hours("2026-11-21", "Pacific/Kiritimati"), 24);
}

/// Days follow each other without a hole or an overlap, whatever the zone; and every moment is in the days of the
/// stretch that holds it.
#[test]
fn ten_thousand_days_join() {
    let mut dice = Dice(0x5eed);
    for _ in 0..10_000 {
        let name = ZONES[dice.below(ZONES.len() as u64) as usize];
        let (zone, date) = (zone(name), dice.date());
        let (from, to) = (Moment::Day(date).begins(&zone), Moment::Day(date).ends(&zone));
        assert!(from <= to, "{date} {name}");
        if let Ok(next) = date.tomorrow() {
            assert_eq!(to, Moment::Day(next).begins(&zone), "{date} {name}");
        }
        if from == to {
            continue;
        }
        let stretch = Stretch { from, to };
        assert_eq!(stretch.days(&zone), (date, date), "{date} {name}");
        let inside = from.as_second() + dice.below((to.as_second() - from.as_second()) as u64) as i64;
        let inside = Timestamp::from_second(inside).unwrap();
        assert!(stretch.touches(inside, inside), "{date} {name}");
        assert!(to == Timestamp::MAX || !stretch.touches(to, to), "{date} {name}");
        assert!(stretch.touches(from, from), "{date} {name}");
        assert_eq!(Moment::At(inside).day(&zone), date, "{date} {name}");
    }
}

#[test]
fn nothing_typed_makes_a_panic() {
    let mut dice = Dice(0xfeed);
    let pieces = [
        "+", "-", "9", "0", "d", "w", "h", "m", ":", "T", "Z", "2026", "-11", "é", " ", "[", "]", "\u{0}",
        "fri", "9999", "-12-31",
    ];
    let edges: [Zoned; 2] = [
        Timestamp::MIN.to_zoned(zone("America/New_York")),
        Timestamp::MAX.to_zoned(zone("Pacific/Kiritimati")),
    ];
    for _ in 0..20_000 {
        let text: String =
            (0..=dice.below(6)).map(|_| pieces[dice.below(pieces.len() as u64) as usize]).collect();
        for now in edges.iter().chain([&now()]) {
            let _ = Stretch::asked(Some(&text), None, true, now);
            let _ = Stretch::asked(None, Some(&text), false, now);
        }
    }
    for now in &edges {
        let _ = Stretch::around(now, i64::MAX, i64::MAX);
        let _ = Stretch::around(now, 30, 365);
    }
}

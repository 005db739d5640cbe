//! Time zones by whatever name a provider gives them. IANA names are what is kept; Windows names are mapped by the
//! Unicode CLDR; what nobody knows stays text.

use std::collections::HashMap;
use std::path::Path;
use std::sync::LazyLock;

use jiff::tz::{TimeZone, db};

/// The IANA name of what a provider calls a zone.
pub(crate) fn iana(said: &str) -> Option<String> {
    of_windows(said).map(str::to_owned).or_else(|| {
        let zone = db().get(said).ok()?;
        zone.iana_name().map(str::to_owned)
    })
}

/// The rules of a zone, by its IANA or its Windows name.
pub(crate) fn rules(said: &str) -> Option<TimeZone> {
    db().get(said).or_else(|unknown| of_windows(said).map_or(Err(unknown), |name| db().get(name))).ok()
}

/// What `TZ` may say: a zone, the file of one, or its rules (`CET-1CEST,M3.5.0,M10.5.0/3`).
pub(crate) fn is_of_system(said: &str) -> bool {
    let said = said.strip_prefix(':').unwrap_or(said);
    Path::new(said).is_absolute() || db().get(said).is_ok() || TimeZone::posix(said).is_ok()
}

pub(crate) fn names() -> impl Iterator<Item = String> {
    db().available().map(|name| name.to_string())
}

/// `W. Europe Standard Time` → `Europe/Berlin`: the zone of the whole world's table, since no country is known.
fn of_windows(said: &str) -> Option<&'static str> {
    // How Exchange names UTC where no time zone was asked for.
    let said = if said == "tzone://Microsoft/Utc" { "UTC" } else { said };
    WINDOWS.get(said).copied()
}

/// The CLDR's table as its own library, `icu_time`, tells it to `tests/generated.rs`, which writes it.
static WINDOWS: LazyLock<HashMap<&str, &str>> = LazyLock::new(|| {
    include_str!("zone/windows.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_system_takes_for_a_zone() {
        for known in [
            "Europe/Berlin",
            "UTC",
            ":Europe/Berlin",
            "/etc/localtime",
            ":/etc/localtime",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "EST5EDT",
        ] {
            assert!(is_of_system(known), "{known}");
        }
        for unknown in ["Foo/Bar", "Europe/Berlyn", ":", "W. Europe Standard Time"] {
            assert!(!is_of_system(unknown), "{unknown}");
        }
    }

    #[test]
    fn windows_names_become_iana_names_that_have_rules() {
        for (windows, name) in [
            ("W. Europe Standard Time", "Europe/Berlin"),
            ("Eastern Standard Time", "America/New_York"),
            ("India Standard Time", "Asia/Kolkata"),
            ("Samoa Standard Time", "Pacific/Apia"),
            ("Line Islands Standard Time", "Pacific/Kiritimati"),
            ("Pacific Standard Time (Mexico)", "America/Tijuana"),
            ("UTC", "Etc/UTC"),
            ("UTC-02", "Etc/GMT+2"),
            ("tzone://Microsoft/Utc", "Etc/UTC"),
        ] {
            assert_eq!(iana(windows).as_deref(), Some(name), "{windows}");
            assert!(rules(windows).is_some(), "{windows}");
        }
    }

    #[test]
    fn iana_names_stay_and_nonsense_is_not_a_zone() {
        assert_eq!(iana("Europe/Zurich").as_deref(), Some("Europe/Zurich"));
        assert_eq!(iana("europe/zurich").as_deref(), Some("Europe/Zurich"));
        assert_eq!(iana("Asia/Calcutta").as_deref(), Some("Asia/Calcutta"));
        for nonsense in [
            "",
            "Customized Time Zone",
            "tzone://Microsoft/Custom",
            "Mars/Olympus",
            "../../etc/passwd",
            "/etc/localtime",
            "Zürich",
            "\0",
            "Europe/Zurich\n",
        ] {
            assert_eq!(iana(nonsense), None, "{nonsense:?}");
            assert!(rules(nonsense).is_none(), "{nonsense:?}");
        }
    }
}

//! What a length counts as: up to the next unit, or the nearest one.

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Rounding {
    /// Seconds; 0: as it is.
    pub unit: i64,
    /// Else to the nearest unit.
    pub up: bool,
}

impl Rounding {
    /// A length that there was never becomes nothing.
    pub(crate) fn apply(self, seconds: i64) -> i64 {
        if self.unit <= 0 {
            return seconds;
        }
        let added = if self.up { self.unit - 1 } else { self.unit / 2 };
        (seconds.saturating_add(added) / self.unit).max(1).saturating_mul(self.unit)
    }

    /// As the index keeps it.
    pub(crate) fn text(self) -> Option<String> {
        (self.unit > 0).then(|| format!("{} {}", self.unit, if self.up { "up" } else { "nearest" }))
    }

    pub(crate) fn of(text: Option<&str>) -> Rounding {
        let (unit, how) = text.and_then(|text| text.split_once(' ')).unwrap_or(("0", "up"));
        Rounding { unit: unit.parse().unwrap_or(0), up: how != "nearest" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_or_to_the_nearest_and_never_to_nothing() {
        for (minutes, up, nearest) in [
            (1, 15, 15),
            (7, 15, 15),
            (15, 15, 15),
            (16, 30, 15),
            (22, 30, 15),
            (23, 30, 30),
            (50, 60, 45),
            (53, 60, 60),
        ] {
            let unit = 15 * 60;
            assert_eq!(Rounding { unit, up: true }.apply(minutes * 60), up * 60, "{minutes}");
            assert_eq!(Rounding { unit, up: false }.apply(minutes * 60), nearest * 60, "{minutes}");
            assert_eq!(Rounding { unit: 0, up: true }.apply(minutes * 60), minutes * 60);
        }
        assert!(Rounding { unit: 900, up: true }.apply(i64::MAX) > 0);
    }

    #[test]
    fn what_the_index_keeps_is_read_back() {
        for rounding in [
            Rounding { unit: 900, up: true },
            Rounding { unit: 360, up: false },
            Rounding { unit: 0, up: true },
        ] {
            assert_eq!(Rounding::of(rounding.text().as_deref()), rounding);
        }
    }
}

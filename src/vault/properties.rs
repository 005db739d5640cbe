//! When a token is stale, against the promise said a second time: for any life, any clock, any wish.

use super::{Grant, VaultError};
use crate::fuzz::damage::Random;

const DAY: i64 = 86_400;

fn grant(obtained_at: i64, expires_at: Option<i64>, can_refresh: bool) -> Grant {
    let text = format!(
        r#"{{"v":1,"generation":1,"provider":"x","access_token":"a","token_type":"Bearer","verified":true,
            "obtained_at":{obtained_at},"connected_at":0,"refresh_token":{}}}"#,
        if can_refresh { "\"r\"" } else { "null" }
    );
    Grant { expires_at, ..serde_json::from_str(&text).unwrap() }
}

/// Ordinary numbers, those beside which rules change, and the ends of the scale.
fn number(random: &mut Random, around: i64) -> i64 {
    const EDGES: [i64; 13] = [-61, -60, -59, -1, 0, 1, 59, 60, 61, 299, 300, 301, 3_600];
    match random.below(8) {
        0 => [i64::MIN, i64::MAX, 0, -1][random.below(4)],
        1 => around.saturating_add(random.below(400 * 86_400) as i64 - 200 * DAY),
        _ => around.saturating_add(EDGES[random.below(EDGES.len())]),
    }
}

/// In numbers that cannot overflow.
fn is_fresh(obtained: i64, expires: Option<i64>, now: i64, min_valid: Option<i64>) -> bool {
    let [obtained, now] = [obtained, now].map(i128::from);
    let Some(expires) = expires.map(i128::from) else { return true };
    if obtained > now + 60 {
        return false;
    }
    let least = min_valid.map_or_else(|| ((expires - obtained).max(0) / 2).min(300), i128::from);
    expires - now > least
}

#[test]
fn rf16_stale_is_what_the_promise_says_whatever_the_clock_does() {
    let mut random = Random(0x0ddc_10c4);
    let (mut fresh, mut stale) = (0, 0);
    for turn in 0..100_000 {
        let obtained = number(&mut random, 1_700_000_000);
        let expires = (random.below(10) > 0).then(|| number(&mut random, obtained.saturating_add(3_600)));
        let around = expires.filter(|_| random.below(2) == 0).unwrap_or(obtained);
        let now = number(&mut random, around);
        let min_valid = (random.below(3) == 0).then(|| number(&mut random, 0));
        let of = grant(obtained, expires, true);
        let told = of.is_fresh(now, min_valid);
        let shown = format!("turn {turn}: {obtained} {expires:?} {now} {min_valid:?}");
        // What no clock can tell apart from the ends of the scale is not asked.
        let is_ordinary = [Some(obtained), expires, Some(now), min_valid]
            .into_iter()
            .flatten()
            .all(|n| n.unsigned_abs() < 1 << 62);
        if is_ordinary {
            assert_eq!(told, is_fresh(obtained, expires, now, min_valid), "{shown}");
        }
        if told && expires.is_some() {
            // Later it may be stale, earlier (but not before it was given) it was not; who wants less is content.
            for earlier in [1, 60, 3_600] {
                let then = now.saturating_sub(earlier);
                assert!(then < obtained.saturating_sub(60) || of.is_fresh(then, min_valid), "{shown}");
            }
            let less = min_valid.map(|least| least.saturating_sub(1));
            assert!(of.is_fresh(now, less), "{shown}");
        }
        if told { fresh += 1 } else { stale += 1 }
    }
    assert!(fresh > 10_000 && stale > 10_000, "{fresh} {stale}");
}

/// A clock that jumps, as often as it likes: a token whose time is over by any of our two clocks is never used.
#[test]
fn rf16_no_jump_of_the_clock_makes_an_expired_token_fresh() {
    let mut random = Random(0x71e5);
    for _ in 0..20_000 {
        let (start, life) =
            (1_700_000_000 + random.below(1_000_000) as i64, 60 + random.below(90_000) as i64);
        let of = grant(start, Some(start + life), true);
        let over = start + life + random.below(1_000_000) as i64;
        assert!(!of.is_fresh(over, None) && !of.is_fresh(over, Some(0)));
        // Back before it was given: by how much nobody knows.
        let back = start - 61 - random.below(1_000_000) as i64;
        assert!(!of.is_fresh(back, None) && !of.is_fresh(back, Some(0)));
        assert!(of.is_fresh(start, None) && of.is_fresh(start - 60, None), "a little skew is no jump");
    }
}

#[test]
fn one_word_says_how_a_connection_is() {
    let now = 1_000;
    let state = |grant: Grant| grant.state(now);
    assert_eq!(state(grant(0, Some(now), false)), "expired");
    assert_eq!(state(grant(0, Some(now + 1), false)), "connected");
    assert_eq!(state(grant(0, Some(now), true)), "connected", "it can be refreshed");
    assert_eq!(state(grant(0, None, false)), "connected");
    assert_eq!(state(Grant { verified: false, ..grant(0, None, false) }), "unverified");
    assert_eq!(state(Grant { verified: false, ..grant(0, Some(now), false) }), "expired");
    assert_eq!(grant(0, Some(1_300), true).remaining(now), Some(300));
}

/// Whether or not the rest can be read: a person is told to update, not that it is damaged.
#[test]
fn a_newer_grant_is_named_as_such() {
    let read = |text: &str| super::decode("default/x", text.as_bytes());
    for newer in [r#"{"v":2,"generation":1}"#, r#"{"v":3}"#] {
        assert!(matches!(read(newer), Err(VaultError::TooNew { version: 2.., .. })), "{newer}");
    }
    let whole = |v: u8| {
        format!(
            r#"{{"v":{v},"generation":1,"provider":"x","access_token":"a","token_type":"Bearer",
                "obtained_at":0,"connected_at":0}}"#
        )
    };
    assert!(read(&whole(1)).is_ok() && read(&whole(0)).is_ok());
    for v in [2, 3] {
        assert!(matches!(read(&whole(v)), Err(VaultError::TooNew { .. })), "all of it can be read: {v}");
    }
    for damaged in [r#"{"v":1}"#, r#"{"v":0}"#, "{}", ""] {
        assert!(matches!(read(damaged), Err(VaultError::Damaged { .. })), "{damaged}");
    }
}

//! Being asked to slow down: which answers mean it, and when to come again.

use http::{HeaderMap, StatusCode};
use serde_json::Value;

use super::Provider;
use super::schema::ResetUnit;
use crate::http::{FURTHEST, retry_after, time_there};

/// 429 or a status that means the same here, a code that the provider file names, a 403 with nothing left of the quota, or one that names a time. Never one that the file
/// says no waiting lifts.
pub(crate) fn is_limited(
    provider: &Provider,
    status: StatusCode,
    headers: &HeaderMap,
    codes: [&str; 2],
    now: i64,
) -> bool {
    let lists = &provider.error;
    if codes.iter().any(|code| lists.blocked.iter().any(|known| known == code)) {
        return false;
    }
    let named = |code: &str| lists.rate_limited.iter().any(|known| known == code);
    let used_up = || {
        let name = provider.rate.as_ref().and_then(|rate| rate.remaining_header.as_deref());
        name.and_then(|name| number(headers, name)).is_some_and(|left| left <= 0.0)
    };
    match status.as_u16() {
        429 => true,
        status if provider.rate.as_ref().is_some_and(|rate| rate.later_status.contains(&status)) => true,
        403 => codes.into_iter().any(named) || used_up() || retry_after(headers, now).is_some(),
        _ => codes.into_iter().any(named),
    }
}

/// When the provider wants to be asked again (unix seconds), if it says. What only counts against a quota is read of
/// those who have used theirs up: others send it with every answer.
pub(crate) fn later_at(
    provider: &Provider,
    limited: bool,
    headers: &HeaderMap,
    body: &Value,
    now: i64,
) -> Option<i64> {
    let rate = provider.rate.as_ref();
    let told = || retry_after(headers, now).map(|seconds| seconds as f64);
    let in_body = || rate?.retry_after.number(body);
    // An hour of the day is meant by the provider's clock.
    let there = || time_there(headers).unwrap_or(now) as f64;
    let reset = || {
        let rate = rate.filter(|_| limited)?;
        let value = number(headers, rate.reset_header.as_deref()?)?;
        Some(match rate.reset_unit {
            ResetUnit::Epoch => value - there(),
            ResetUnit::EpochMs => value / 1_000.0 - there(),
            ResetUnit::Seconds => value,
        })
    };
    let pause = || {
        let pause = rate.filter(|_| limited)?.pause.as_deref()?;
        crate::duration::parse(pause).ok().map(|pause| pause.as_secs_f64())
    };
    let seconds = told().or_else(in_body).or_else(reset).or_else(pause)?;
    // A part of a second is a second; nonsense is cut to what can be waited for.
    Some(now.saturating_add((seconds.ceil() as i64).clamp(0, FURTHEST)))
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    headers.get(name)?.to_str().ok()?.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: i64 = 1_000_000_000;

    fn provider(rate: &str) -> Provider {
        toml::from_str(&format!("title = \"X\"\n[error]\nrate-limited = [\"slow\"]\n[rate]\n{rate}")).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn every_way_to_say_when_is_understood() {
        for (rate, pairs, body, expected) in [
            ("", &[("retry-after", "7")][..], json!({}), Some(7)),
            ("", &[], json!({}), None),
            ("reset-header = \"x-reset\"", &[("x-reset", "1000000060")], json!({}), Some(60)),
            (
                "reset-header = \"x-reset\"\nreset-unit = \"epoch-ms\"",
                &[("x-reset", "1000000060500")],
                json!({}),
                Some(61),
            ),
            (
                "reset-header = \"x-reset\"\nreset-unit = \"seconds\"",
                &[("x-reset", "1.2")],
                json!({}),
                Some(2),
            ),
            ("retry-after = \"p.after\"", &[], json!({"p": {"after": 0.4}}), Some(1)),
            ("retry-after = \"p.after\"", &[], json!({"p": {"after": "30"}}), Some(30)),
            ("pause = \"10s\"", &[], json!({}), Some(10)),
            (
                "pause = \"10s\"\nretry-after = \"after\"",
                &[("retry-after", "3")],
                json!({"after": 5}),
                Some(3),
            ),
            ("reset-header = \"x-reset\"", &[("x-reset", "1e300")], json!({}), Some(FURTHEST)),
            ("reset-header = \"x-reset\"", &[("x-reset", "soon")], json!({}), None),
            ("reset-header = \"x-reset\"", &[("x-reset", "5")], json!({}), Some(0)),
        ] {
            let at = later_at(&provider(rate), true, &headers(pairs), &body, NOW);
            assert_eq!(at, expected.map(|s| NOW + s), "{rate} {pairs:?} {body}");
        }
    }

    #[test]
    fn a_server_that_is_down_has_no_quota() {
        let provider = provider("pause = \"10s\"\nreset-header = \"x-reset\"");
        let with_reset = headers(&[("x-reset", "1000000060")]);
        assert_eq!(later_at(&provider, false, &with_reset, &Value::Null, NOW), None);
        assert_eq!(
            later_at(&provider, false, &headers(&[("retry-after", "5")]), &Value::Null, NOW),
            Some(NOW + 5)
        );
    }

    #[test]
    fn a_limit_is_told_from_a_refusal() {
        let provider = provider("remaining-header = \"x-left\"\nlater-status = [477]");
        let limited = |status: u16, pairs: &[(&'static str, &str)], code: &str| {
            let status = StatusCode::from_u16(status).unwrap();
            is_limited(&provider, status, &headers(pairs), ["", code], NOW)
        };
        assert!(limited(429, &[], "") && limited(400, &[], "slow") && limited(403, &[], "slow"));
        assert!(limited(477, &[], "") && !limited(478, &[], ""));
        assert!(limited(403, &[("x-left", "0")], "") && limited(403, &[("retry-after", "9")], ""));
        assert!(!limited(403, &[("x-left", "1")], "") && !limited(403, &[], "other"));
        assert!(!limited(200, &[("x-left", "0")], "") && !limited(401, &[("x-left", "0")], ""));
    }
}

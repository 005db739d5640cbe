//! Trying again: how long a command still has for a provider, and when the provider wants to be asked next.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBuilder};
use http::HeaderMap;

/// A longer `Retry-After` than a year is nonsense and read as a year (seconds).
pub(crate) const FURTHEST: i64 = 365 * 86_400;

/// The time that one command gives one provider, all tries and pauses included.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Budget {
    ends: Instant,
}

impl Budget {
    pub(crate) fn starting_now(deadline: Duration) -> Budget {
        Budget { ends: Instant::now() + deadline }
    }

    pub(crate) fn left(&self) -> Duration {
        self.ends.saturating_duration_since(Instant::now())
    }

    /// Sleeps before try number `tries + 1`, unless that would not leave time for it.
    pub(crate) async fn pause(&self, tries: u32, asked: Option<i64>) -> bool {
        let pause = pause(tries, asked);
        if pause >= self.left() {
            return false;
        }
        tokio::time::sleep(pause).await;
        true
    }
}

/// Never sooner than asked for, and not all at the same moment: with "now" as the answer, as without one.
fn pause(tries: u32, asked: Option<i64>) -> Duration {
    let own = backoff(tries);
    match asked.and_then(|seconds| u64::try_from(seconds).ok()).unwrap_or(0) {
        0 => own,
        seconds => Duration::from_secs(seconds) + own.min(LATER),
    }
}

/// So much later than asked for, at most.
const LATER: Duration = Duration::from_millis(600);

/// 0.3 s, 0.6 s, 1.2 s … with jitter, so that many clients do not return together.
fn backoff(tries: u32) -> Duration {
    let pauses = ExponentialBuilder::new().with_min_delay(Duration::from_millis(300)).with_jitter().build();
    pauses.take(tries.max(1) as usize).last().unwrap_or(Duration::from_secs(1))
}

/// Seconds until the provider wants to be asked again (RFC 9110 §10.2.3): a number, or an HTTP date, which is read against
/// the provider's own clock where it tells it: this machine's may be off by years.
pub(crate) fn retry_after(headers: &HeaderMap, now: i64) -> Option<i64> {
    let text = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim();
    let seconds = match text.parse::<i64>() {
        Ok(seconds) => seconds,
        Err(_) if text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() => FURTHEST,
        // Zoom writes it as RFC 3339 where a day's limit is used up.
        Err(_) => {
            let at = crate::clock::http_date(text).or_else(|| crate::clock::parse(text))?;
            at.saturating_sub(time_there(headers).unwrap_or(now))
        }
    };
    Some(seconds.clamp(0, FURTHEST))
}

/// What the clock said that dated this answer.
pub(crate) fn time_there(headers: &HeaderMap) -> Option<i64> {
    crate::clock::http_date(headers.get(http::header::DATE)?.to_str().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_differ_and_are_never_shorter_than_asked_for() {
        let some = |tries, asked| (0..50).map(move |_| pause(tries, asked));
        let (millis, seconds) = (Duration::from_millis, Duration::from_secs);
        assert!(some(1, None).all(|pause| (millis(300)..=millis(600)).contains(&pause)));
        assert!(some(3, None).all(|pause| (millis(1_200)..=millis(2_400)).contains(&pause)));
        assert!(some(40, None).all(|pause| pause <= seconds(120)), "there is a cap");
        assert!(some(1, Some(0)).all(|pause| pause >= millis(300)), "`0` is no reason to storm");
        assert!(some(1, Some(-5)).all(|pause| pause >= millis(300)));
        assert!(some(3, Some(7)).all(|pause| pause > seconds(7) && pause < seconds(8)));
        let first = pause(1, Some(7));
        assert!(some(1, Some(7)).any(|pause| pause != first), "they do not return together");
    }

    #[test]
    fn both_forms_of_retry_after_are_read_and_nonsense_is_not() {
        let after = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", text.parse().unwrap());
            retry_after(&headers, 1_000_000_000)
        };
        assert_eq!(after("7"), Some(7));
        assert_eq!(after("-7"), Some(0));
        assert_eq!(after("Sun, 09 Sep 2001 01:47:40 GMT"), Some(60));
        assert_eq!(after("99999999999999999999999"), Some(FURTHEST));
        assert_eq!(after("2001-09-09T01:47:40Z"), Some(60));
        assert_eq!(after("soon"), None);
    }
}

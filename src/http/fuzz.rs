//! When a server wants to be asked again.

use http::{HeaderMap, HeaderValue, header};

use super::{FURTHEST, retry_after};
use crate::fuzz::holds::line_and_rest;

/// The first line is `Retry-After`, the rest `Date`.
pub(crate) fn retry_after_and_date(data: &[u8]) {
    let (text, date) = line_and_rest(data);
    let mut headers = HeaderMap::new();
    let Ok(value) = HeaderValue::from_str(&text) else { return };
    headers.insert(header::RETRY_AFTER, value);
    if let Ok(value) = HeaderValue::from_bytes(date) {
        headers.insert(header::DATE, value);
    }
    for now in [0, 1_800_000_000, i64::MAX] {
        let Some(seconds) = retry_after(&headers, now) else { continue };
        assert!((0..=FURTHEST).contains(&seconds), "{seconds}");
        let digits = text.trim();
        if digits.bytes().all(|byte| byte.is_ascii_digit()) {
            let digits = digits.trim_start_matches('0');
            let told = if digits.len() > 9 { FURTHEST } else { digits.parse().unwrap_or(0).min(FURTHEST) };
            assert_eq!(seconds, told, "{text}");
        }
    }
}

//! What no reader of JSON takes, and would cost the whole page although it stands in one title: half of a surrogate pair,
//! bytes that are no UTF-8.

/// Puts U+FFFD in place of halves and `?` in place of such bytes, and says whether there were any.
pub(crate) fn mend(body: &mut [u8]) -> bool {
    let had_bytes = mend_bytes(body);
    mend_halves(body) || had_bytes
}

fn mend_bytes(body: &mut [u8]) -> bool {
    let mut at = 0;
    while let Some(rest) = body.get_mut(at..)
        && let Err(wrong) = str::from_utf8(rest)
    {
        let from = wrong.valid_up_to();
        let to = wrong.error_len().map_or(rest.len(), |length| from + length);
        if let Some(bytes) = rest.get_mut(from..to) {
            bytes.fill(b'?');
        }
        at += to;
    }
    at > 0
}

fn mend_halves(body: &mut [u8]) -> bool {
    let (mut at, mut any) = (0, false);
    while let Some(ahead) = body.get(at..).and_then(|rest| rest.iter().position(|byte| *byte == b'\\')) {
        let here = at + ahead;
        at = match unit(body, here) {
            None => here + 2,
            Some(0xD800..=0xDBFF) if matches!(unit(body, here + 6), Some(0xDC00..=0xDFFF)) => here + 12,
            Some(0xD800..=0xDFFF) => {
                if let Some(escape) = body.get_mut(here..here + 6) {
                    escape.copy_from_slice(b"\\uFFFD");
                    any = true;
                }
                here + 6
            }
            Some(_) => here + 6,
        };
    }
    any
}

/// The UTF-16 unit of an escape, `\uXXXX`.
fn unit(body: &[u8], at: usize) -> Option<u16> {
    let digits = body.get(at..at.checked_add(6)?)?.strip_prefix(b"\\u")?;
    u16::from_str_radix(str::from_utf8(digits).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_are_replaced() {
        let mut body = b"[\"a\xff\xc3\xa9\xe2\x82\"]\xf0".to_vec();
        assert!(mend(&mut body));
        assert_eq!(body, "[\"a?é??\"]?".as_bytes());
        assert!(!mend(&mut body));
    }

    #[test]
    fn only_halves_are_replaced() {
        for (before, after) in [
            (r#"["\ud800"]"#, Some(r#"["\uFFFD"]"#)),
            (r#"["\uDC00x"]"#, Some(r#"["\uFFFDx"]"#)),
            (r#"["\uD83D\uDE00\ud83d"]"#, Some(r#"["\uD83D\uDE00\uFFFD"]"#)),
            (r#"["\ud800\ud83d\ude00"]"#, Some(r#"["\uFFFD\ud83d\ude00"]"#)),
            (r#"["\\ud800 \u00e9 \" \\"]"#, None),
            (r#"["\ud83d\ude00"]"#, None),
            (r#"["\ud8"#, None),
            ("\\", None),
        ] {
            let mut body = before.as_bytes().to_vec();
            assert_eq!(mend(&mut body), after.is_some(), "{before}");
            assert_eq!(body, after.unwrap_or(before).as_bytes(), "{before}");
        }
    }
}

//! Items of the file vault that somebody has changed, and grants as a keychain may give them back.

use std::str::FromStr;

use age::x25519::Identity;

use super::{VaultError, decode, encode, entry, file};
use crate::bundle::fuzz::{KEY, SEALED};
use crate::fuzz::holds::quotes_nothing;

pub(crate) fn header(data: &[u8]) {
    if let Ok(plain) = file::opened(&Identity::from_str(KEY).unwrap(), data) {
        assert!(SEALED.contains(&plain.as_slice()), "opened what nobody sealed");
    }
    let key = String::from_utf8_lossy(data);
    if !key.contains(['~', '+']) {
        let stem = entry::file_stem(&key);
        assert!(!stem.contains('/'), "a file of this folder");
        assert_eq!(entry::from_file_stem(&stem), key);
    }
}

pub(crate) fn grant(data: &[u8]) {
    const KEY: &str = "default/acme";
    let grant = match decode(KEY, data) {
        Err(error) => {
            assert!(matches!(error, VaultError::Damaged { .. } | VaultError::TooNew { .. }));
            return quotes_nothing(&error);
        }
        Ok(grant) => grant,
    };
    assert!(grant.v <= 1 && (grant.item.is_empty() || grant.item == KEY));
    for now in [i64::MIN, -1, 0, 1_800_000_000, i64::MAX] {
        for min_valid in [None, Some(i64::MIN), Some(0), Some(i64::MAX)] {
            let fresh = grant.is_fresh(now, min_valid);
            let over = grant.expires_at.is_some_and(|at| at <= now);
            assert!(!(fresh && over && min_valid.is_none_or(|least| least >= 0)), "an expired token is used");
        }
        let _ = grant.state(now);
    }
    let written = encode(&grant);
    assert_eq!(encode(&decode(KEY, &written).unwrap()), written, "what is kept is what was read");
}

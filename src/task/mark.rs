//! Keys and marks: a key is what a person calls a task by, a mark is the UUID by which its provider knows it again.

use sha2::{Digest, Sha256};

use crate::oauth::fresh_id;

/// For a task that nobody gave a key.
pub(crate) fn made_key() -> String {
    fresh_id(20)
}

/// The mark of a key. The same wherever it is made, so that a key means the same task on every machine of one account; a
/// row that knows no account yet has only its connection's name.
pub(crate) fn mark_of(account: &str, key: &str) -> String {
    let mut hash = Sha256::new();
    for part in ["integ task", account, key] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes: Vec<u8> = digest.iter().copied().take(16).collect();
    // Providers that check want version 4, variant 1 (RFC 9562 §5.4).
    for (at, keep, set) in [(6, 0x0f, 0x40), (8, 0x3f, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = (*byte & keep) | set;
        }
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default()).join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_a_uuid_and_belongs_to_one_key_of_one_account() {
        let mark = mark_of("a", "k");
        assert_eq!(mark, mark_of("a", "k"));
        assert_eq!(mark.len(), 36);
        assert_eq!(mark.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert!(mark.get(14..15) == Some("4") && "89ab".contains(mark.get(19..20).unwrap()));
        for (account, key) in [("ak", ""), ("", "ak"), ("b", "k"), ("a", "k ")] {
            assert_ne!(mark, mark_of(account, key));
        }
    }
}

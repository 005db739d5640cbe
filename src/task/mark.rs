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
    let mut bytes = digest(&["integ task", account, key], 16);
    // Providers that check want version 4, variant 1 (RFC 9562 §5.4).
    for (at, keep, set) in [(6, 0x0f, 0x40), (8, 0x3f, 0x80)] {
        if let Some(byte) = bytes.get_mut(at) {
            *byte = (*byte & keep) | set;
        }
    }
    let hex = hex(&bytes);
    [0..8, 8..12, 12..16, 16..20, 20..32].map(|range| hex.get(range).unwrap_or_default()).join("-")
}

/// The key of a line of a batch: the same line a second time (`count`) is a second task.
pub(super) fn key_of_line(scope: &str, line: &str, count: u64) -> String {
    format!("batch-{}", hex(&digest(&["integ batch", scope, line, &count.to_string()], 12)))
}

/// The key of a task about an event: the same event is the same task, unless it is called otherwise.
pub(crate) fn key_of_event(scope: &str, event: &str, title: &str) -> String {
    format!("event-{}", hex(&digest(&["integ event", scope, event, title], 12)))
}

fn digest(parts: &[&str], length: usize) -> Vec<u8> {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().copied().take(length).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
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

//! Keychains that cap an item (Windows: 2,560 bytes) or cannot list their items: a long value is split, parts of a
//! new generation first and the head last, so that a reader finds the old value or the new one; a roster item
//! remembers the keys.

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::vault::{Bytes, VaultError};

/// The three calls that every keychain has.
pub(super) trait Items {
    fn get(&self, key: &str) -> Result<Option<Bytes>, VaultError>;
    fn set(&self, key: &str, value: &[u8]) -> Result<(), VaultError>;
    fn remove(&self, key: &str) -> Result<bool, VaultError>;
}

const ROSTER: &str = "roster:";
/// Below every platform's cap, with room for its own bookkeeping.
const PART: usize = 2_400;

#[derive(Serialize, Deserialize)]
struct Head {
    parts: usize,
    generation: u64,
}

fn part_key(key: &str, generation: u64, part: usize) -> String {
    format!("{key}#{generation}.{part}")
}

fn head(items: &impl Items, key: &str) -> Result<Option<Head>, VaultError> {
    Ok(items.get(key)?.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
}

pub(super) fn read(items: &impl Items, key: &str) -> Result<Option<Bytes>, VaultError> {
    let Some(value) = items.get(key)? else { return Ok(None) };
    let Ok(Head { parts, generation }) = serde_json::from_slice(&value) else { return Ok(Some(value)) };
    // Room for all of it: what a growing buffer leaves behind, nobody wipes.
    let mut whole = Zeroizing::new(Vec::with_capacity(parts.min(1 << 10) * PART));
    for part in 0..parts {
        let missing = || VaultError::Damaged { key: key.to_owned(), why: "a part of it is missing".into() };
        whole.extend_from_slice(&items.get(&part_key(key, generation, part))?.ok_or_else(missing)?);
    }
    Ok(Some(whole))
}

pub(super) fn write(items: &impl Items, key: &str, value: &[u8]) -> Result<(), VaultError> {
    let old = head(items, key)?;
    enrol(items, key)?;
    if value.len() <= PART {
        items.set(key, value)?;
    } else {
        let generation = old.as_ref().map_or(0, |h| h.generation + 1);
        for (part, chunk) in value.chunks(PART).enumerate() {
            items.set(&part_key(key, generation, part), chunk)?;
        }
        let head = Head { parts: value.chunks(PART).len(), generation };
        items.set(key, &serde_json::to_vec(&head).unwrap_or_default())?;
    }
    old.map_or(Ok(()), |old| remove_parts(items, key, &old))
}

pub(super) fn delete(items: &impl Items, key: &str) -> Result<bool, VaultError> {
    let old = head(items, key)?;
    let was_there = items.remove(key)?;
    if let Some(old) = old {
        remove_parts(items, key, &old)?;
    }
    let mut keys = roster(items)?;
    keys.retain(|k| k != key);
    save_roster(items, &keys)?;
    Ok(was_there)
}

/// Every key that was written and not deleted. The roster itself may be split.
pub(super) fn roster(items: &impl Items) -> Result<Vec<String>, VaultError> {
    let bytes = items.get(ROSTER)?;
    Ok(bytes.and_then(|b| serde_json::from_slice(&b).ok()).unwrap_or_default())
}

fn enrol(items: &impl Items, key: &str) -> Result<(), VaultError> {
    let mut keys = roster(items)?;
    if keys.iter().any(|k| k == key) {
        return Ok(());
    }
    keys.push(key.to_owned());
    save_roster(items, &keys)
}

fn save_roster(items: &impl Items, keys: &[String]) -> Result<(), VaultError> {
    items.set(ROSTER, &serde_json::to_vec(keys).unwrap_or_default())
}

fn remove_parts(items: &impl Items, key: &str, head: &Head) -> Result<(), VaultError> {
    for part in 0..head.parts {
        items.remove(&part_key(key, head.generation, part))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use super::*;

    /// A keychain with the Windows cap, which can be made to fail at the n-th write.
    #[derive(Default)]
    struct Capped {
        items: RefCell<BTreeMap<String, Vec<u8>>>,
        fail_at: RefCell<Option<usize>>,
    }

    impl Items for Capped {
        fn get(&self, key: &str) -> Result<Option<Bytes>, VaultError> {
            Ok(self.items.borrow().get(key).cloned().map(Zeroizing::new))
        }

        fn set(&self, key: &str, value: &[u8]) -> Result<(), VaultError> {
            assert!(value.len() <= 2_560, "over the cap");
            if let Some(left) = self.fail_at.borrow_mut().as_mut() {
                if *left == 0 {
                    return Err(VaultError::Refused("it broke".into()));
                }
                *left -= 1;
            }
            self.items.borrow_mut().insert(key.to_owned(), value.to_vec());
            Ok(())
        }

        fn remove(&self, key: &str) -> Result<bool, VaultError> {
            Ok(self.items.borrow_mut().remove(key).is_some())
        }
    }

    #[test]
    fn values_of_any_size_come_back_and_leave_nothing_behind() {
        let items = Capped::default();
        for size in [0, 10, 2_400, 2_401, 16_000, 5_000, 20] {
            let value = vec![b'x'; size];
            write(&items, "p/a", &value).unwrap();
            assert_eq!(read(&items, "p/a").unwrap().unwrap().as_slice(), value, "{size}");
        }
        assert_eq!(roster(&items).unwrap(), ["p/a"]);
        assert!(delete(&items, "p/a").unwrap());
        assert!(roster(&items).unwrap().is_empty());
        assert_eq!(items.items.borrow().len(), 1, "only the roster is left");
    }

    #[test]
    fn a_write_that_breaks_anywhere_leaves_the_old_value() {
        for fail_at in 0..6 {
            let items = Capped::default();
            write(&items, "p/a", &[b'o'; 6_000]).unwrap();
            *items.fail_at.borrow_mut() = Some(fail_at);
            let outcome = write(&items, "p/a", &[b'n'; 7_000]);
            let expected = if outcome.is_ok() { vec![b'n'; 7_000] } else { vec![b'o'; 6_000] };
            assert_eq!(read(&items, "p/a").unwrap().unwrap().as_slice(), expected, "{fail_at}");
        }
    }

    #[test]
    fn what_another_keychain_lost_is_damage_and_what_was_not_there_is_nothing() {
        let items = Capped::default();
        assert!(read(&items, "p/a").unwrap().is_none());
        assert!(!delete(&items, "p/a").unwrap());
        write(&items, "p/a", &[b'x'; 5_000]).unwrap();
        write(&items, "p/b", b"y").unwrap();
        assert_eq!(roster(&items).unwrap(), ["p/a", "p/b"]);
        let keys: Vec<String> = items.items.borrow().keys().cloned().collect();
        assert_eq!(keys, ["p/a", "p/a#0.0", "p/a#0.1", "p/a#0.2", "p/b", "roster:"]);
        items.remove("p/a#0.1").unwrap();
        assert!(matches!(read(&items, "p/a"), Err(VaultError::Damaged { .. })));
        assert!(delete(&items, "p/a").unwrap());
        assert_eq!(roster(&items).unwrap(), ["p/b"]);
        assert_eq!(items.items.borrow().len(), 2, "its parts go with it");
    }

    #[test]
    fn a_value_is_whole_as_long_as_it_fits() {
        let items = Capped::default();
        let parts = |size: usize| {
            write(&items, "p/a", &vec![b'x'; size]).unwrap();
            items.items.borrow().keys().filter(|key| key.contains('#')).count()
        };
        assert_eq!([2_400, 2_401, 4_800, 4_801].map(parts), [0, 2, 2, 3]);
        // Each write has a number of its own, so that a reader never mixes two.
        let key = |items: &Capped| items.items.borrow().keys().find(|key| key.contains('#')).cloned();
        assert_eq!(key(&items).as_deref(), Some("p/a#2.0"));
    }
}

//! Another name for a grant. As long as the old item is there only that counts: interrupted, nothing has happened, and never do
//! two names spend one refresh token.

#[cfg(test)]
mod tests;

use super::{Grant, Listed, Vault, VaultError, decode, encode, entry};
use crate::name::Name;

impl Vault {
    /// Puts a copy under the new name, which nobody sees yet, and reads it back. The caller holds both locks.
    pub(crate) fn copy(&self, old: &Name, new: &Name) -> Result<Option<Grant>, VaultError> {
        let Some(mut grant) = self.grant(old)? else { return Ok(None) };
        // Two that are a copy of each other would both be seen by nobody.
        if grant.copy_of.is_some() {
            self.save(old, &mut grant)?;
        }
        let key = entry::grant(&self.profile, new);
        grant.generation += 1;
        grant.copy_of = Some(entry::grant(&self.profile, old));
        grant.item.clone_from(&key);
        let bytes = encode(&grant);
        self.store.reserve(&key, bytes.len())?.commit(&bytes)?;
        match self.store.read(&key)? {
            Some(back) if back == bytes => Ok(Some(grant)),
            _ => Err(VaultError::Damaged { key, why: "it did not come back as written".into() }),
        }
    }

    /// The copy is the connection from here on.
    pub(crate) fn rename(&self, old: &Name, new: &Name, copy: &mut Grant) -> Result<(), VaultError> {
        self.store.delete(&entry::grant(&self.profile, old))?;
        // Only so that nobody need look for the old one again.
        self.save(new, copy).unwrap_or_else(|error| crate::log::info(&error.to_string()));
        Ok(())
    }

    /// What came of no rename would be a connection as soon as the original is gone.
    pub(super) fn delete_copies(&self, old: &Name) -> Result<(), VaultError> {
        let original = entry::grant(&self.profile, old);
        for (key, bytes) in self.store.read_all(&format!("{}/", self.profile))? {
            let grant = bytes.and_then(|bytes| decode(&key, &bytes));
            if grant
                .is_ok_and(|grant| grant.copy_of.as_ref() == Some(&original) && self.is_unfinished(&grant))
            {
                self.store.delete(&key)?;
            }
        }
        Ok(())
    }

    pub(super) fn is_unfinished(&self, grant: &Grant) -> bool {
        let original = || {
            let key = grant.copy_of.as_ref().filter(|key| entry::grant_name(&self.profile, key).is_some())?;
            decode(key, &self.store.read(key).ok()??).ok()
        };
        original().is_some_and(|original| is_same(&original, grant))
    }
}

/// Leaves out what `is_unfinished`.
pub(super) fn finished(profile: &str, mut all: Listed<Name, Grant>) -> Listed<Name, Grant> {
    let is_copy = |grant: &Grant| {
        all.iter().any(|(name, original)| {
            grant.copy_of.as_ref().is_some_and(|key| *key == entry::grant(profile, name))
                && original.as_ref().is_ok_and(|original| is_same(original, grant))
        })
    };
    let copies: Vec<Name> = all
        .iter()
        .filter(|(_, grant)| grant.as_ref().is_ok_and(is_copy))
        .map(|(name, _)| name.clone())
        .collect();
    all.retain(|(name, _)| !copies.contains(name));
    all
}

/// The old name may be another connection's by now.
fn is_same(original: &Grant, copy: &Grant) -> bool {
    original.connected_at == copy.connected_at && original.provider == copy.provider
}

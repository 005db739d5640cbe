//! Sign-ins that wait for their second half: `PROFILE/signin:ID`, listed with no connection, gone once they are used or
//! have died. What is in them is `commands::connect`'s to know.

use std::time::Duration;

use super::{Bytes, Listed, Vault, VaultError, entry, lock};

impl Vault {
    pub(crate) fn keep_signin(&self, id: &str, value: &[u8]) -> Result<(), VaultError> {
        let key = entry::signin(&self.profile, id);
        self.store.reserve(&key, value.len())?.commit(value)
    }

    /// All that wait, by id.
    pub(crate) fn signins(&self) -> Result<Listed<String, Bytes>, VaultError> {
        let prefix = entry::signin(&self.profile, "");
        let items = self.store.read_all(&prefix)?;
        Ok(items
            .into_iter()
            .filter_map(|(key, item)| Some((key.strip_prefix(&prefix)?.to_owned(), item)))
            .collect())
    }

    /// `false`: somebody else has taken it. The caller holds the lock.
    pub(crate) fn take_signin(&self, id: &str) -> Result<bool, VaultError> {
        self.store.delete(&entry::signin(&self.profile, id))
    }

    /// Of two processes that finish the same sign-in, one gets it.
    pub(crate) async fn lock_signins(&self, patience: Duration) -> Result<lock::Lock, VaultError> {
        lock::acquire(self.lock_dir(), &entry::signin(&self.profile, ""), None, patience).await
    }
}

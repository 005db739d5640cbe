//! The secrets of OAuth clients. Each client has its own: a grant is renewed by the one it was issued to, whichever is
//! set up since.

use super::{Secret, Vault, VaultError, entry};

impl Vault {
    pub(crate) fn client_secret(&self, provider: &str, id: &str) -> Result<Option<Secret>, VaultError> {
        let key = entry::client(&self.profile, provider, id);
        let Some(bytes) = self.store.read(&key)? else { return Ok(None) };
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(_) => Err(VaultError::Damaged { key, why: "it is not text".into() }),
        }
    }

    pub(crate) fn save_client_secret(
        &self,
        provider: &str,
        id: &str,
        secret: &Secret,
    ) -> Result<(), VaultError> {
        let key = entry::client(&self.profile, provider, id);
        let value = secret.expose().as_bytes();
        self.store.reserve(&key, value.len())?.commit(value)
    }

    pub(crate) fn delete_client_secret(&self, provider: &str, id: &str) -> Result<bool, VaultError> {
        self.store.delete(&entry::client(&self.profile, provider, id))
    }
}

//! With which refresh token a grant was imported: a mark that tells the same one again, and from which nobody gets it back.

use std::fmt::Write;

use sha2::{Digest, Sha256};

use super::{Grant, Secret};

fn mark(token: &Secret) -> String {
    let hash = Sha256::new_with_prefix("integ import\n").chain_update(token.expose()).finalize();
    hash.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

impl Grant {
    /// Its refresh token is one that somebody gave.
    pub(crate) fn mark_imported(&mut self) {
        self.imported = self.refresh_token.as_ref().map(mark);
    }

    /// Whether this is the refresh token that it was imported with.
    pub(crate) fn was_imported_with(&self, token: &Secret) -> bool {
        self.imported.as_ref() == Some(&mark(token))
    }
}

//! What cures a calendar whose last sync failed.

use crate::error::Kind;
use crate::index::Calendar;

impl Calendar {
    /// A new sign-in forgets what asked for one; any other error stays until a sync succeeds.
    pub(crate) fn cure(&self) -> Option<String> {
        let again = "integ sync --since-error";
        let error = self.error.as_ref()?;
        Some(match &error.help {
            Some(help) if error.kind == Kind::NeedsReauth.word() => help.clone(),
            Some(help) => format!("{help}, then: {again}"),
            None => again.to_owned(),
        })
    }
}

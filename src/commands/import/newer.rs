//! Whether what is here is newer than what comes. A refresh token that was spent here must not come back: presented once
//! more, it makes the provider revoke every token of its sign-in.

use super::candidate::Candidate;
use crate::vault::{Grant, Identity};

/// What is here stays.
pub(super) struct Newer {
    /// Why, where the other one may still be wanted.
    pub warning: Option<&'static str>,
}

/// `there` is the candidate's grant, as far as it is known by now.
pub(super) fn newer(here: &Grant, candidate: &Candidate, there: &Grant) -> Option<Newer> {
    if here.needs_reauth() || here.provider != there.provider {
        return None;
    }
    if candidate.carried
        && let Some(newer) = by_date(here, there)
    {
        return Some(newer);
    }
    let token = there.refresh_token.as_ref()?;
    if here.refresh_token.as_ref() == Some(token) {
        return None;
    }
    let because = |why| Some(Newer { warning: Some(why) });
    match &here.imported {
        Some(_) if here.was_imported_with(token) => {
            because("this refresh token was imported here before and has been renewed since")
        }
        // Another one than before: somebody has put it there.
        Some(_) => None,
        None if !candidate.carried
            && rotates(here)
            && here.verified
            && same_account(&here.identity, &there.identity) =>
        {
            because("it is the same account, and this refresh token may be older than the one that is here")
        }
        None => None,
    }
}

/// Anything but a stable refresh token may be spent by its first use.
pub(in crate::commands) fn rotates(grant: &Grant) -> bool {
    grant.can_refresh() && grant.rotates()
}

/// A bundle says when its grant was obtained, and by which sign-in.
fn by_date(here: &Grant, there: &Grant) -> Option<Newer> {
    if here.client_id != there.client_id || here.obtained_at < there.obtained_at {
        return None;
    }
    let same_token = here.imported.is_some() && here.imported == there.imported;
    if here.connected_at == there.connected_at || same_token {
        let spent = "this bundle was used here before; its refresh token may be spent by now";
        return Some(Newer { warning: rotates(here).then_some(spent) });
    }
    let later = here.connected_at > there.connected_at && same_account(&here.identity, &there.identity);
    later.then_some(Newer { warning: Some("it is of a later sign-in than the bundle") })
}

fn same_account(here: &Identity, there: &Identity) -> bool {
    match (&here.id, &there.id) {
        (Some(a), Some(b)) => a == b && here.workspace == there.workspace,
        _ => here.account.is_some() && here.account == there.account,
    }
}

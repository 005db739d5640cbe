//! Tokens. A family is what one consent gave: its refresh token rotates, and everything in it dies together.

use std::collections::HashMap;
use std::time::Instant;

use super::people::Person;
use super::random;
use super::scopes::Scopes;

pub(crate) type FamilyId = u64;

pub(crate) struct Family {
    pub(crate) client_id: String,
    pub(crate) person: &'static Person,
    pub(crate) granted: Scopes,
    /// A client that did not register for refreshing gets no refresh token.
    pub(crate) refreshes: bool,
}

pub(crate) struct Access {
    pub(crate) family: FamilyId,
    pub(crate) scopes: Scopes,
    pub(crate) expires: Instant,
}

struct Refresh {
    family: FamilyId,
    spent: bool,
}

pub(crate) struct Issued {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stale {
    Unknown,
    /// It had been used before: its family is gone now.
    Reused,
}

#[derive(Default)]
pub(crate) struct Grants {
    families: HashMap<FamilyId, Family>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    last: FamilyId,
    pub(crate) reuses: u64,
}

impl Grants {
    pub(crate) fn open(&mut self, family: Family) -> FamilyId {
        self.last += 1;
        self.families.insert(self.last, family);
        self.last
    }

    pub(crate) fn issue(
        &mut self,
        family: FamilyId,
        scopes: Scopes,
        now: Instant,
        expires: Instant,
    ) -> Issued {
        self.access.retain(|_, access| access.expires > now);
        let access = random::token("sandbox-at-");
        self.access.insert(access.clone(), Access { family, scopes, expires });
        let refreshes = self.families.get(&family).is_some_and(|family| family.refreshes);
        let refresh = refreshes.then(|| {
            let token = random::token("sandbox-rt-");
            self.refresh.insert(token.clone(), Refresh { family, spent: false });
            token
        });
        Issued { access, refresh }
    }

    /// Whose refresh token this is. A spent one means that two parties hold it, and nobody can say which is the
    /// thief: the family ends (RFC 9700, 4.14.2).
    pub(crate) fn present(&mut self, token: &str, client_id: &str) -> Result<FamilyId, Stale> {
        let Refresh { family, spent } = self.refresh.get(token).ok_or(Stale::Unknown)?;
        let (family, spent) = (*family, *spent);
        if self.family(family).is_none_or(|family| family.client_id != client_id) {
            return Err(Stale::Unknown);
        }
        if spent {
            self.reuses += 1;
            self.end(family);
            return Err(Stale::Reused);
        }
        Ok(family)
    }

    pub(crate) fn spend(&mut self, token: &str) {
        if let Some(refresh) = self.refresh.get_mut(token) {
            refresh.spent = true;
        }
    }

    pub(crate) fn family(&self, id: FamilyId) -> Option<&Family> {
        self.families.get(&id)
    }

    pub(crate) fn lives(&self, id: FamilyId) -> bool {
        self.families.contains_key(&id)
    }

    pub(crate) fn live(&self) -> usize {
        self.families.len()
    }

    /// What a working access token allows.
    pub(crate) fn access(&self, token: &str, now: Instant) -> Option<(&Access, &Family)> {
        let access = self.access.get(token).filter(|access| access.expires > now)?;
        Some((access, self.families.get(&access.family)?))
    }

    pub(crate) fn family_of_refresh(&self, token: &str) -> Option<&Family> {
        let refresh = self.refresh.get(token).filter(|refresh| !refresh.spent)?;
        self.families.get(&refresh.family)
    }

    /// The family of either kind of token, spent and expired ones included.
    pub(crate) fn family_of(&self, token: &str) -> Option<FamilyId> {
        let access = self.access.get(token).map(|access| access.family);
        access.or_else(|| self.refresh.get(token).map(|refresh| refresh.family))
    }

    pub(crate) fn end(&mut self, id: FamilyId) {
        self.families.remove(&id);
        self.access.retain(|_, access| access.family != id);
        self.refresh.retain(|_, refresh| refresh.family != id);
    }

    /// How many consents of this person ended.
    pub(crate) fn forget(&mut self, account: &str) -> usize {
        let theirs: Vec<_> = self
            .families
            .iter()
            .filter(|(_, family)| family.person.email.eq_ignore_ascii_case(account))
            .map(|(id, _)| *id)
            .collect();
        theirs.iter().for_each(|id| self.end(*id));
        theirs.len()
    }

    pub(crate) fn expire(&mut self) {
        self.access.clear();
    }
}

//! A person's decision: who waits for one, and what it is when nobody is asked.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use url::Url;

use super::answer::Refusal;
use super::people::{self, ALICE, Person};
use super::random;
use super::request::Params;
use super::scopes::{self, Scopes};

const LIFE: Duration = Duration::from_secs(15 * 60);

/// An authorization request that was found in order.
pub(crate) struct Attempt {
    pub(crate) client_id: String,
    pub(crate) redirect_uri: Redirect,
    pub(crate) scopes: Scopes,
    pub(crate) state: Option<String>,
    pub(crate) challenge: String,
    pub(crate) nonce: Option<String>,
}

/// The address as it was written, since the token request must repeat it to the letter.
#[derive(Clone)]
pub(crate) struct Redirect {
    pub(crate) written: String,
    pub(crate) url: Url,
}

pub(crate) enum Decision {
    Deny,
    Allow { person: &'static Person, granted: Scopes },
}

impl Decision {
    /// What the consent page sends: a button and the boxes that are ticked.
    pub(crate) fn from_form(form: &Params, asked: &Scopes) -> Result<Self, Refusal> {
        if form.get("deny").is_some() {
            return Ok(Self::Deny);
        }
        let person = form.get("account").and_then(people::find);
        let person = person.ok_or(Refusal::invalid_request("account is nobody here"))?;
        let ticked = form.all("scope");
        let granted = keep(asked, |name| ticked.contains(&name));
        Ok(Self::Allow { person, granted })
    }
}

/// The optional scopes that `keeps` agrees to, and all the others.
fn keep(asked: &Scopes, keeps: impl Fn(&str) -> bool) -> Scopes {
    let optional = |name: &str| scopes::find(name).is_some_and(|scope| scope.optional);
    asked.iter().copied().filter(|name| !optional(name) || keeps(name)).collect()
}

pub(crate) enum Consent {
    /// Show the page.
    Ask,
    Deny,
    Allow {
        person: &'static Person,
        withheld: Scopes,
    },
}

impl Consent {
    pub(crate) fn automatic() -> Self {
        Self::Allow { person: &ALICE, withheld: Scopes::new() }
    }

    /// None when a person has to be asked.
    pub(crate) fn decide(&self, asked: &Scopes, hint: Option<&str>) -> Option<Decision> {
        match self {
            Self::Ask => None,
            Self::Deny => Some(Decision::Deny),
            Self::Allow { person, withheld } => Some(Decision::Allow {
                person: hint.and_then(people::find).unwrap_or(person),
                granted: keep(asked, |name| !withheld.contains(&name)),
            }),
        }
    }
}

/// Authorization requests whose page is open somewhere. The key is in the page and nowhere else.
#[derive(Default)]
pub(crate) struct Attempts(HashMap<String, (Attempt, Instant)>);

impl Attempts {
    pub(crate) fn wait(&mut self, attempt: Attempt, now: Instant) -> String {
        self.0.retain(|_, (_, expires)| *expires > now);
        let key = random::token("");
        self.0.insert(key.clone(), (attempt, now + LIFE));
        key
    }

    pub(crate) fn get(&self, key: &str, now: Instant) -> Option<&Attempt> {
        self.0.get(key).filter(|(_, expires)| *expires > now).map(|(attempt, _)| attempt)
    }

    pub(crate) fn take(&mut self, key: &str) -> Option<Attempt> {
        self.0.remove(key).map(|(attempt, _)| attempt)
    }
}

//! Authorization codes: one use, one minute, bound to who asked and how.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use oauth2::{PkceCodeChallenge, PkceCodeVerifier};

use super::answer::Refusal;
use super::consent::Attempt;
use super::grants::{FamilyId, Grants};
use super::people::Person;
use super::random;
use super::scopes::Scopes;

const LIFE: Duration = Duration::from_secs(60);

pub(crate) struct Code {
    pub(crate) attempt: Attempt,
    pub(crate) person: &'static Person,
    pub(crate) granted: Scopes,
    expires: Instant,
}

#[derive(Default)]
pub(crate) struct Codes {
    fresh: HashMap<String, Code>,
    /// What a used code gave, so that a replay can take it back.
    used: HashMap<String, FamilyId>,
}

impl Codes {
    pub(crate) fn issue(
        &mut self,
        attempt: Attempt,
        person: &'static Person,
        granted: Scopes,
        now: Instant,
    ) -> String {
        self.fresh.retain(|_, code| code.expires > now);
        let text = random::token("sandbox-code-");
        self.fresh.insert(text.clone(), Code { attempt, person, granted, expires: now + LIFE });
        text
    }

    /// Takes the code out whatever comes of it: a wrong guess must not get a second try.
    pub(crate) fn redeem(
        &mut self,
        text: &str,
        client_id: &str,
        redirect_uri: &str,
        verifier: &str,
        now: Instant,
        grants: &mut Grants,
    ) -> Result<Code, Refusal> {
        if let Some(family) = self.used.remove(text) {
            // Somebody else has this code too (RFC 6749, 4.1.2).
            grants.end(family);
            return Err(Refusal::invalid_grant("this code was used before; what it gave is revoked"));
        }
        let code =
            self.fresh.remove(text).ok_or(Refusal::invalid_grant("this code is unknown or used up"))?;
        if code.expires <= now {
            return Err(Refusal::invalid_grant("this code has expired"));
        }
        if code.attempt.client_id != client_id {
            return Err(Refusal::invalid_grant("this code belongs to another client"));
        }
        if code.attempt.redirect_uri.written != redirect_uri {
            return Err(Refusal::invalid_grant("redirect_uri is not the one of the authorization request"));
        }
        if !verifies(&code.attempt.challenge, verifier) {
            return Err(Refusal::invalid_grant("code_verifier does not match code_challenge"));
        }
        Ok(code)
    }

    pub(crate) fn remember_use(&mut self, text: &str, family: FamilyId, grants: &Grants) {
        self.used.retain(|_, family| grants.lives(*family));
        self.used.insert(text.to_owned(), family);
    }
}

/// The verifier's form is checked first (RFC 7636, 4.1): hashing refuses the wrong length with a panic.
fn verifies(challenge: &str, verifier: &str) -> bool {
    let well_formed = (43..=128).contains(&verifier.len())
        && verifier.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte));
    well_formed
        && PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(verifier.to_owned())).as_str()
            == challenge
}

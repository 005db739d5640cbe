//! Renewing a grant so that N processes send one request: lock, read again, prove the vault writable, exchange, save,
//! read back. Nothing is deleted here, whatever the provider says.

use std::time::Duration;

use url::Url;

use super::exchange::Context;
use super::{OauthError, Tokens};
use crate::clock;
use crate::http::HttpError;
use crate::name::Name;
use crate::output::{self, Held, unbreakable};
use crate::providers::Provider;
use crate::reason::Reason;
use crate::vault::{Grant, Secret, Slot, Trouble, TroubleKind, Vault, VaultError};

/// What is to be renewed, and how badly.
pub(crate) struct Renewal<'a> {
    pub vault: &'a Vault,
    pub name: &'a Name,
    pub lock_wait: Duration,
    /// Seconds that the token must still live, in place of the usual margin.
    pub min_valid: Option<i64>,
    /// Even when it is fresh, or marked as refused.
    pub force: bool,
    /// The access token that the API refused: if it is no longer the stored one, somebody has renewed it already.
    pub rejected: Option<&'a Secret>,
}

#[derive(Debug)]
pub(crate) enum Renewed {
    Refreshed(Grant),
    /// Another process did it while we waited, or it was fresh all along.
    Adopted(Grant),
}

impl Renewed {
    pub(crate) fn into_grant(self) -> Grant {
        match self {
            Renewed::Refreshed(grant) | Renewed::Adopted(grant) => grant,
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum RenewError {
    #[error(transparent)]
    Vault(#[from] VaultError),
    #[error(transparent)]
    Oauth(OauthError),
    /// Deleted while we waited.
    #[error("the connection is gone")]
    Gone,
    /// The refresh token was refused for good, now or earlier; `words` are the provider's.
    #[error("the sign-in has ended: {words}")]
    Final { words: String, reason: Option<Reason>, at: i64, earlier: bool },
    #[error("it has no refresh token")]
    NoRefreshToken,
    /// A rotating token was presented and no answer came: it may be spent.
    #[error("the answer was lost: {0}")]
    AnswerLost(OauthError),
    #[error("the new token belongs to somebody else")]
    OtherAccount,
    /// The provider gave new tokens and the vault does not take them; `aside`: they are kept beside it for the next command.
    #[error("the new token could not be saved: {cause}")]
    NotSaved { cause: VaultError, aside: bool },
}

impl Renewal<'_> {
    pub(crate) async fn run(&self, context: &Context<'_>) -> Result<Renewed, RenewError> {
        let _lock = self.vault.lock(self.name, self.lock_wait).await?;
        let mut grant = self.vault.grant(self.name)?.ok_or(RenewError::Gone)?;
        if self.is_settled(&grant) {
            return Ok(Renewed::Adopted(grant));
        }
        if let Some(trouble) =
            grant.trouble.as_ref().filter(|t| t.kind == TroubleKind::NeedsReauth && !self.force)
        {
            let (words, reason) = (trouble.code.clone(), trouble.reason);
            return Err(RenewError::Final { words, reason, at: trouble.at, earlier: true });
        }
        if !grant.can_refresh() {
            return Err(RenewError::NoRefreshToken);
        }
        let slot = self.vault.reserve(self.name, &grant)?;
        let (answer, _held) = self.present(context, &grant).await;
        match answer {
            Ok(tokens) => {
                if is_other_account(&grant, &tokens) {
                    return Err(RenewError::OtherAccount);
                }
                let spent = grant.refresh_token.clone();
                grant.take(tokens, context.provider);
                match self.save(slot, &mut grant) {
                    Ok(()) => Ok(Renewed::Refreshed(grant)),
                    Err(cause) => {
                        // A machine asks anew: nothing of it can be lost.
                        let aside = spent
                            .is_some_and(|spent| self.vault.keep_aside(self.name, &spent, &grant).is_ok());
                        Err(RenewError::NotSaved { cause, aside })
                    }
                }
            }
            Err(error) => {
                // Somebody who does not know our locks may have rotated it meanwhile: theirs is the one that counts.
                if let Some(stored) = self.vault.grant(self.name)?
                    && (stored.refresh_token != grant.refresh_token || stored.machine != grant.machine)
                    && stored.is_fresh(clock::now(), self.min_valid)
                {
                    return Ok(Renewed::Adopted(stored));
                }
                Err(self.note_failure(slot, grant, context.provider, error))
            }
        }
    }

    /// Presents what the grant renews with, again only where that cannot spend it twice: a stable token, a machine's
    /// request, or a request that was certainly not acted on.
    async fn present(&self, context: &Context<'_>, grant: &Grant) -> (Result<Tokens, OauthError>, Held) {
        let mut tries = 1;
        loop {
            let held = output::begin().await;
            let error = match ask(context, grant).await {
                Ok(tokens) => return (Ok(tokens), held),
                Err(error) => error,
            };
            let safe = error.is_transient() && !(grant.rotates() && error.answer_lost());
            if !safe {
                return (Err(error), held);
            }
            drop(held);
            if !context.again(tries, &error).await {
                return (Err(error), unbreakable());
            }
            tries += 1;
        }
    }

    /// What must hold for the stored grant to be used as it is.
    fn is_settled(&self, grant: &Grant) -> bool {
        if let Some(rejected) = self.rejected {
            return grant.access_token != *rejected && !grant.needs_reauth();
        }
        !self.force && grant.is_fresh(clock::now(), self.min_valid) && !grant.needs_reauth()
    }

    /// The old refresh token may be spent by now: the new one is worth a second and a third try to keep.
    fn save(&self, slot: Slot<'_>, grant: &mut Grant) -> Result<(), VaultError> {
        let mut outcome = slot.save(grant);
        for _ in 0..2 {
            if outcome.is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(200));
            outcome = self.vault.save(self.name, grant);
        }
        outcome?;
        match self.vault.grant(self.name)? {
            Some(stored) if stored.access_token == grant.access_token => Ok(()),
            _ => Err(VaultError::Refused("it did not read back as written".into())),
        }
    }

    /// Final answers are marked, lost ones are noted, and everything else leaves the grant as it was.
    fn note_failure(
        &self,
        slot: Slot<'_>,
        mut grant: Grant,
        provider: &Provider,
        error: OauthError,
    ) -> RenewError {
        let rotates = grant.rotates();
        let at = clock::now();
        let connected_at = grant.connected_at;
        let note = |kind, code: &str, reason| {
            grant.trouble = Some(Trouble { kind, at, code: code.to_owned(), reason });
            slot.save(&mut grant)
        };
        match error {
            OauthError::Refused { code, detail, words, reason, .. } if is_final(provider, &code, &detail) => {
                let reason = provider.why_ended(&code, reason, connected_at, at);
                match note(TroubleKind::NeedsReauth, &words, reason) {
                    Ok(()) => RenewError::Final { words, reason, at, earlier: false },
                    Err(error) => error.into(),
                }
            }
            error if error.answer_lost() && rotates => {
                match note(TroubleKind::AnswerLost, "answer_lost", None) {
                    Ok(()) => RenewError::AnswerLost(error),
                    Err(error) => error.into(),
                }
            }
            error => RenewError::Oauth(error),
        }
    }
}

/// For `--dry-run`: the request without the lock, the vault and what comes after.
pub(crate) async fn rehearse(context: &Context<'_>, grant: &Grant) -> Result<(), OauthError> {
    match ask(context, grant).await {
        Ok(_) | Err(OauthError::Http(HttpError::Dry)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The one request that renews a grant.
async fn ask(context: &Context<'_>, grant: &Grant) -> Result<Tokens, OauthError> {
    let endpoint = refresh_endpoint(context.provider, grant)?;
    match (&grant.machine, &grant.refresh_token) {
        (Some(machine), _) => context.ask_as_machine(&endpoint, machine).await,
        (None, Some(token)) => context.refresh(&endpoint, token, grant.endpoints.resource.as_deref()).await,
        (None, None) => Err(OauthError::Unsupported("there is no refresh token".into())),
    }
}

/// The closed list: `invalid_grant` and what the provider file names.
fn is_final(provider: &Provider, code: &str, detail: &str) -> bool {
    code == "invalid_grant" || provider.error.reconnect.iter().any(|known| known == code || known == detail)
}

/// Pinned at connect time, else the provider file's: nobody is asked where to send a refresh token.
fn refresh_endpoint(provider: &Provider, grant: &Grant) -> Result<Url, OauthError> {
    // A machine asks where the first token came from.
    let text = provider
        .refresh_url
        .as_ref()
        .filter(|_| grant.machine.is_none())
        .or(provider.token_url.as_ref())
        .or(grant.endpoints.token.as_ref())
        .ok_or_else(|| OauthError::Unsupported(format!("{} has no token endpoint", provider.title)))?;
    text.parse().map_err(|_| OauthError::Unsupported(format!("{text} is no URL")))
}

/// An ID token that names another subject than the one who consented.
fn is_other_account(grant: &Grant, tokens: &Tokens) -> bool {
    match (&grant.subject, &tokens.subject) {
        (Some(before), Some(now)) => before != now,
        _ => false,
    }
}

/// Seconds that a refresh token lives after its last use, where nobody tells.
fn assumed_life(provider: &Provider) -> Option<i64> {
    let life = crate::duration::parse(provider.refresh_life.as_deref()?).ok()?;
    i64::try_from(life.as_secs()).ok()
}

impl Grant {
    /// Takes new tokens in. An answer without a refresh token keeps the old one (RFC 6749 §6), and the end that was told
    /// of it.
    pub(crate) fn take(&mut self, tokens: Tokens, provider: &Provider) {
        let now = clock::now();
        self.access_token = tokens.access_token;
        self.token_type = tokens.token_type;
        self.obtained_at = now;
        self.expires_at = tokens.life.map(|life| now + life);
        let is_another = tokens.refresh_token.is_some() && tokens.refresh_token != self.refresh_token;
        self.refresh_token = tokens.refresh_token.or(self.refresh_token.take());
        if let Some(life) = tokens.refresh_life {
            (self.refresh_expires_at, self.refresh_end_told) = (Some(now + life), true);
        } else if is_another || !self.refresh_end_told {
            let life = self.refresh_token.as_ref().and_then(|_| assumed_life(provider));
            (self.refresh_expires_at, self.refresh_end_told) = (life.map(|life| now + life), false);
        }
        if let Some(scopes) = tokens.scopes {
            self.scopes = scopes;
        }
        self.extra.extend(tokens.extra);
        self.secrets.extend(tokens.secrets);
        if self.subject.is_none() {
            self.subject = tokens.subject;
        }
        self.trouble = None;
    }
}

#[cfg(test)]
mod tests;

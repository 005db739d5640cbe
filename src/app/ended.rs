//! A connection that failed, as a person is told it: how the sign-in ended, what was refused, what a renewal came to.

use super::Need;
use crate::clock;
use crate::error::{Error, Kind};
use crate::name::Name;
use crate::oauth::RenewError;
use crate::providers::{Provider, Refusal};
use crate::reason::Reason;
use crate::vault::Grant;

/// How a sign-in ended.
#[derive(Clone, Copy, Default)]
pub(crate) struct Ended<'a> {
    /// The provider's.
    pub words: &'a str,
    pub reason: Option<Reason>,
    /// Where it was known before.
    pub since: Option<i64>,
}

impl<'a> Ended<'a> {
    /// As the grant remembers it.
    pub(crate) fn of(grant: &'a Grant) -> Ended<'a> {
        grant.trouble.as_ref().map_or(Ended::default(), |trouble| Ended {
            words: &trouble.code,
            reason: trouble.reason,
            since: Some(trouble.at),
        })
    }

    /// As an API's refusal tells it.
    pub(crate) fn by(provider: &Provider, grant: &Grant, refusal: &'a Refusal) -> Ended<'a> {
        let reason = provider.why_ended(&refusal.code, refusal.reason, grant.connected_at, clock::now());
        Ended { words: &refusal.words, reason, since: None }
    }
}

pub(crate) fn sign_in_again(name: &Name, provider: Option<&Provider>, ended: &Ended<'_>) -> Error {
    let since = ended.since.map_or(String::new(), |at| format!(" since {}", clock::local(at)));
    let life = provider.and_then(Provider::testing_words);
    let why = match (ended.reason.map(|reason| reason.words(life.as_deref())), ended.words) {
        (None, "") => String::new(),
        (None, words) => format!(": {words}"),
        (Some(why), "") => format!(": {why}"),
        (Some(why), words) => format!(": {why} ({words})"),
    };
    let console = provider.and_then(|provider| provider.console_url.as_deref());
    let help = match ended.reason.and_then(|reason| reason.cure(console)) {
        Some(cure) => format!("{cure}, then: integ connect {name}"),
        None => format!("integ connect {name}"),
    };
    Error::new(Kind::NeedsReauth, format!("{name} needs a new sign-in{since}{why}"))
        .because(ended.reason)
        .help(help)
}

/// The token is good and may not do what was asked.
pub(crate) fn scope_missing(name: &Name, title: &str, refusal: Refusal) -> Error {
    let message = format!("{name}: {title} wants a scope that was not granted: {}", refusal.words);
    let mut error = Error::new(Kind::MissingScope, message);
    error.help = Some(match refusal.needed.as_slice() {
        [] => format!("integ status {name} shows what was; integ connect {name} --scope SCOPE asks for more"),
        needed => {
            error.message = format!("{}; needed: {}", error.message, needed.join(", "));
            format!("integ connect {name} --scope {}", needed.join(" --scope "))
        }
    });
    error.needed = refusal.needed;
    error
}

/// Any other refusal, and the provider's link to its cure.
pub(crate) fn refused(name: &Name, title: &str, refusal: Refusal) -> Error {
    let mut error = Error::new(Kind::ProviderError, format!("{name}: {title} refused: {}", refusal.words));
    error.help = refusal.link.as_ref().map(|link| format!("enable it at {link}, then: integ test {name}"));
    error.link = refusal.link;
    error
}

impl Error {
    /// Where nobody signs in, a refusal has another cure.
    pub(crate) fn of_machine(mut self, name: &Name, grant: &Grant) -> Error {
        let Some(machine) = &grant.machine else { return self };
        match (self.kind, &machine.key) {
            (Kind::NeedsReauth, Some(_)) => {
                self.message = self.message.replace("needs a new sign-in", "needs a new key");
                let again = format!("integ connect {name} --service-account FILE");
                self.help(format!(
                    "the key or its account was deleted or disabled, or may not act for this user; with a new key: {again}"
                ))
            }
            (Kind::NeedsReauth, None) => {
                self.message = self.message.replace("a new sign-in", "a client that may ask for tokens");
                self.help(format!(
                    "integ setup {0}; then: integ connect {name} --client-credentials",
                    grant.provider
                ))
            }
            (Kind::ClientMisconfigured, Some(_)) => self.help(format!(
                "an administrator has to allow it this user and these scopes; then: integ refresh {name} --force"
            )),
            (Kind::ClientMisconfigured, None) => self.help(format!("integ setup {}", grant.provider)),
            _ => self,
        }
    }
}

pub(super) fn no_refresh_token(name: &Name, need: Need<'_>) -> Error {
    let why = if need.force {
        "has no refresh token, so there is nothing to refresh"
    } else {
        "has expired and has no refresh token"
    };
    Error::new(Kind::NeedsReauth, format!("{name} {why}"))
        .because((!need.force).then_some(Reason::Expired))
        .help(format!("integ connect {name}"))
}

/// What a renewal that failed is to a person.
pub(crate) fn renew_error(name: &Name, provider: &Provider, need: Need<'_>, error: RenewError) -> Error {
    match error {
        RenewError::Vault(error) => Error::from(error).about(name.as_str()),
        RenewError::Oauth(error) => {
            let error = Error::from(error).about(name.as_str());
            match error.kind {
                Kind::ClientMisconfigured => error.help(format!("integ setup {}", name.head())),
                _ => error,
            }
        }
        RenewError::Gone => Error::new(Kind::NotConnected, format!("`{name}` was disconnected meanwhile"))
            .help(format!("integ connect {name}")),
        RenewError::Final { words, reason, at, earlier } => {
            let ended = Ended { words: &words, reason, since: earlier.then_some(at) };
            sign_in_again(name, Some(provider), &ended)
        }
        RenewError::NoRefreshToken => no_refresh_token(name, need),
        RenewError::AnswerLost(cause) => {
            let at = clock::local(clock::now());
            Error::new(Kind::AnswerLost, format!("{name}: the answer to the refresh was lost at {at} ({cause})"))
                .help("try again: if the provider did not act, nothing is lost; if it did, it asks for a new sign-in")
        }
        RenewError::OtherAccount => Error::new(
            Kind::AccountMismatch,
            format!("{name}: the new token belongs to another account; the old one was kept"),
        )
        .help(format!("integ connect {name} --replace")),
        RenewError::NotSaved { cause, aside } => {
            let mut error = Error::from(cause).about(&format!("{name}: the new token could not be saved"));
            error.help = Some(if aside {
                // The next command that holds the lock brings it back.
                format!("the new token is kept sealed; mend the vault, then: integ refresh {name}")
            } else {
                format!("mend the vault, then: integ refresh {name} --force")
            });
            error
        }
    }
}

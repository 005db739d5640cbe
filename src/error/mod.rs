//! The error a person meets: what happened, to what, and the command that cures it. Rooms have errors of their own as
//! data; their words stand here.

pub(crate) mod cures;
mod files;
mod words;

use crate::clock;
use crate::name::Name;
use crate::output::{cure, sanitise};
use crate::reason::Reason;

pub(crate) use files::{cannot_read, cannot_write};
pub(crate) use words::later;

#[derive(Clone, Debug)]
pub(crate) struct Error {
    pub kind: Kind,
    pub message: String,
    pub help: Option<String>,
    /// Already told line by line: only the exit code is left to say.
    pub told: bool,
    /// The provider asked not to be asked before (unix seconds).
    pub retry_at: Option<i64>,
    /// Why a sign-in ended.
    pub reason: Option<Reason>,
    /// The scopes that were needed.
    pub needed: Vec<String>,
    /// The provider's address for the cure.
    pub link: Option<String>,
    exit: Option<u8>,
}

/// What a script can tell apart. The exit codes of the whole program are in [`Kind::exit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    AccountMismatch,
    AnswerLost,
    Busy,
    ClientMisconfigured,
    Config,
    Denied,
    IndexBroken,
    InteractionNeeded,
    Internal,
    MissingScope,
    NeedsReauth,
    NoClient,
    NoTarget,
    NotConnected,
    Partial,
    ProviderError,
    RateLimited,
    SigninTimeout,
    Storage,
    Unavailable,
    Unreachable,
    Unsafe,
    Usage,
    VaultAbsent,
    VaultBroken,
    VaultLocked,
}

/// The exit codes, for `--help` and the man page.
pub(crate) const EXIT_CODES: &[(u8, &str)] = &[
    (0, "done"),
    (1, "failed, or refused by the provider"),
    (2, "the command or a setting is wrong"),
    (3, "a person is needed: to sign in, to grant or set up more, to name a target of tasks"),
    (4, "try again later: network, rate limit, provider down"),
    (5, "the vault or local storage is locked, absent or broken"),
    (6, "refused for safety: issuer, host, certificate, account"),
    (8, "several failed for different reasons, or some did"),
    (70, "an internal error"),
    (75, "another process holds the lock"),
];

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::AccountMismatch => "account_mismatch",
            Kind::AnswerLost => "answer_lost",
            Kind::Busy => "busy",
            Kind::ClientMisconfigured => "client_misconfigured",
            Kind::Config => "config",
            Kind::Denied => "denied",
            Kind::IndexBroken => "index_broken",
            Kind::InteractionNeeded => "interaction_needed",
            Kind::Internal => "internal",
            Kind::MissingScope => "missing_scope",
            Kind::NeedsReauth => "needs_reauth",
            Kind::NoClient => "no_client",
            Kind::NoTarget => "no_target",
            Kind::NotConnected => "not_connected",
            Kind::Partial => "partial",
            Kind::ProviderError => "provider_error",
            Kind::RateLimited => "rate_limited",
            Kind::SigninTimeout => "signin_timeout",
            Kind::Storage => "storage",
            Kind::Unavailable => "unavailable",
            Kind::Unreachable => "unreachable",
            Kind::Unsafe => "unsafe",
            Kind::Usage => "usage",
            Kind::VaultAbsent => "vault_absent",
            Kind::VaultBroken => "vault_broken",
            Kind::VaultLocked => "vault_locked",
        }
    }

    pub(crate) fn exit(self) -> u8 {
        match self {
            Kind::ClientMisconfigured | Kind::Denied | Kind::ProviderError => 1,
            Kind::Config | Kind::Usage => 2,
            Kind::InteractionNeeded
            | Kind::MissingScope
            | Kind::NeedsReauth
            | Kind::NoClient
            | Kind::NoTarget
            | Kind::NotConnected
            | Kind::SigninTimeout => 3,
            Kind::AnswerLost | Kind::RateLimited | Kind::Unavailable | Kind::Unreachable => 4,
            Kind::IndexBroken | Kind::Storage | Kind::VaultAbsent | Kind::VaultBroken | Kind::VaultLocked => {
                5
            }
            Kind::AccountMismatch | Kind::Unsafe => 6,
            Kind::Partial => 8,
            Kind::Internal => 70,
            Kind::Busy => 75,
        }
    }
}

impl Error {
    pub(crate) fn new(kind: Kind, message: impl Into<String>) -> Error {
        Error {
            kind,
            message: message.into(),
            help: None,
            told: false,
            retry_at: None,
            reason: None,
            needed: Vec::new(),
            link: None,
            exit: None,
        }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(Kind::Usage, message)
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn because(mut self, reason: Option<Reason>) -> Error {
        self.reason = reason;
        self
    }

    pub(crate) fn about(mut self, what: &str) -> Error {
        self.message = format!("{what}: {}", self.message);
        self
    }

    pub(crate) fn exit(&self) -> u8 {
        self.exit.unwrap_or_else(|| self.kind.exit())
    }

    /// The end of a command that ran another and passes its code on.
    pub(crate) fn passed_on(exit: u8) -> Error {
        Error { told: true, exit: Some(exit), ..Error::new(Kind::Partial, "") }
    }

    /// Several things were done and told one by one: all failed alike → that code, different ones or some → 8.
    pub(crate) fn of_many(total: usize, failed: &[Error]) -> Option<Error> {
        let first = failed.first()?;
        let alike = failed.len() == total && failed.iter().all(|error| error.exit() == first.exit());
        let (kind, exit) =
            if alike { (first.kind, first.exit()) } else { (Kind::Partial, Kind::Partial.exit()) };
        Some(Error {
            told: true,
            exit: Some(exit),
            ..Error::new(kind, format!("{} of {total} failed", failed.len()))
        })
    }

    pub(crate) fn no_such_connection(name: &Name) -> Error {
        Error::new(Kind::NotConnected, format!("`{name}` is not connected"))
            .help(format!("integ connect {name}"))
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        let mut object = serde_json::json!({
            "kind": self.kind.word(),
            "message": sanitise::line(&self.message),
            "help": self.help.as_deref().map(|help| sanitise::line(&cure(help)).into_owned()),
            "exit": self.exit(),
        });
        let known = [
            ("reason", self.reason.map(|reason| reason.word().into())),
            ("retry_at", self.retry_at.map(|at| clock::rfc3339(at).into())),
            ("missing_scopes", (!self.needed.is_empty()).then(|| self.needed.clone().into())),
            ("link", self.link.clone().map(serde_json::Value::from)),
        ];
        if let serde_json::Value::Object(object) = &mut object {
            object.extend(known.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))));
        }
        object
    }
}

/// The known word that was meant, a typing mistake away: at most two letters, and one in three.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).min(2);
    known
        .map(|other| (strsim::damerau_levenshtein(word, other), other))
        .filter(|(d, _)| *d <= most)
        .min()
        .map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typing_mistake_finds_what_was_meant() {
        let known = ["google", "notion", "slack"];
        assert_eq!(nearest("gogle", known.into_iter()), Some("google"));
        assert_eq!(nearest("noiton", known.into_iter()), Some("notion"));
        assert_eq!(nearest("zoom", known.into_iter()), None);
        assert_eq!(nearest("foo", ["zoom"].into_iter()), None);
        assert_eq!(nearest("zom", ["zoom"].into_iter()), Some("zoom"));
    }

    #[test]
    fn many_outcomes_become_one_code() {
        let (down, gone) = (|| Error::new(Kind::Unreachable, ""), || Error::new(Kind::NeedsReauth, ""));
        assert!(Error::of_many(2, &[]).is_none());
        assert_eq!(Error::of_many(2, &[down(), down()]).unwrap().exit(), 4);
        assert_eq!(Error::of_many(3, &[down(), down()]).unwrap().exit(), 8);
        assert_eq!(Error::of_many(2, &[down(), gone()]).unwrap().exit(), 8);
    }

    #[test]
    fn every_exit_code_is_documented() {
        assert!(EXIT_CODES.iter().any(|(code, _)| *code == Kind::Busy.exit()));
        assert!(EXIT_CODES.is_sorted());
    }
}

//! The error a person meets: what happened, to what, and the command that cures it. Rooms have errors of their own as
//! data; their words stand here.

use crate::bundle::BundleError;
use crate::config::ConfigError;
use crate::http::HttpError;
use crate::index::IndexError;
use crate::name::Name;
use crate::oauth::OauthError;
use crate::output::{PromptError, sanitise};
use crate::providers::{ApiError, ProviderError};
use crate::vault::VaultError;

#[derive(Debug)]
pub(crate) struct Error {
    pub kind: Kind,
    pub message: String,
    pub help: Option<String>,
    /// Already told line by line: only the exit code is left to say.
    pub told: bool,
    /// What the provider asked for (seconds).
    pub retry_after: Option<i64>,
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
    (3, "a sign-in is needed"),
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
        Error { kind, message: message.into(), help: None, told: false, retry_after: None, exit: None }
    }

    pub(crate) fn usage(message: impl Into<String>) -> Error {
        Error::new(Kind::Usage, message)
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Error {
        self.help = Some(help.into());
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

    pub(crate) fn no_such_connection(name: &Name, known: &[Name]) -> Error {
        let error = Error::new(Kind::NotConnected, format!("`{name}` is not connected"));
        match nearest(name.as_str(), known.iter().map(Name::as_str)) {
            Some(other) => error.help(format!("did you mean `{other}`? otherwise: integ connect {name}")),
            None => error.help(format!("integ connect {name}")),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "kind": self.kind.word(),
            "message": sanitise::line(&self.message),
            "help": self.help.as_deref().map(sanitise::line),
            "exit": self.exit(),
        })
    }
}

/// The known word that a typing mistake away (at most two letters) was meant.
pub(crate) fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|other| (strsim::damerau_levenshtein(word, other), other))
        .filter(|(d, _)| *d <= 2)
        .min()
        .map(|(_, other)| other)
}

impl From<VaultError> for Error {
    fn from(error: VaultError) -> Error {
        let message = error.to_string();
        let (kind, help) = match &error {
            VaultError::Locked => (
                Kind::VaultLocked,
                "unlock it (log in to the desktop), or use a file vault: integ vault init",
            ),
            VaultError::Absent(_) => {
                (Kind::VaultAbsent, "start a keychain service, or use a file vault: integ vault init")
            }
            VaultError::Silent(_) => (Kind::VaultAbsent, "integ doctor"),
            VaultError::Refused(_) => (Kind::VaultBroken, "integ doctor"),
            VaultError::NoKey(_) => {
                (Kind::VaultAbsent, "integ vault init, or set INTEG_VAULT_KEY_FILE or INTEG_VAULT_KEY")
            }
            VaultError::BadKey(_) => (
                Kind::VaultBroken,
                "integ vault init makes a key; INTEG_VAULT_KEY_FILE and INTEG_VAULT_KEY name one",
            ),
            VaultError::OtherKey(_) => (
                Kind::VaultBroken,
                "give the key it was sealed with: INTEG_VAULT_KEY_FILE, INTEG_VAULT_KEY or vault.key-file",
            ),
            VaultError::Damaged { key, .. } => {
                let name = key.split_once('/').map_or(key.as_str(), |(_, name)| name);
                let help = format!("restore it from a backup, or: integ connect {name} --replace");
                return Error::new(Kind::VaultBroken, message).help(help);
            }
            VaultError::TooNew { .. } => (Kind::VaultBroken, "use the newer integ"),
            VaultError::Storage { .. } => (Kind::Storage, "integ doctor"),
            VaultError::Unsafe { .. } => (Kind::Storage, "remove it, or choose another folder"),
            VaultError::Busy { .. } => (Kind::Busy, "try again; --lock-wait says how long to wait"),
        };
        Error::new(kind, message).help(help)
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Error {
        match error {
            ConfigError::Write(error) => error.into(),
            ConfigError::Unreadable { .. } => Error::new(Kind::Storage, error.to_string()),
            ConfigError::UnknownKey(ref key) => {
                let known = crate::config::keys::KEYS.iter().map(|k| k.name);
                let help = nearest(key, known).map_or("integ config list".to_owned(), |k| {
                    format!("did you mean `{k}`? integ config list")
                });
                Error::usage(error.to_string()).help(help)
            }
            ConfigError::BadValue { .. } => Error::usage(error.to_string()),
            ConfigError::Invalid { .. } => {
                Error::new(Kind::Config, error.to_string()).help("integ config edit")
            }
        }
    }
}

impl From<ProviderError> for Error {
    fn from(error: ProviderError) -> Error {
        let message = error.to_string();
        match error {
            ProviderError::Unknown { name, known } => {
                let help = match nearest(&name, known.iter().map(String::as_str)) {
                    Some(other) => format!("did you mean `{other}`? integ providers lists them"),
                    None => format!(
                        "integ providers lists them; any OAuth server: integ connect {name} --issuer URL"
                    ),
                };
                Error::usage(message).help(help)
            }
            ProviderError::Invalid { .. } => Error::new(Kind::Config, message),
            ProviderError::Unreadable { .. } => Error::new(Kind::Storage, message),
        }
    }
}

impl From<BundleError> for Error {
    fn from(error: BundleError) -> Error {
        let message = error.to_string();
        match error {
            BundleError::OtherKey => Error::new(Kind::VaultBroken, message)
                .help("integ vault recipient shows what to seal for on this machine; then: integ export NAME --to RECIPIENT"),
            BundleError::WrongPassphrase => Error::new(Kind::VaultBroken, message),
            BundleError::NotSealed => Error::new(Kind::Internal, message),
            BundleError::Damaged => Error::usage(message).help("get it again, whole: integ export NAME --to RECIPIENT"),
            BundleError::Unsealed => Error::usage(message).help("integ export seals it"),
            BundleError::TooNew(_) => Error::usage(message).help("use the newer integ"),
            BundleError::NoRecipient | BundleError::SecretKey => {
                Error::usage(message).help("integ vault recipient, on the machine that shall open it, prints it")
            }
            BundleError::Unrecognised | BundleError::BadJson { .. } | BundleError::Entry { .. } => {
                Error::usage(message).help("integ import --help shows the forms; nothing was stored")
            }
            BundleError::Nothing | BundleError::TooLarge | BundleError::TooMuchWork(_) => Error::usage(message),
        }
    }
}

impl From<IndexError> for Error {
    fn from(error: IndexError) -> Error {
        let kind = match error {
            IndexError::Busy => Kind::Busy,
            _ => Kind::IndexBroken,
        };
        Error::new(kind, error.to_string()).help("integ doctor")
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Error {
        let message = error.to_string();
        match error {
            HttpError::Certificate { .. } => Error::new(Kind::Unsafe, message)
                .help("check the clock and the network; SSL_CERT_FILE names other roots"),
            HttpError::Address { .. } => Error::new(Kind::Unsafe, message),
            HttpError::TooLarge { .. } => Error::new(Kind::ProviderError, message),
            HttpError::Setup(_) => Error::new(Kind::Storage, message).help("integ doctor"),
            HttpError::Unreachable { .. } | HttpError::TimedOut { .. } | HttpError::Broken { .. } => {
                Error::new(Kind::Unreachable, message).help("nothing was lost: try again later")
            }
        }
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Error {
        let message = error.to_string();
        match error {
            ApiError::Http(error) => error.into(),
            ApiError::Host { .. } | ApiError::Redirected { .. } => Error::new(Kind::Unsafe, message),
            ApiError::BadPath(_) => Error::usage(message),
        }
    }
}

impl From<OauthError> for Error {
    fn from(error: OauthError) -> Error {
        let message = error.to_string();
        match error {
            OauthError::Http(error) => error.into(),
            OauthError::Refused { ref code, .. } => match code.as_str() {
                "invalid_client" | "unauthorized_client" | "bad_client_secret" | "invalid_client_id" => {
                    Error::new(Kind::ClientMisconfigured, message)
                        .help("check the client id and secret: integ setup PROVIDER")
                }
                _ => Error::new(Kind::ProviderError, message),
            },
            OauthError::Denied { .. } => Error::new(Kind::Denied, message),
            OauthError::Unavailable { after, .. } => later(message, after),
            OauthError::Unsafe(_) => Error::new(Kind::Unsafe, message),
            OauthError::Malformed(_) => {
                Error::new(Kind::Unavailable, message).help("nothing was lost: try again later")
            }
            OauthError::Port { .. } => Error::new(Kind::ProviderError, message)
                .help("end that process, or give another registered port with --port"),
            OauthError::TimedOut(_) => Error::new(Kind::SigninTimeout, message),
            OauthError::Unsupported(_) => Error::usage(message),
            OauthError::WrongPaste(_) => Error::new(Kind::ProviderError, message),
        }
    }
}

/// Try again later, and when (seconds from now).
pub(crate) fn later(message: String, after: Option<i64>) -> Error {
    match after {
        Some(seconds) => {
            let error = Error { retry_after: Some(seconds), ..Error::new(Kind::RateLimited, message) };
            let when = crate::clock::local(crate::clock::now() + seconds);
            let words = crate::duration::words(seconds);
            error.help(format!("try again in {words}, at {when}"))
        }
        None => Error::new(Kind::Unavailable, message).help("nothing was lost: try again later"),
    }
}

impl From<PromptError> for Error {
    fn from(error: PromptError) -> Error {
        match error {
            PromptError::Nobody => {
                Error::new(Kind::InteractionNeeded, "a person has to answer, and there is no terminal")
            }
            PromptError::Ended(_) => Error::new(Kind::InteractionNeeded, error.to_string()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Error {
        // A reader that went away (`integ status | head -1`) ends us as SIGPIPE would have: without a word.
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Error::passed_on(141);
        }
        Error::new(Kind::Storage, error.to_string())
    }
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

//! The words for what went wrong in a room: what happened, and the command that cures it.

use super::{Error, Kind, nearest};
use crate::bundle::BundleError;
use crate::config::ConfigError;
use crate::http::HttpError;
use crate::index::IndexError;
use crate::oauth::OauthError;
use crate::output::PromptError;
use crate::providers::{ApiError, LIMITED, OptionError, ProviderError};
use crate::schedule::ScheduleError;
use crate::vault::VaultError;

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
            ProviderError::Invalid { path, .. } => {
                let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
                Error::new(Kind::Config, message).help(format!("integ providers check {name}"))
            }
            ProviderError::Unreadable { .. } => Error::new(Kind::Storage, message),
        }
    }
}

impl From<OptionError> for Error {
    fn from(error: OptionError) -> Error {
        let message = error.to_string();
        let listed = |choices: &[String]| match choices {
            [] => String::new(),
            choices => format!("; VALUE is one of: {}", choices.join(", ")),
        };
        match error {
            OptionError::Unknown { known, .. } => Error::usage(message).help(match known.as_slice() {
                [] => "it has no options".to_owned(),
                known => format!("its options: {}", known.join(", ")),
            }),
            OptionError::Missing { provider, name, choices, .. } => {
                Error::new(Kind::InteractionNeeded, message)
                    .help(format!("integ connect {provider} --option {name}=VALUE{}", listed(&choices)))
            }
            OptionError::Wrong { name, choices, .. } => {
                Error::usage(message).help(format!("--option {name}=VALUE{}", listed(&choices)))
            }
            OptionError::Unsafe(_) => Error::new(Kind::Unsafe, message),
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
        let (kind, help) = match error {
            IndexError::Busy => (Kind::Busy, "try again in a moment"),
            IndexError::TooNew { .. } => (Kind::IndexBroken, "use the newer integ that wrote it"),
            IndexError::Broken { .. } | IndexError::Damaged | IndexError::Failed(_) => {
                (Kind::IndexBroken, "integ doctor")
            }
        };
        Error::new(kind, error.to_string()).help(help)
    }
}

impl From<ScheduleError> for Error {
    fn from(error: ScheduleError) -> Error {
        let message = error.to_string();
        match error {
            ScheduleError::Missing(_) | ScheduleError::Nowhere => Error::usage(message)
                .help("install cron, or call from what starts programs here: integ schedule run"),
            ScheduleError::Torn => Error::usage(message).help("crontab -e, and take away what is left of it"),
            ScheduleError::Unsayable { .. } => Error::usage(message),
            ScheduleError::Failed { .. } | ScheduleError::Hung(_) => Error::new(Kind::Storage, message)
                .help("integ schedule install --print shows what it would write"),
            ScheduleError::Unwritable { .. } | ScheduleError::Unreadable { .. } => {
                Error::new(Kind::Storage, message)
            }
        }
    }
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Error {
        let message = error.to_string();
        match error {
            HttpError::Certificate { .. } => Error::new(Kind::Unsafe, message)
                .help("check the clock and the network; SSL_CERT_FILE names other roots"),
            HttpError::Handshake { .. } => Error::new(Kind::Unsafe, message)
                .help("the server must speak TLS 1.2 or 1.3; a proxy in between may be what does not"),
            HttpError::Address { .. } => Error::new(Kind::Unsafe, message),
            HttpError::TooLarge { .. } => Error::new(Kind::ProviderError, message),
            // Not an error: the command stops here, and what was noted is shown.
            HttpError::Dry => Error::passed_on(0),
            HttpError::Setup(_) => Error::new(Kind::Storage, message).help("integ doctor"),
            HttpError::Unreachable { ref why, .. } if why.contains("proxy") || why.contains("tunnel") => {
                Error::new(Kind::Unreachable, message).help(super::cures::PROXY)
            }
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
            OauthError::Refused { ref code, .. } | OauthError::Denied { ref code, .. }
                if crate::oauth::blames_the_client(code) =>
            {
                Error::new(Kind::ClientMisconfigured, message)
                    .help("check the client id and secret: integ setup PROVIDER")
            }
            OauthError::Refused { .. } => Error::new(Kind::ProviderError, message),
            OauthError::Denied { .. } => Error::new(Kind::Denied, message),
            OauthError::SlowDown { .. } => Error::new(Kind::RateLimited, message),
            OauthError::Unavailable { title, status, at, .. } => later(&title, status, at),
            OauthError::Unsafe(_) => Error::new(Kind::Unsafe, message),
            OauthError::Elsewhere { .. } => Error::new(Kind::Unsafe, message).help(super::cures::PORTAL),
            OauthError::Page { .. } => Error::new(Kind::Unavailable, message).help(super::cures::PORTAL),
            OauthError::Malformed(_) => {
                Error::new(Kind::Unavailable, message).help("nothing was lost: try again later")
            }
            OauthError::NoMetadata(_) | OauthError::Metadata(_) => Error::usage(message)
                .help("check the address; where the server's own documentation lists its endpoints: integ providers add NAME"),
            OauthError::NotRegistered(_) => Error::new(Kind::NoClient, message),
            OauthError::Port(error) => super::cures::port(error),
            OauthError::Clock { .. } => Error::new(Kind::Unavailable, message)
                .help("set the clock of this machine, then try again; nothing was lost"),
            OauthError::TimedOut(_) => Error::new(Kind::SigninTimeout, message),
            OauthError::Unsupported(_) => Error::usage(message),
            OauthError::WrongPaste(_) => Error::usage(message),
            OauthError::OtherSignIn(_) => Error::new(Kind::Unsafe, message),
        }
    }
}

/// Try again later, and when (unix seconds). 429 stands for every way of saying: not so fast.
pub(crate) fn later(who: &str, status: u16, at: Option<i64>) -> Error {
    let (kind, message) = match (status == LIMITED, at) {
        (true, Some(at)) => {
            (Kind::RateLimited, format!("{who}: rate limited until {}", crate::clock::soon(at)))
        }
        (true, None) => (Kind::RateLimited, format!("{who}: rate limited")),
        (false, _) => (Kind::Unavailable, format!("{who} cannot answer now ({status})")),
    };
    let help = match at {
        Some(at) => {
            let words = crate::duration::words(at - crate::clock::now());
            format!("try again in {words}, at {}", crate::clock::local(at))
        }
        None => "nothing was lost: try again later".to_owned(),
    };
    Error { retry_at: at, ..Error::new(kind, message).help(help) }
}

impl Error {
    /// And what the provider says of it.
    pub(crate) fn in_their_words(mut self, words: &str) -> Error {
        if !words.is_empty() {
            self.message = format!("{}: {words}", self.message);
        }
        self
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

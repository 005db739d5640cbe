//! Where the mail of a domain is, and what its server wants.

use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Mailbox {
    pub title: String,
    /// What stands behind the `@`.
    pub domains: Vec<String>,
    pub host: String,
    pub port: Option<u16>,
    pub security: Option<Security>,
    /// The page that makes the password it wants instead of the account's own.
    pub app_password: Option<String>,
    /// The provider whose tokens it takes.
    pub via: Option<String>,
    /// It takes nothing else.
    pub no_passwords: bool,
}

/// What stands between us and whoever listens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Security {
    Tls,
    #[serde(rename = "starttls")]
    StartTls,
    /// Nothing: for a server on this machine.
    None,
}

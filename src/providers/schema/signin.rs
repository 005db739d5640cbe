//! How a grant is come by and how it is used: the parts of a provider file that the sign-in, the token endpoint, the
//! revocation and every API request read.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Paths;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ClientAuth {
    /// HTTP Basic (RFC 6749 §2.3.1).
    Basic,
    #[default]
    Body,
    /// A public client: the id alone.
    None,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Body {
    #[default]
    Form,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum TokenIn {
    /// `Authorization: Bearer TOKEN`
    #[default]
    Header,
    /// Inside `api-prefix`.
    Path,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RevokeAuth {
    /// As at the token endpoint (RFC 7009).
    #[default]
    Client,
    /// By HTTP Basic with the client's id and secret, whatever the token endpoint takes.
    Basic,
    /// With the token that is to die.
    Bearer,
    /// The token says enough.
    None,
}

/// How consent is got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Way {
    Browser,
    Device,
    Token,
}

/// What a revocation request looks like, where it is not RFC 7009's form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RevokeBody {
    /// As at the token endpoint.
    #[default]
    AsToken,
    Form,
    Json,
    /// Everything is in the URL.
    None,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Paste {
    /// What it is called and where it is found, for the prompt.
    pub what: String,
    pub steps: Vec<String>,
    /// One of these stands at its beginning; empty: anything.
    pub prefixes: Vec<String>,
    /// A page that gives the token: `{client-id}` is filled in, and then a client is needed.
    pub url: Option<String>,
    /// Where such a token is sent differently from one that was signed in for: see `authorization` and `api-url`.
    pub authorization: Option<String>,
    pub api_url: Option<String>,
}

impl Paste {
    /// An API token, a bot token.
    pub(crate) fn with_article(&self) -> String {
        let is_vowel = self.what.starts_with(['a', 'e', 'i', 'o', 'A', 'E', 'I', 'O']);
        format!("{} {}", if is_vowel { "an" } else { "a" }, self.what)
    }
}

/// Something that a person chooses per connection and that stands as `{name}` in addresses, paths and headers:
/// `tenant`, `host`, `phone-number-id`. Never a secret.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Choice {
    /// For the question at a terminal.
    pub title: String,
    /// Where it is found.
    pub steps: Vec<String>,
    /// What it may look like.
    pub is: ChoiceKind,
    /// Without one it has to be given.
    pub default: Option<String>,
    /// Short names for usual values: `sandbox = "https://test.salesforce.com"`.
    pub choices: BTreeMap<String, String>,
    /// Without it there is a way too: it is not asked for.
    pub optional: bool,
    /// Only where a token is pasted, or only where somebody signs in.
    pub when: ChoiceWhen,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChoiceKind {
    /// Letters, digits and `._-`: it cannot leave the place in an address where it stands.
    #[default]
    Word,
    Number,
    Email,
    /// A name that somebody signs in with, or that of a connection. It stands in no address.
    Login,
    /// A host name, with a port perhaps.
    Host,
    /// A whole URL, on one of `hosts`.
    Url,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ChoiceWhen {
    #[default]
    Always,
    Paste,
    SignIn,
}

/// Several places behind one account (Atlassian's sites): asked after the sign-in, kept as the option of this name.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Site {
    /// The option that it fills: `{site}`.
    pub option: String,
    /// A path below `api-url` or a URL on one of `hosts`.
    pub path: String,
    /// Where in the answer the list is; absent: the answer is the list.
    pub list: Option<String>,
    pub id: Paths,
    pub name: Paths,
    pub url: Paths,
}

/// A grant without a person: an assertion signed with a key (RFC 7523).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct JwtBearer {
    /// What the key is called and where it is found.
    pub what: String,
    pub steps: Vec<String>,
    pub key: KeyFile,
    /// `aud`; absent: the token endpoint.
    pub audience: Option<String>,
    /// Whether `scope` is a claim of the assertion (Google) or is left out (Salesforce).
    pub scope_claim: bool,
    /// Seconds that the assertion is good for, as a duration: `3m`.
    pub life: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum KeyFile {
    /// JSON with `client_email`, `private_key`, `private_key_id`, `token_uri`; `sub` is whom to act for, if anybody.
    #[default]
    ServiceAccount,
    /// A private key in PEM; `iss` is the client id, `sub` the option `user`.
    Pem,
}

/// An app that is made from a text instead of by hand; `{redirect}` (the first), `{redirects}` and `{scopes}`
/// (as in a JSON list) are filled in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Manifest {
    /// Where it is entered.
    pub what: String,
    pub text: String,
}

/// What is spoken with the provider.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Protocol {
    #[default]
    Http,
    /// A mailbox: the grant is a password, or another connection's token.
    Imap,
}

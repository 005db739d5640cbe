//! The provider file: everything that differs between providers, as named fields. Each quirk is a field here and is
//! honoured in one place; nothing in the code asks for a provider's name.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::output::sanitise;
use crate::vault::RefreshRule;

/// A provider file as written. Only `title` and `api-url` (or `issuer`) are required.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Provider {
    /// The file's name; not a key.
    #[serde(skip)]
    pub name: String,
    /// Where it was read from: `built in`, or a path.
    #[serde(skip)]
    pub origin: String,

    pub title: String,
    /// Where the facts below come from, and the day they were checked.
    pub docs: Option<String>,
    pub checked: Option<String>,
    /// What the documentation does not settle; such facts are treated leniently.
    pub unconfirmed: Vec<String>,

    pub console_url: Option<String>,
    pub setup_steps: Vec<String>,

    /// Discovery (RFC 8414, OpenID Connect) fills the endpoints that are not given; `iss` is then checked.
    pub issuer: Option<String>,
    pub authorize_url: Option<String>,
    pub token_url: Option<String>,
    /// Only where it differs from `token-url`.
    pub refresh_url: Option<String>,
    pub revoke_url: Option<String>,
    pub device_url: Option<String>,
    pub api_url: Option<String>,
    /// Where the token may be sent besides the host of `api-url`: `api.example.com`, `*.example.net`.
    pub hosts: Vec<String>,

    pub client_id: Option<String>,
    pub client_auth: ClientAuth,
    pub token_body: Body,
    pub pkce: Option<bool>,
    pub redirect: Option<String>,
    pub authorize_params: BTreeMap<String, String>,
    pub token_params: BTreeMap<String, String>,
    pub refresh: Option<RefreshRule>,
    /// How long an access token lives where the answer does not say: `2h`.
    pub access_life: Option<String>,
    /// How long an unused refresh token lives: `180d`; and the rule in words.
    pub refresh_life: Option<String>,
    pub refresh_life_rule: Option<String>,

    pub scope_separator: Option<String>,
    /// The authorization parameter that carries the scopes, where it is not `scope`.
    pub scope_param: Option<String>,
    pub scopes: Vec<String>,
    /// The provider adds newly granted scopes to earlier ones by itself.
    pub incremental_scopes: bool,
    pub capability: BTreeMap<String, Capability>,
    pub service: BTreeMap<String, Service>,

    /// The object of the token answer that holds the tokens: `authed_user`.
    pub token_at: Option<String>,
    /// Token types that are accepted besides `Bearer`; an empty text stands for a missing type.
    pub token_types: Vec<String>,
    /// Fields of the token answer to keep beside the grant.
    pub keep: Vec<String>,
    /// How an API request carries the token.
    pub token_in: TokenIn,
    /// What stands before a path of the API, `{token}` replaced: `/bot{token}`.
    pub api_prefix: Option<String>,
    pub api_headers: BTreeMap<String, String>,
    /// A field that is `false` in an answer with status 200 that is an error.
    pub ok_field: Option<String>,
    /// How a revocation request says who asks.
    pub revoke_auth: RevokeAuth,
    /// What a person may paste instead of signing in.
    pub paste: Option<Paste>,

    pub whoami: Option<Whoami>,
    pub error: ErrorShape,
    pub rate: Option<Rate>,
}

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
    /// With the token that is to die.
    Bearer,
    /// The token says enough.
    None,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Capability {
    pub required: Vec<String>,
    pub optional: Vec<String>,
}

/// A name people know for a slice of the provider.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Service {
    pub title: String,
    pub capabilities: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Paste {
    /// What it is called and where it is found, for the prompt.
    pub what: String,
    pub steps: Vec<String>,
    /// One of these stands at its beginning; empty: anything.
    pub prefixes: Vec<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Whoami {
    /// Relative to `api-url`, or a URL on one of `hosts`.
    pub path: String,
    pub method: Option<String>,
    pub headers: BTreeMap<String, String>,
    /// Dotted paths into the answer; the first that is there counts.
    pub id: Paths,
    pub account: Paths,
    pub workspace: Paths,
    /// The header that lists the granted scopes.
    pub scopes_header: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct ErrorShape {
    pub message: Paths,
    pub code: Paths,
    /// Codes that mean: sign in again. `invalid_grant` always does.
    pub reconnect: Vec<String>,
    /// Codes that mean: a scope is missing.
    pub missing_scope: Vec<String>,
    /// What a code means and what cures it, where its name does not say so.
    pub words: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub(crate) struct Rate {
    pub per_second: Option<f64>,
}

/// One dotted path or several.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(from = "OneOrMany")]
pub(crate) struct Paths(pub Vec<String>);

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Paths {
    fn from(paths: OneOrMany) -> Self {
        match paths {
            OneOrMany::One(path) => Paths(vec![path]),
            OneOrMany::Many(paths) => Paths(paths),
        }
    }
}

impl Paths {
    /// The first path that leads to a text, a number or a truth value.
    pub(crate) fn text(&self, answer: &serde_json::Value) -> Option<String> {
        self.0.iter().find_map(|path| {
            let found = path.split('.').try_fold(answer, |at, step| match at {
                serde_json::Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                _ => at.get(step),
            })?;
            match found {
                serde_json::Value::String(text) if !text.is_empty() => Some(text.clone()),
                serde_json::Value::Number(number) => Some(number.to_string()),
                serde_json::Value::Bool(truth) => Some(truth.to_string()),
                _ => None,
            }
        })
    }
}

impl Provider {
    pub(crate) fn uses_pkce(&self) -> bool {
        self.pkce.unwrap_or(true)
    }

    pub(crate) fn refresh_rule(&self) -> RefreshRule {
        self.refresh.unwrap_or_default()
    }

    pub(crate) fn separator(&self) -> &str {
        self.scope_separator.as_deref().unwrap_or(" ")
    }

    /// Whether a person can authorise it in a browser at all.
    pub(crate) fn has_oauth(&self) -> bool {
        self.issuer.is_some() || self.authorize_url.is_some()
    }

    /// The base of the API. `check` has made sure that there is one.
    pub(crate) fn api_base(&self) -> &str {
        self.api_url.as_deref().or(self.issuer.as_deref()).unwrap_or_default()
    }

    /// What a code means: our words where this file has some, else the provider's, never raw.
    pub(crate) fn words(&self, code: &str, description: &str) -> String {
        let code = sanitise::excerpt(code);
        if let Some(words) = self.error.words.get(&code) {
            return format!("{words} ({code})");
        }
        match sanitise::excerpt(description) {
            text if text.is_empty() || text == code => code,
            text => format!("{code}: {text}"),
        }
    }

    /// What to ask for: the scopes that are always asked, then those of the capabilities.
    pub(crate) fn scopes_for(&self, capabilities: &[String]) -> Vec<String> {
        let mut scopes = self.scopes.clone();
        for capability in capabilities.iter().filter_map(|name| self.capability.get(name)) {
            scopes.extend(capability.required.iter().chain(&capability.optional).cloned());
        }
        let mut seen = std::collections::HashSet::new();
        scopes.retain(|scope| seen.insert(scope.clone()));
        scopes
    }

    /// How long a refresh token lives, in words: the provider file's, else what its rule means.
    pub(crate) fn refresh_words(&self) -> String {
        let words = match self.refresh_rule() {
            RefreshRule::Rotating => "each refresh token works once and gives the next",
            RefreshRule::Stable => "until it is revoked",
            RefreshRule::None => "there is none",
            RefreshRule::On401 => "renewed when the access token is refused",
        };
        self.refresh_life_rule.clone().unwrap_or_else(|| words.to_owned())
    }

    /// The services that these capabilities amount to.
    pub(crate) fn services_of(&self, capabilities: &[String]) -> Vec<String> {
        let whole = |view: &&Service| view.capabilities.iter().all(|c| capabilities.contains(c));
        self.service.iter().filter(|(_, view)| whole(view)).map(|(name, _)| name.clone()).collect()
    }

    /// Required scopes of these capabilities that were not granted. Nothing is missing where the provider has no
    /// scopes or does not tell.
    pub(crate) fn missing_scopes(&self, capabilities: &[String], granted: &[String]) -> Vec<String> {
        if granted.is_empty() {
            return Vec::new();
        }
        let needed =
            capabilities.iter().filter_map(|name| self.capability.get(name)).flat_map(|c| &c.required);
        let mut missing: Vec<String> = needed.filter(|scope| !granted.contains(scope)).cloned().collect();
        missing.dedup();
        missing
    }
}

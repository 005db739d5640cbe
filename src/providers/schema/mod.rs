//! The provider file: everything that differs between providers, as named fields. Each quirk is a field here and is
//! honoured in one place; nothing in the code asks for a provider's name.

mod answers;
mod mailbox;
mod signin;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

use crate::vault::RefreshRule;
pub(crate) use answers::*;
pub(crate) use mailbox::*;
pub(crate) use signin::*;

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
    /// How far this file is proven; a person's own says nothing.
    pub proof: Option<Proof>,
    pub protocol: Protocol,

    pub console_url: Option<String>,
    pub setup_steps: Vec<String>,
    pub manifest: Option<Manifest>,
    /// What a person chooses per connection.
    pub option: BTreeMap<String, Choice>,
    pub site: Option<Site>,
    /// Where the mail of common domains is.
    pub mailbox: BTreeMap<String, Mailbox>,

    /// Discovery (RFC 8414, OpenID Connect) fills the endpoints that are not given; `iss` is then checked.
    pub issuer: Option<String>,
    /// What the token is for, where the server must be told (RFC 8707).
    pub resource: Option<String>,
    pub authorize_url: Option<String>,
    pub token_url: Option<String>,
    /// Only where it differs from `token-url`.
    pub refresh_url: Option<String>,
    pub revoke_url: Option<String>,
    pub device_url: Option<String>,
    pub api_url: Option<String>,
    /// The field of the token answer that names the API's address, on one of `hosts`: `instance_url`.
    pub api_url_at: Option<String>,
    /// Where the token may be sent besides the host of `api-url`: `api.example.com`, `*.example.net`.
    pub hosts: Vec<String>,

    pub client_id: Option<String>,
    pub client_auth: ClientAuth,
    pub token_body: Body,
    pub pkce: Option<bool>,
    pub redirect: Option<String>,
    /// What has to be entered where a provider takes any port of it: `http://127.0.0.1/callback`.
    pub redirect_entered: Option<String>,
    /// Further exact redirect URIs, for when the port of the first is taken: all are registered.
    pub redirect_fallbacks: Vec<String>,
    /// The way that `connect` takes first where several are open.
    pub prefer: Option<Way>,
    pub jwt_bearer: Option<JwtBearer>,
    /// Whether the client may get a token for itself (RFC 6749 §4.4).
    pub client_credentials: bool,
    pub authorize_params: BTreeMap<String, String>,
    pub token_params: BTreeMap<String, String>,
    pub refresh: Option<RefreshRule>,
    /// How long an access token lives where the answer does not say: `2h`.
    pub access_life: Option<String>,
    /// How long an unused refresh token lives: `180d`; and the rule in words.
    pub refresh_life: Option<String>,
    pub refresh_life_rule: Option<String>,
    /// How long a sign-in lasts while the app is in the provider's test mode: `7d`.
    pub testing_life: Option<String>,

    pub scope_separator: Option<String>,
    /// The authorization parameter that carries the scopes, where it is not `scope`.
    pub scope_param: Option<String>,
    pub scopes: Vec<String>,
    /// The parameter for the optional scopes, where they are asked apart: `optional_scope`.
    pub optional_scope_param: Option<String>,
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
    /// Fields of the token answer that are secrets themselves: kept in the vault, shown nowhere.
    pub keep_secret: Vec<String>,
    /// The `Authorization` header, where it is not `Bearer {token}`: `Bot {token}`, `{token}`. What follows `Basic ` is
    /// encoded.
    pub authorization: Option<String>,
    /// How an API request carries the token.
    pub token_in: TokenIn,
    /// What stands before a path of the API, `{token}` replaced: `/bot{token}`.
    pub api_prefix: Option<String>,
    pub api_headers: BTreeMap<String, String>,
    /// By the field of an answer that says how to get the next page: the parameter that it goes into, where that is
    /// not the usual one.
    pub page_params: BTreeMap<String, String>,
    /// A field that is `false` in an answer with status 200 that is an error.
    pub ok_field: Option<String>,
    /// How a revocation request says who asks.
    pub revoke_auth: RevokeAuth,
    /// `POST` unless given; `revoke-url` may hold `{client-id}` and `{token}`.
    pub revoke_method: Option<String>,
    pub revoke_body: RevokeBody,
    /// The parameter that carries the token; absent: `token`.
    pub revoke_param: Option<String>,
    /// The page where a person withdraws their consent, for where there is no revocation.
    pub manage_url: Option<String>,
    /// What a person may paste instead of signing in.
    pub paste: Option<Paste>,

    pub whoami: Option<Whoami>,
    pub introspect: Option<Introspect>,
    pub check: BTreeMap<String, Check>,
    pub error: ErrorShape,
    pub rate: Option<Rate>,
}

impl Provider {
    pub(crate) fn uses_pkce(&self) -> bool {
        self.pkce.unwrap_or(true)
    }

    /// What has to lie between two requests to its API.
    pub(crate) fn gap(&self) -> Duration {
        let per_second = self.rate.as_ref().and_then(|rate| rate.per_second);
        let per_second = per_second.filter(|n| n.is_finite() && *n > 0.0);
        per_second.map_or(Duration::ZERO, |n| Duration::from_secs_f64((1.0 / n).min(60.0)))
    }

    pub(crate) fn refresh_rule(&self) -> RefreshRule {
        self.refresh.unwrap_or_default()
    }

    pub(crate) fn separator(&self) -> &str {
        self.scope_separator.as_deref().unwrap_or(" ")
    }

    /// Whether a person can sign in to it at all, in a browser or with a code.
    pub(crate) fn has_oauth(&self) -> bool {
        self.has_browser() || self.device_url.is_some()
    }

    pub(crate) fn has_browser(&self) -> bool {
        self.issuer.is_some() || self.authorize_url.is_some() || self.resource.is_some()
    }

    /// The base of the API. `check` has made sure that there is one.
    pub(crate) fn api_base(&self) -> &str {
        self.api_url.as_deref().or(self.issuer.as_deref()).unwrap_or_default()
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

    /// Of the scopes that are asked for, those that these capabilities can do without.
    pub(crate) fn dispensable(&self, scopes: &[String], capabilities: &[String]) -> Vec<String> {
        let chosen: Vec<&Capability> =
            capabilities.iter().filter_map(|name| self.capability.get(name)).collect();
        let optional = |scope: &&String| {
            chosen.iter().any(|c| c.optional.contains(scope))
                && !chosen.iter().any(|c| c.required.contains(scope))
                && !self.scopes.contains(scope)
        };
        scopes.iter().filter(optional).cloned().collect()
    }

    /// What a connection can do where nobody says: everything that can be asked for together.
    pub(crate) fn usual_capabilities(&self) -> Vec<String> {
        let usual =
            self.capability.iter().filter(|(_, capability)| !capability.alone && !capability.on_request);
        usual.map(|(name, _)| name.clone()).collect()
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
        self.lacking(capabilities, granted, |capability| &capability.required)
    }

    /// The same of optional ones.
    pub(crate) fn withheld_scopes(&self, capabilities: &[String], granted: &[String]) -> Vec<String> {
        self.lacking(capabilities, granted, |capability| &capability.optional)
    }

    fn lacking(
        &self,
        capabilities: &[String],
        granted: &[String],
        of: fn(&Capability) -> &Vec<String>,
    ) -> Vec<String> {
        if granted.is_empty() {
            return Vec::new();
        }
        let wanted = capabilities.iter().filter_map(|name| self.capability.get(name)).flat_map(of);
        let mut lacking: Vec<String> = Vec::new();
        for scope in wanted.filter(|scope| !granted.contains(scope)) {
            if !lacking.contains(scope) {
                lacking.push(scope.clone());
            }
        }
        lacking
    }
}

//! What a connection is made of, as the vault keeps it: one JSON document per connection, complete enough that
//! `token` needs nothing else and that losing the index loses no connection.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::machine::Machine;
use crate::reason::Reason;

use super::secret::{Secret, sealed, sealed_map, sealed_option};

/// A token is stale when less than this is left, or half of its life where that is shorter (seconds).
const MARGIN: i64 = 300;
/// `token_type` of a grant that is a password.
pub(crate) const PASSWORD: &str = "password";

/// In `extra`: the site that was chosen, where the provider has several.
pub(crate) const SITE_NAME: &str = "site_name";
pub(crate) const SITE_URL: &str = "site_url";

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Grant {
    /// Version of this document.
    pub v: u8,
    /// The key under which it is stored: a grant that was moved to another name is not that name's.
    #[serde(default)]
    pub item: String,
    /// The key it is getting away from: while that item is there, this one is not yet a connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy_of: Option<String>,
    /// Rises with every change: tells a newer grant from an older one.
    pub generation: u64,
    pub provider: String,
    #[serde(serialize_with = "sealed")]
    pub access_token: Secret,
    pub token_type: String,
    /// Unix seconds; `None`: the provider does not say.
    #[serde(default)]
    pub expires_at: Option<i64>,
    pub obtained_at: i64,
    #[serde(default, serialize_with = "sealed_option", skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<Secret>,
    /// The mark of the refresh token that it was imported with: renewed since, that one is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<String>,
    #[serde(default)]
    pub refresh_expires_at: Option<i64>,
    /// The provider has said so; else it is assumed, and begins anew with every use.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refresh_end_told: bool,
    #[serde(default)]
    pub refresh: RefreshRule,
    /// A grant without a person: how it is asked for anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<Machine>,
    /// The client that this grant was issued to: only it can refresh.
    #[serde(default)]
    pub client_id: Option<String>,
    #[serde(default)]
    pub scopes: Vec<String>,
    /// What a person asked for beyond the provider file (`--scope`): a new sign-in asks for it again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_scopes: Vec<String>,
    #[serde(default)]
    pub capabilities: Vec<String>,
    #[serde(default)]
    pub identity: Identity,
    /// `sub` of the ID token that came with it.
    #[serde(default)]
    pub subject: Option<String>,
    /// Whether the provider has said whose token this is.
    #[serde(default)]
    pub verified: bool,
    pub connected_at: i64,
    /// What discovery found at connect time: pinned, so that a refresh asks nobody where to send the token.
    #[serde(default)]
    pub endpoints: Endpoints,
    /// What the person chose for this connection, by the provider file's names: `tenant`, `phone-number-id`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, String>,
    /// A person gave the token, nobody signed in for it: `[paste]` of the provider file says where and how it is sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pasted: bool,
    /// The `Authorization` header of this token, where it is not `Bearer {token}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization: Option<String>,
    /// Fields of the token answer that the API needs (`instance_url`, `bot_id`, …). Never a token.
    #[serde(default)]
    pub extra: BTreeMap<String, serde_json::Value>,
    /// Fields of the token answer that are secrets themselves (Discord's `webhook`), as JSON.
    #[serde(default, serialize_with = "sealed_map", skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<String, Secret>,
    #[serde(default)]
    pub trouble: Option<Trouble>,
}

/// Who consented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identity {
    pub id: Option<String>,
    pub account: Option<String>,
    pub workspace: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    pub issuer: Option<String>,
    pub token: Option<String>,
    pub revoke: Option<String>,
    pub whoami: Option<String>,
    /// What the token was asked for (RFC 8707): every refresh says so again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RefreshRule {
    /// Every refresh spends the refresh token and gives a new one.
    Rotating,
    /// The refresh token stays.
    #[default]
    Stable,
    /// There is none: the token lasts until it is revoked.
    None,
    /// The life is not told: a token is kept until it is refused.
    #[serde(rename = "on-401")]
    On401,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Trouble {
    pub kind: TroubleKind,
    pub at: i64,
    /// What the provider said of it.
    pub code: String,
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::reason::known")]
    pub reason: Option<Reason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TroubleKind {
    /// The provider refused the refresh token for good: a person must sign in.
    NeedsReauth,
    /// A refresh was sent and its answer was lost: a rotating token may be spent.
    AnswerLost,
}

impl Grant {
    pub(crate) fn remaining(&self, now: i64) -> Option<i64> {
        self.expires_at.map(|at| at.saturating_sub(now))
    }

    /// Whether the access token can be used as it is. `min_valid` (seconds) replaces the usual margin.
    pub(crate) fn is_fresh(&self, now: i64, min_valid: Option<i64>) -> bool {
        // A clock that went back would keep an expired token "valid": what comes from the future is stale.
        let from_the_future = self.obtained_at > now.saturating_add(60);
        match self.expires_at {
            None => true,
            Some(_) if from_the_future => false,
            Some(at) => {
                let life = at.saturating_sub(self.obtained_at).max(0);
                at.saturating_sub(now) > min_valid.unwrap_or_else(|| MARGIN.min(life / 2))
            }
        }
    }

    /// The connection that this one leans on for its token.
    pub(crate) fn via(&self) -> Option<&str> {
        self.options.get("via").map(String::as_str)
    }

    /// What it holds is a password, not a token.
    pub(crate) fn is_password(&self) -> bool {
        self.token_type == PASSWORD
    }

    /// Who it is, as the provider says; the site stands for a workspace that it does not name.
    pub(crate) fn take_identity(&mut self, identity: Identity) {
        let site = self.extra.get(SITE_NAME).and_then(|name| name.as_str()).map(str::to_owned);
        // A machine is called by its key where nobody says more.
        let known = self.identity.account.take().filter(|_| self.machine.is_some());
        let (account, workspace) = (identity.account.or(known), identity.workspace.or(site));
        self.identity = Identity { account, workspace, ..identity };
        self.verified = true;
    }

    pub(crate) fn can_refresh(&self) -> bool {
        self.machine.is_some() || self.refresh_token.is_some() && self.refresh != RefreshRule::None
    }

    /// Whether a refresh may spend what it presents: anything but a stable refresh token, and a machine spends nothing.
    pub(crate) fn rotates(&self) -> bool {
        self.machine.is_none() && self.refresh != RefreshRule::Stable
    }

    pub(crate) fn needs_reauth(&self) -> bool {
        self.trouble.as_ref().is_some_and(|t| t.kind == TroubleKind::NeedsReauth)
    }

    /// One word for tables and scripts.
    pub(crate) fn state(&self, now: i64) -> &'static str {
        if self.needs_reauth() {
            "needs_reauth"
        } else if self.remaining(now).is_some_and(|left| left <= 0) && !self.can_refresh() {
            "expired"
        } else if !self.verified {
            "unverified"
        } else {
            "connected"
        }
    }
}

#[cfg(test)]
mod tests;

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
    #[serde(default)]
    pub refresh_expires_at: Option<i64>,
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
mod tests {
    use super::*;

    fn grant(obtained_at: i64, expires_at: Option<i64>) -> Grant {
        let text = format!(
            r#"{{"v":1,"generation":1,"provider":"x","access_token":"a","token_type":"Bearer",
                "obtained_at":{obtained_at},"connected_at":0}}"#
        );
        let mut grant: Grant = serde_json::from_str(&text).unwrap();
        grant.expires_at = expires_at;
        grant
    }

    #[test]
    fn stale_at_five_minutes_or_half_the_life() {
        let hour = grant(1_000, Some(4_600));
        assert!(hour.is_fresh(4_299, None));
        assert!(!hour.is_fresh(4_300, None));
        let minute = grant(1_000, Some(1_060));
        assert!(minute.is_fresh(1_029, None));
        assert!(!minute.is_fresh(1_030, None));
        assert!(hour.is_fresh(1_000, Some(3_599)));
        assert!(!hour.is_fresh(1_000, Some(3_600)));
    }

    /// RF16: the promise in one sentence, against a thousand lives and moments.
    #[test]
    fn rf16_stale_is_what_has_five_minutes_or_less() {
        let mut chance = 0x9E37_79B9_7F4A_7C15_u64;
        let mut below = |limit: i64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            i64::try_from(chance % limit.unsigned_abs()).unwrap()
        };
        for _ in 0..1_000 {
            let (start, life) = (1_700_000_000 + below(1_000_000), 600 + below(90_000));
            let token = grant(start, Some(start + life));
            for left in [299, 300, 301, below(life)] {
                assert_eq!(token.is_fresh(start + life - left, None), left > 300, "{life} {left}");
            }
        }
    }

    #[test]
    fn unknown_life_is_fresh_and_a_token_from_the_future_is_not() {
        assert!(grant(1_000, None).is_fresh(9_999_999, None));
        assert!(!grant(1_000_000, Some(1_003_600)).is_fresh(5, None));
    }

    fn changed(change: impl FnOnce(&mut Grant)) -> Grant {
        let mut grant = grant(1_000, None);
        change(&mut grant);
        grant
    }

    fn machine() -> Option<Machine> {
        Some(Machine { scopes: Vec::new(), key: None })
    }

    /// A minute of skew is no jump; a clock that went back further makes a token stale.
    #[test]
    fn a_minute_from_the_future_is_borne() {
        let token = grant(1_060, Some(5_000));
        assert!(token.is_fresh(1_000, None) && !token.is_fresh(999, None));
        assert_eq!((token.remaining(4_000), grant(0, None).remaining(4_000)), (Some(1_000), None));
    }

    #[test]
    fn who_renews_and_what_that_spends() {
        use RefreshRule::{None as Never, On401, Rotating, Stable};
        for (token, rule, machine, can, rotates) in [
            (true, Stable, None, true, false),
            (true, Rotating, None, true, true),
            (true, On401, None, true, true),
            (true, Never, None, false, true),
            (false, Rotating, None, false, true),
            (false, Never, machine(), true, false),
            (true, Rotating, machine(), true, false),
        ] {
            let shown = format!("{token} {rule:?} {machine:?}");
            let grant = changed(|grant| {
                grant.refresh_token = token.then(|| Secret::new("r"));
                (grant.refresh, grant.machine) = (rule, machine);
            });
            assert_eq!((grant.can_refresh(), grant.rotates()), (can, rotates), "{shown}");
        }
    }

    #[test]
    fn a_person_has_to_sign_in_only_after_a_final_no() {
        let of = |kind| {
            changed(|grant| {
                grant.verified = true;
                grant.trouble = Some(Trouble { kind, at: 0, code: String::new(), reason: None });
            })
        };
        let (ended, lost) = (of(TroubleKind::NeedsReauth), of(TroubleKind::AnswerLost));
        assert!(ended.needs_reauth() && !lost.needs_reauth());
        assert_eq!((ended.state(0), lost.state(0)), ("needs_reauth", "connected"));
    }

    #[test]
    fn identity_is_the_providers_word_and_the_site_stands_for_a_workspace() {
        let told = |account: Option<&str>, workspace: Option<&str>| Identity {
            id: Some("7".into()),
            account: account.map(str::to_owned),
            workspace: workspace.map(str::to_owned),
        };
        let take = |machine: Option<Machine>, identity: Identity| {
            let mut grant = changed(|grant| {
                grant.machine = machine;
                grant.identity.account = Some("robot".into());
                grant.extra.insert(SITE_NAME.into(), "site".into());
            });
            grant.take_identity(identity);
            assert!(grant.verified);
            grant.identity
        };
        assert_eq!(take(None, told(Some("ada"), Some("Acme"))), told(Some("ada"), Some("Acme")));
        assert_eq!(take(None, told(None, None)), told(None, Some("site")));
        assert_eq!(take(machine(), told(None, None)), told(Some("robot"), Some("site")));
        assert_eq!(take(machine(), told(Some("ada"), None)), told(Some("ada"), Some("site")));
    }

    #[test]
    fn a_password_and_a_borrowed_token_are_known() {
        assert!(!changed(|_| {}).is_password() && changed(|_| {}).via().is_none());
        assert!(changed(|grant| grant.token_type = PASSWORD.into()).is_password());
        let via = changed(|grant| drop(grant.options.insert("via".into(), "google".into())));
        assert_eq!(via.via(), Some("google"));
    }
}

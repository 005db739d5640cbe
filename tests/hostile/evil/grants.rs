//! What the provider knows: who consented, which codes and tokens live, and how refresh tokens rotate.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::canary;
use super::wire::Request;

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Rotation {
    /// A refresh token works once; a second use revokes the whole family.
    #[default]
    Strict,
    /// The previous refresh token still works, and gives the same successor.
    Grace,
    /// The refresh token stays.
    None,
}

#[derive(Clone)]
pub(crate) struct Family {
    pub(crate) current: String,
    pub(crate) spent: Vec<String>,
    pub(crate) revoked: bool,
    scope: String,
}

pub(crate) struct Code {
    pub(crate) challenge: String,
    pub(crate) redirect_uri: String,
    pub(crate) client_id: String,
    pub(crate) scope: String,
    pub(crate) used: bool,
}

pub(crate) struct Grants {
    pub(crate) rotation: Rotation,
    pub(crate) access_ttl: u64,
    pub(crate) account: (String, String, String),
    pub(crate) codes: HashMap<String, Code>,
    pub(crate) families: Vec<Family>,
    /// Every refresh token there ever was, in the order of their making.
    pub(crate) issued: Vec<String>,
    /// Live access tokens.
    pub(crate) live: Vec<String>,
    /// Compared when set: `(id, secret)` as Basic authentication must carry them.
    pub(crate) client: Option<(String, String)>,
    /// What an assertion must say.
    pub(crate) machine: Option<super::machine::Rules>,
    /// What is wrong with the assertions that came.
    pub(crate) machine_problems: Vec<String>,
    /// Secrets that the client made: verifiers.
    pub(crate) verifiers: Vec<String>,
}

impl Default for Grants {
    fn default() -> Self {
        Grants {
            rotation: Rotation::Strict,
            access_ttl: 3600,
            account: ("sub-1".into(), "ada@example.com".into(), "Example".into()),
            codes: HashMap::new(),
            families: Vec::new(),
            issued: Vec::new(),
            live: Vec::new(),
            client: None,
            machine: None,
            machine_problems: Vec::new(),
            verifiers: Vec::new(),
        }
    }
}

type Refusal = (&'static str, &'static str);

impl Grants {
    /// A new family, as if somebody had consented: access token, refresh token.
    pub(crate) fn mint(&mut self, scope: &str) -> (String, String) {
        let (access, refresh) = (canary("at"), canary("rt"));
        self.live.push(access.clone());
        self.issued.push(refresh.clone());
        let family =
            Family { current: refresh.clone(), spent: Vec::new(), revoked: false, scope: scope.to_owned() };
        self.families.push(family);
        (access, refresh)
    }

    pub(crate) fn is_live(&self, access: &str) -> bool {
        self.live.iter().any(|token| token == access)
    }

    pub(crate) fn revoked(&self) -> usize {
        self.families.iter().filter(|family| family.revoked).count()
    }

    pub(crate) fn exchange(&mut self, request: &Request) -> Result<Value, Refusal> {
        if request.field("grant_type").as_deref() == Some(super::machine::JWT_BEARER) {
            return self.assert(request);
        }
        self.authenticate(request)?;
        match request.field("grant_type").as_deref() {
            Some("authorization_code") => self.redeem(request),
            Some("refresh_token") => self.refresh(request),
            // Only a client with a secret is somebody.
            Some("client_credentials") if self.client.is_some() => {
                Ok(self.for_machine(&request.field("scope").unwrap_or_default()))
            }
            _ => Err(("400 Bad Request", "unsupported_grant_type")),
        }
    }

    fn assert(&mut self, request: &Request) -> Result<Value, Refusal> {
        let rules = self.machine.clone().ok_or(("400 Bad Request", "unsupported_grant_type"))?;
        match rules.judge(request) {
            Ok(()) => Ok(self.for_machine("")),
            Err(problem) => {
                self.machine_problems.push(problem);
                Err(("400 Bad Request", "invalid_grant"))
            }
        }
    }

    /// No refresh token, and the scope only where it was asked as a parameter.
    fn for_machine(&mut self, scope: &str) -> Value {
        let access = canary("at");
        self.live.push(access.clone());
        let mut document =
            json!({"access_token": access, "token_type": "Bearer", "expires_in": self.access_ttl});
        if !scope.is_empty() {
            document["scope"] = json!(scope);
        }
        document
    }

    fn authenticate(&self, request: &Request) -> Result<(), Refusal> {
        let Some((id, secret)) = &self.client else { return Ok(()) };
        let given = request.header("authorization").and_then(|h| h.strip_prefix("Basic ")).map(basic);
        let given = given.unwrap_or_else(|| {
            (
                request.field("client_id").unwrap_or_default(),
                request.field("client_secret").unwrap_or_default(),
            )
        });
        if given == (id.clone(), secret.clone()) {
            Ok(())
        } else {
            Err(("401 Unauthorized", "invalid_client"))
        }
    }

    fn redeem(&mut self, request: &Request) -> Result<Value, Refusal> {
        const REFUSED: Refusal = ("400 Bad Request", "invalid_grant");
        let verifier = request.field("code_verifier").ok_or(REFUSED)?;
        self.verifiers.push(verifier.clone());
        let code = self.codes.get_mut(&request.field("code").unwrap_or_default()).ok_or(REFUSED)?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()));
        let same_client = request.header("authorization").is_some()
            || request.field("client_id").as_deref() == Some(code.client_id.as_str());
        if code.used
            || !same_client
            || code.challenge != challenge
            || request.field("redirect_uri").as_deref() != Some(code.redirect_uri.as_str())
        {
            return Err(REFUSED);
        }
        code.used = true;
        let scope = code.scope.clone();
        let (access, refresh) = self.mint(&scope);
        Ok(self.document(&access, &refresh, &scope))
    }

    fn refresh(&mut self, request: &Request) -> Result<Value, Refusal> {
        const REFUSED: Refusal = ("400 Bad Request", "invalid_grant");
        let given = request.field("refresh_token").unwrap_or_default();
        let rotation = self.rotation;
        let family = self
            .families
            .iter_mut()
            .find(|f| f.current == given || f.spent.contains(&given))
            .filter(|f| !f.revoked)
            .ok_or(REFUSED)?;
        if family.current == given {
            if rotation != Rotation::None {
                let next = canary("rt");
                self.issued.push(next.clone());
                family.spent.push(std::mem::replace(&mut family.current, next));
            }
        } else if rotation == Rotation::Strict {
            family.revoked = true;
            return Err(REFUSED);
        }
        let (refresh, scope) = (family.current.clone(), family.scope.clone());
        let access = canary("at");
        self.live.push(access.clone());
        Ok(self.document(&access, &refresh, &scope))
    }

    pub(crate) fn document(&self, access: &str, refresh: &str, scope: &str) -> Value {
        json!({
            "access_token": access,
            "token_type": "Bearer",
            "expires_in": self.access_ttl,
            "refresh_token": refresh,
            "scope": scope,
        })
    }
}

/// RFC 6749 2.3.1: both halves are form-encoded before they are joined.
fn basic(encoded: &str) -> (String, String) {
    let raw = base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default();
    let text = String::from_utf8_lossy(&raw).into_owned();
    let (id, secret) = text.split_once(':').unwrap_or((&text, ""));
    let decode = |half: &str| {
        let pairs = super::wire::form(format!("x={half}").as_bytes());
        pairs.into_iter().next().map(|(_, value)| value).unwrap_or_default()
    };
    (decode(id), decode(secret))
}

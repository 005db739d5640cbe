//! "Who am I": the one call that proves a token, and what each answer to it means.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Api, ApiError, Paths, Provider};
use crate::clock;
use crate::http::{Request, retry_after};
use crate::output::sanitise::masked;
use crate::vault::{Endpoints, Identity, Secret};

/// Longer names are cut (characters).
const LONGEST: usize = 500;

#[derive(Debug)]
pub(crate) enum Answered {
    /// The token works; scopes where the answer names them.
    As { identity: Identity, scopes: Option<Vec<String>> },
    /// The token is no longer good (401, or a code that means it).
    Rejected { words: String },
    /// It is good and may not do this.
    MissingScope { words: String },
    /// Try later; seconds where the provider says.
    Later { status: u16, after: Option<i64> },
    /// Any other refusal.
    Refused { words: String },
    /// The provider offers no such call.
    Unknown,
}

pub(crate) async fn whoami(api: &Api<'_>, endpoints: &Endpoints) -> Result<Answered, ApiError> {
    let provider = api.provider;
    let (url, request) = match (&provider.whoami, &endpoints.whoami) {
        (Some(whoami), _) => {
            let url = api.url(&whoami.path)?;
            let method = whoami.method.as_deref().and_then(|m| m.parse().ok()).unwrap_or(Method::GET);
            let mut request = Request::new(method, url.clone()).header("accept", "application/json");
            for (name, value) in &whoami.headers {
                request = request.header(name, value);
            }
            (url, request)
        }
        (None, Some(userinfo)) => {
            let url = userinfo.parse::<url::Url>().map_err(|_| ApiError::BadPath(userinfo.clone()))?;
            (url.clone(), Request::new(Method::GET, url).header("accept", "application/json"))
        }
        (None, None) => return Ok(Answered::Unknown),
    };
    let answer = api.send(request).await?;
    let body = answer.json();
    let json = body.clone().unwrap_or(Value::Null);
    let says_no = provider.ok_field.as_ref().is_some_and(|field| json.get(field) == Some(&json!(false)));
    if answer.status.is_success() && !says_no {
        let Some(body) = body else {
            // A captive portal answers 200 too: this says nothing about the token.
            return Ok(Answered::Later { status: answer.status.as_u16(), after: None });
        };
        crate::log::info(&format!("{} answered who am I", url.host_str().unwrap_or("?")));
        let header = provider.whoami.as_ref().and_then(|w| w.scopes_header.as_deref());
        let listed = header.and_then(|name| answer.headers.get(name)?.to_str().ok());
        let scopes = listed.map(|text| {
            text.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        });
        return Ok(Answered::As { identity: identity(provider, &body), scopes });
    }
    Ok(judge(provider, api.token, answer.status, &json, retry_after(&answer.headers, clock::now())))
}

/// What a refusal of the API means.
pub(crate) fn judge(
    provider: &Provider,
    token: &Secret,
    status: StatusCode,
    body: &Value,
    after: Option<i64>,
) -> Answered {
    let told = |paths: &Paths| masked(&paths.text(body).unwrap_or_default(), [token.expose()]);
    let (code, message) = (told(&provider.error.code), told(&provider.error.message));
    let words = match (provider.words(&code, &message), status) {
        (words, status) if words.is_empty() => format!("status {}", status.as_u16()),
        (words, _) => words,
    };
    let named = |list: &[String]| list.contains(&code);
    match status.as_u16() {
        429 | 500..=599 | 408 => Answered::Later { status: status.as_u16(), after },
        _ if named(&provider.error.missing_scope) => Answered::MissingScope { words },
        401 => Answered::Rejected { words },
        _ if named(&provider.error.reconnect) => Answered::Rejected { words },
        403 => Answered::MissingScope { words },
        300..=399 => Answered::Refused { words: format!("it redirects (status {})", status.as_u16()) },
        _ => Answered::Refused { words },
    }
}

/// The account as the provider names it. Without paths in the provider file: OpenID's claims.
fn identity(provider: &Provider, body: &Value) -> Identity {
    // Kept as the provider wrote it, and made harmless where it is shown.
    let clean = |text: Option<String>| {
        text.map(|t| t.chars().take(LONGEST).collect::<String>()).filter(|t| !t.trim().is_empty())
    };
    let claim = |names: &[&str]| {
        names.iter().find_map(|name| body.get(name).and_then(Value::as_str)).map(str::to_owned)
    };
    match &provider.whoami {
        Some(whoami) => Identity {
            id: clean(whoami.id.text(body)),
            account: clean(whoami.account.text(body)),
            workspace: clean(whoami.workspace.text(body)),
        },
        None => Identity {
            id: clean(claim(&["sub"])),
            account: clean(claim(&["email", "preferred_username", "name", "sub"])),
            workspace: None,
        },
    }
}

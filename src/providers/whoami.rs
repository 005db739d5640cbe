//! "Who am I": the one call that proves a token.

use http::Method;
use serde_json::Value;

use super::verdict::{Answered, judge, refuses};
use super::{Api, ApiError, Provider};
use crate::http::Request;
use crate::vault::{Endpoints, Identity};

/// Longer names are cut (characters).
const LONGEST: usize = 500;

pub(crate) async fn whoami(api: &Api<'_>, endpoints: &Endpoints) -> Result<Answered, ApiError> {
    let provider = api.provider;
    let (url, request) = match (&provider.whoami, &endpoints.whoami) {
        (Some(whoami), _) => {
            let url = api.url(&whoami.path)?;
            let usual = if whoami.body.is_some() { Method::POST } else { Method::GET };
            let method = whoami.method.as_deref().and_then(|m| m.parse().ok()).unwrap_or(usual);
            let mut request = Request::new(method, url.clone()).header("accept", "application/json");
            if let Some(body) = &whoami.body {
                request = request.header("content-type", "application/json");
                request.body = body.clone().into_bytes();
            }
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
    let Some(body) = answer.json() else {
        return Ok(match answer.status {
            // A captive portal answers 200 too: this says nothing about the token.
            status if status.is_success() => {
                Answered::Later { status: status.as_u16(), at: None, words: String::new() }
            }
            _ => judge(provider, api.token, &answer, &Value::Null),
        });
    };
    let expected = provider.whoami.as_ref().map(|whoami| whoami.id.clone()).unwrap_or_default();
    if !refuses(provider, answer.status, &body, &expected) {
        crate::log::info(&format!("{} answered who am I", url.host_str().unwrap_or("?")));
        let header = provider.whoami.as_ref().and_then(|w| w.scopes_header.as_deref());
        let listed = header.and_then(|name| answer.headers.get(name)?.to_str().ok());
        let scopes = listed.map(|text| {
            text.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        });
        return Ok(Answered::As { identity: identity(provider, &body), scopes });
    }
    Ok(judge(provider, api.token, &answer, &body))
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

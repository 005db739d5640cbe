//! Dynamic client registration (RFC 7591): where a server offers it, a person needs no console.

use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::{Client, OauthError};
use crate::http::{self, Budget, Request};
use crate::vault::Secret;

#[derive(Deserialize)]
struct Registered {
    client_id: String,
    client_secret: Option<Secret>,
    redirect_uris: Option<Vec<String>>,
    token_endpoint_auth_method: Option<String>,
}

/// Registers a public native client with one redirect URI. A server that changes either is refused.
pub(crate) async fn register(
    http: &http::Client,
    endpoint: &Url,
    redirect_uri: &str,
    scopes: &[String],
    budget: Budget,
) -> Result<Client, OauthError> {
    let request = Request::new(::http::Method::POST, endpoint.clone())
        .header("accept", "application/json")
        .json(&json!({
            "client_name": "integ",
            "application_type": "native",
            "redirect_uris": [redirect_uri],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "token_endpoint_auth_method": "none",
            "scope": scopes.join(" "),
        }));
    let answer = http.send(request, budget.left()).await?;
    let host = endpoint.host_str().unwrap_or_default();
    if !answer.status.is_success() {
        let words = format!("it did not register a client (status {})", answer.status.as_u16());
        return Err(OauthError::Refused {
            title: host.to_owned(),
            code: "registration".into(),
            detail: String::new(),
            words,
            reason: None,
        });
    }
    let registered: Registered = serde_json::from_slice(&answer.body)
        .map_err(|_| OauthError::Malformed(format!("the answer of {host} is not a registration")))?;
    if registered.redirect_uris.is_some_and(|uris| !uris.iter().any(|uri| uri == redirect_uri)) {
        return Err(OauthError::Unsafe(format!("{host} registered another redirect URI")));
    }
    if registered.token_endpoint_auth_method.is_some_and(|method| method != "none") {
        return Err(OauthError::Unsafe(format!("{host} registered another way to authenticate")));
    }
    Ok(Client { id: registered.client_id, secret: registered.client_secret })
}

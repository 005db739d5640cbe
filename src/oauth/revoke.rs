//! Telling the provider that a grant ends (RFC 7009 and its dialects).

use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::OauthError;
use super::dialect::unavailable;
use super::exchange::Context;
use crate::http::Request;
use crate::output::sanitise;
use crate::providers::{Body, ClientAuth, RevokeAuth};
use crate::vault::Grant;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// The provider says so, or says that there was nothing left to revoke.
    Yes,
    /// It has no such thing.
    Unsupported,
}

/// Revokes the refresh token where there is one: with it goes the access token.
pub(crate) async fn revoke(context: &Context<'_>, grant: &Grant) -> Result<Revoked, OauthError> {
    let provider = context.provider;
    let Some(url) = provider.revoke_url.as_ref().or(grant.endpoints.revoke.as_ref()) else {
        return Ok(Revoked::Unsupported);
    };
    let url: Url = url.parse().map_err(|_| OauthError::Unsupported(format!("{url} is no URL")))?;
    let token = match (&grant.refresh_token, provider.revoke_auth) {
        (Some(refresh), RevokeAuth::Client | RevokeAuth::None) => refresh,
        _ => &grant.access_token,
    };
    let mut request = Request::new(Method::POST, url).header("accept", "application/json");
    for (name, value) in &provider.api_headers {
        request = request.header(name, value);
    }
    let mut fields = Vec::new();
    match provider.revoke_auth {
        RevokeAuth::Bearer => request = request.bearer(token),
        RevokeAuth::None => fields.push(("token", token.expose())),
        RevokeAuth::Client => {
            fields.push(("token", token.expose()));
            if grant.refresh_token.is_some() && provider.token_body == Body::Form {
                fields.push(("token_type_hint", "refresh_token"));
            }
            match (&context.client.secret, provider.client_auth) {
                (Some(secret), ClientAuth::Basic) => {
                    request = request.basic(&context.client.id, secret);
                }
                (Some(secret), ClientAuth::Body) => {
                    fields.push(("client_id", &context.client.id));
                    fields.push(("client_secret", secret.expose()));
                }
                _ => fields.push(("client_id", &context.client.id)),
            }
        }
    }
    let request = match provider.token_body {
        Body::Json => {
            let object: serde_json::Map<String, Value> =
                fields.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
            request.json(&Value::Object(object))
        }
        Body::Form => request.form(&fields),
    };
    let answer = context.http.send(request, context.budget.left()).await?;
    let status = answer.status.as_u16();
    let title = provider.title.clone();
    if answer.status.is_redirection() {
        return Err(OauthError::Unsafe(format!(
            "the revocation endpoint of {title} redirects; that is never followed"
        )));
    }
    if let Some(error) = unavailable(provider, &answer) {
        return Err(error);
    }
    let body = answer.json().unwrap_or(Value::Null);
    let says_no = provider.ok_field.as_ref().is_some_and(|field| body.get(field) == Some(&json!(false)));
    if answer.status.is_success() && !says_no {
        return Ok(Revoked::Yes);
    }
    let code = body.get("error").and_then(Value::as_str).map(str::to_owned);
    let code = code.or_else(|| provider.error.code.text(&body)).unwrap_or_else(|| format!("status {status}"));
    // A token that the provider no longer knows is as revoked as it can be.
    if code == "invalid_token" || provider.error.reconnect.contains(&code) || status == 401 && says_no {
        return Ok(Revoked::Yes);
    }
    let words = provider.error.message.text(&body).unwrap_or_default();
    let mask = |text: &str| sanitise::masked(text, [token.expose()]);
    Err(context.refused(&mask(&code), &mask(&words)))
}

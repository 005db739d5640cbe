//! Telling the provider that a grant ends (RFC 7009 and its dialects).

use std::str::FromStr;

use http::Method;
use serde_json::{Value, json};
use url::Url;
use zeroize::Zeroizing;

use super::OauthError;
use super::dialect::unavailable;
use super::exchange::Context;
use crate::clock;
use crate::http::Request;
use crate::output::sanitise;
use crate::providers::{Body, ClientAuth, Provider, RevokeAuth, RevokeBody};
use crate::vault::{Grant, Secret};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    /// The provider says so, or says that there was nothing left to revoke.
    Yes,
    /// It has no such thing, or none for a client without a secret.
    Unsupported,
}

/// Whether it is the access token that is sent, though a refresh token lives beside it: one that has ended would end
/// nothing, so it is renewed first.
pub(crate) fn rests_on_access_token(provider: &Provider, grant: &Grant) -> bool {
    let url = provider.revoke_url.as_ref().or(grant.endpoints.revoke.as_ref());
    url.is_some_and(|url| !takes_any(provider, url)) && outlives_its_token(grant)
}

/// It is the RFC's `token`, which may be the refresh token.
fn takes_any(provider: &Provider, url: &str) -> bool {
    provider.revoke_param.as_deref().is_none_or(|param| param == "token")
        && !url.contains("{token}")
        && provider.revoke_auth != RevokeAuth::Bearer
}

/// A machine asks anew with its key, which is not ours to end.
fn outlives_its_token(grant: &Grant) -> bool {
    grant.machine.is_none() && grant.can_refresh() && !grant.needs_reauth()
}

/// Revokes the refresh token where there is one and it is the RFC's `token`: with it goes the access token.
pub(crate) async fn revoke(context: &Context<'_>, grant: &Grant) -> Result<Revoked, OauthError> {
    let provider = context.provider;
    let Some(url) = provider.revoke_url.as_ref().or(grant.endpoints.revoke.as_ref()) else {
        return Ok(Revoked::Unsupported);
    };
    let client = context.client;
    let secret = client.secret.as_ref();
    // A pasted token belongs to no client of ours: nobody would be believed who asks without one.
    let nobody = grant.pasted && client.id.is_empty() && provider.revoke_auth == RevokeAuth::Client;
    if nobody || secret.is_none() && provider.revoke_auth == RevokeAuth::Basic {
        return Ok(Revoked::Unsupported);
    }
    let param = provider.revoke_param.as_deref().unwrap_or("token");
    let in_url = url.contains("{token}");
    let takes_any = takes_any(provider, url);
    let token = grant.refresh_token.as_ref().filter(|_| takes_any).unwrap_or(&grant.access_token);
    let url = filled(url, &client.id, token)
        .ok_or_else(|| OauthError::Unsupported(format!("{} names no URL to revoke at", provider.name)))?;
    let method = provider.revoke_method.as_deref().map_or(Ok(Method::POST), Method::from_str);
    let method = method.map_err(|_| OauthError::Unsupported("`revoke-method` is no method".into()))?;
    let mut request = Request::new(method, url).header("accept", "application/json");
    request.has_secret_path = in_url;
    request.secrets.push(token.clone());
    for (name, value) in &provider.api_headers {
        request = request.header(name, value);
    }
    let mut fields = Vec::new();
    if !in_url && provider.revoke_auth != RevokeAuth::Bearer {
        fields.push((param, token.expose()));
    }
    match provider.revoke_auth {
        RevokeAuth::Bearer => request = request.authorization(&grant.authorization_value()),
        RevokeAuth::None => {}
        RevokeAuth::Basic => request = request.basic(&client.id, secret.unwrap_or(&Secret::new(""))),
        RevokeAuth::Client => {
            if takes_any && grant.refresh_token.is_some() && provider.token_body == Body::Form {
                fields.push(("token_type_hint", "refresh_token"));
            }
            match (secret, provider.client_auth) {
                (Some(secret), ClientAuth::Basic) => request = request.basic(&client.id, secret),
                (Some(secret), ClientAuth::Body) => {
                    fields.push(("client_id", &client.id));
                    fields.push(("client_secret", secret.expose()));
                }
                _ => fields.push(("client_id", &client.id)),
            }
        }
    }
    let body = match (provider.revoke_body, provider.token_body) {
        (RevokeBody::None, _) => None,
        (RevokeBody::Form, _) | (RevokeBody::AsToken, Body::Form) => Some(Body::Form),
        (RevokeBody::Json, _) | (RevokeBody::AsToken, Body::Json) => Some(Body::Json),
    };
    let request = match body {
        None => request,
        Some(Body::Json) => {
            let object: serde_json::Map<String, Value> =
                fields.iter().map(|(k, v)| ((*k).to_owned(), json!(v))).collect();
            request.json(&Value::Object(object))
        }
        Some(Body::Form) => request.form(&fields),
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
    let gone = status == 404 && in_url
        || status == 401 && (provider.revoke_auth == RevokeAuth::Bearer || says_no)
        || code == "invalid_token"
        || provider.error.reconnect.contains(&code);
    // Of one that had merely ended it says nothing about the refresh token.
    let speaks_for_all = takes_any || !outlives_its_token(grant) || grant.is_fresh(clock::now(), None);
    if gone && speaks_for_all {
        return Ok(Revoked::Yes);
    }
    let words = provider.error.message.text(&body).unwrap_or_default();
    let mask = |text: &str| sanitise::masked(text, [token.expose()]);
    Err(context.refused(&mask(&code), &mask(&words)))
}

/// The address with what belongs into it, each encoded for the place where it stands.
fn filled(template: &str, client_id: &str, token: &Secret) -> Option<Url> {
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let text = template.replace("{client-id}", &encode(client_id).replace('+', "%20"));
    let text = Zeroizing::new(text.replace("{token}", &encode(token.expose()).replace('+', "%20")));
    text.parse().ok()
}

#[cfg(test)]
mod tests;

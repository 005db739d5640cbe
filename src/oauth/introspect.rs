//! Asking the provider about a token (RFC 7662 and its dialects): whether it still lives, until when, whose it is and
//! what it may do. A provider that does not answer has said nothing.

use http::Method;
use serde_json::{Map, Value};
use url::Url;

use super::Client;
use crate::clock;
use crate::http::{Answer, Request};
use crate::output::sanitise;
use crate::providers::{Api, Body, ClientAuth, Introspect, Provider, Refusal, RevokeAuth, RevokeBody};
use crate::vault::Grant;

/// Further off than this is a mistake of units (seconds from now).
const FURTHEST: f64 = 100.0 * 365.0 * 86_400.0;

/// What the provider knows of a token.
#[derive(Debug, Default)]
pub(crate) struct Introspection {
    /// It is dead, and what was said of that.
    pub ended: Option<Refusal>,
    /// Unix seconds.
    pub expires_at: Option<i64>,
    pub scopes: Option<Vec<String>>,
    pub account: Option<String>,
    pub workspace: Option<String>,
}

/// `Err` says in words why there is no answer.
pub(crate) async fn introspect(
    api: &Api<'_>,
    shape: &Introspect,
    client: Option<&Client>,
) -> Result<Introspection, String> {
    let answer = send(api, shape, client).await?;
    let status = answer.status.as_u16();
    let secrets = [api.token.expose(), client.and_then(|c| c.secret.as_ref()).map_or("", |s| s.expose())];
    let body = answer.json().ok_or_else(|| format!("the answer is not JSON (status {status})"))?;
    let refusal = Refusal::read(api.provider, &body, &secrets);
    let ended = shape.active.or("active").text(&body).is_some_and(|active| active == "false");
    let says_no = api.provider.ok_field.as_ref().is_some_and(|field| body.get(field) == Some(&false.into()));
    // An error is about the question; only an answer is about the token.
    if !answer.status.is_success() || (says_no && !ended) {
        let words = if refusal.words.is_empty() { "no reason given" } else { &refusal.words };
        return Err(format!("status {status}: {words}"));
    }
    Ok(read(shape, &body, ended.then_some(refusal)))
}

fn read(shape: &Introspect, body: &Value, ended: Option<Refusal>) -> Introspection {
    let now = clock::now();
    let at = shape.expires_at.or("exp").number(body);
    let at =
        at.or_else(|| shape.expires_in.number(body).filter(|life| *life > 0.0).map(|life| now as f64 + life));
    // 0 stands for never; what is over while the token lives says nothing either.
    let lies_ahead = |at: &f64| *at > now as f64 && *at - (now as f64) < FURTHEST;
    let clean =
        |text: Option<String>| text.map(|text| sanitise::excerpt(&text)).filter(|text| !text.is_empty());
    Introspection {
        ended,
        expires_at: at.filter(lies_ahead).map(|at| at as i64),
        scopes: crate::providers::Paths(vec![shape.scopes.clone().unwrap_or_else(|| "scope".into())])
            .list(body),
        account: clean(shape.account.text(body)),
        workspace: clean(shape.workspace.text(body)),
    }
}

async fn send(api: &Api<'_>, shape: &Introspect, client: Option<&Client>) -> Result<Answer, String> {
    let provider = api.provider;
    let id = client.map_or("", |client| &client.id);
    let encoded: String = url::form_urlencoded::byte_serialize(id.as_bytes()).collect();
    let address = shape.url.replace("{client-id}", &encoded);
    let method = shape.method.as_deref().and_then(|method| method.parse().ok()).unwrap_or(Method::POST);
    // With the token as its own proof it goes where the API's tokens may go; else where the provider file says.
    let url: Url = match (shape.auth, address.parse()) {
        (RevokeAuth::Client | RevokeAuth::Basic | RevokeAuth::None, Ok(url)) => url,
        _ => api.url(&address).map_err(|error| error.to_string())?,
    };
    let in_query = method == Method::GET || shape.body == RevokeBody::None;
    let mut request = Request::new(method, url).header("accept", "application/json");
    let mut fields = vec![(shape.param.as_deref().unwrap_or("token"), api.token.expose())];
    if let (RevokeAuth::Client | RevokeAuth::Basic, Some(client)) = (shape.auth, client) {
        // A secret does not belong in an address.
        let basic = in_query || shape.auth == RevokeAuth::Basic || provider.client_auth == ClientAuth::Basic;
        match (&client.secret, provider.client_auth) {
            (Some(secret), _) if basic => request = request.basic(&client.id, secret),
            (Some(secret), ClientAuth::Body) => {
                fields.extend([("client_id", id), ("client_secret", secret.expose())]);
            }
            _ => fields.push(("client_id", id)),
        }
    }
    let is_json = match shape.body {
        RevokeBody::Json => true,
        RevokeBody::AsToken => provider.token_body == Body::Json,
        RevokeBody::Form | RevokeBody::None => false,
    };
    let mut request = match (in_query, is_json) {
        (true, _) => {
            request.url.query_pairs_mut().extend_pairs(fields);
            request
        }
        (false, true) => {
            let object: Map<String, Value> =
                fields.into_iter().map(|(key, value)| (key.to_owned(), value.into())).collect();
            request.json(&Value::Object(object))
        }
        (false, false) => request.form(&fields),
    };
    if shape.auth == RevokeAuth::Bearer {
        return api.send(request).await.map_err(|error| error.to_string());
    }
    for (name, value) in &provider.api_headers {
        request = request.header(name, value);
    }
    api.http.send(request, api.budget.left()).await.map_err(|error| error.to_string())
}

/// Whether introspection could tell something of this grant that is not known.
pub(crate) fn has_gaps(provider: &Provider, grant: &Grant) -> bool {
    let Some(shape) = &provider.introspect else { return false };
    let (identity, none) = (&grant.identity, |text: &Option<String>| text.is_none());
    !grant.verified
        || grant.expires_at.is_none()
        || (none(&identity.account) && !shape.account.0.is_empty())
        || (none(&identity.workspace) && !shape.workspace.0.is_empty())
        || (grant.scopes.is_empty() && shape.scopes.is_some())
}

impl Grant {
    /// Takes in what introspection told, where it is not known better; whether anything changed.
    pub(crate) fn learn(&mut self, told: &Introspection) -> bool {
        let mut changed = false;
        // A told life stands, unless the token dies clearly before: a life that was assumed is corrected.
        if let Some(at) = told.expires_at
            && self.expires_at.is_none_or(|known| at + 60 < known)
        {
            self.expires_at = Some(at);
            changed = true;
        }
        if let Some(scopes) = told.scopes.as_ref().filter(|scopes| **scopes != self.scopes) {
            self.scopes.clone_from(scopes);
            changed = true;
        }
        let pairs =
            [(&mut self.identity.account, &told.account), (&mut self.identity.workspace, &told.workspace)];
        for (known, told) in pairs {
            if known.is_none() && told.is_some() {
                known.clone_from(told);
                changed = true;
            }
        }
        if !self.verified && told.account.is_some() {
            self.verified = true;
            changed = true;
        }
        changed
    }
}

#[cfg(test)]
mod tests;

//! Pushed authorization requests (RFC 9126): the request goes over the back channel, and the browser's address carries
//! nothing but the client id and a reference to it.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::OauthError;
use super::exchange::Context;
use crate::http::Request;
use crate::providers::ClientAuth;

pub(super) struct Pushed {
    /// What the browser opens.
    pub url: Url,
    /// Seconds.
    pub good_for: Option<i64>,
}

#[derive(Deserialize)]
struct Answer {
    request_uri: Option<String>,
    expires_in: Option<Value>,
}

pub(super) async fn push_request(
    context: &Context<'_>,
    push: &Url,
    authorize: &Url,
    full: &Url,
) -> Result<Pushed, OauthError> {
    // What the authorization endpoint itself has in its address is not part of the request.
    let own = authorize.query_pairs().count();
    let mut fields: Vec<(String, String)> = full.query_pairs().into_owned().skip(own).collect();
    let mut request = Request::new(http::Method::POST, push.clone()).header("accept", "application/json");
    match (&context.client.secret, context.provider.client_auth) {
        (Some(secret), ClientAuth::Basic) => request = request.basic(&context.client.id, secret),
        (Some(secret), ClientAuth::Body) => fields.push(("client_secret".into(), secret.expose().to_owned())),
        _ => {}
    }
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let answer = context.dialect().send(request.form(&fields)).await?;
    let body: Value = serde_json::from_slice(answer.body()).unwrap_or_default();
    if !answer.status().is_success() {
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        return Err(context.refused(text("error"), text("error_description")));
    }
    read(body, &context.client.id, authorize).map_err(|why| {
        OauthError::Malformed(format!("{} took the pushed request and gave {why}", context.provider.title))
    })
}

fn read(body: Value, client_id: &str, authorize: &Url) -> Result<Pushed, &'static str> {
    let answer: Answer = serde_json::from_value(body).map_err(|_| "no usable answer")?;
    let reference =
        answer.request_uri.filter(|uri| uri.parse::<Url>().is_ok()).ok_or("no reference to it")?;
    let seconds = |told: Value| told.as_i64().or_else(|| told.as_str()?.parse().ok());
    let good_for = match answer.expires_in.filter(|told| !told.is_null()) {
        Some(told) => Some(seconds(told).ok_or("no usable time limit")?),
        None => None,
    };
    if good_for.is_some_and(|seconds| seconds <= 0) {
        return Err("a reference that has expired already");
    }
    let mut url = authorize.clone();
    url.query_pairs_mut().append_pair("client_id", client_id).append_pair("request_uri", &reference);
    Ok(Pushed { url, good_for })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_reference_must_be_there_and_alive() {
        let authorize: Url = "https://as.example/authorize?p=1".parse().unwrap();
        let of = |body: Value| read(body, "cid", &authorize);
        let pushed = of(json!({"request_uri": "urn:x:1", "expires_in": 60})).unwrap();
        assert_eq!(pushed.url.query(), Some("p=1&client_id=cid&request_uri=urn%3Ax%3A1"));
        assert_eq!(pushed.good_for, Some(60));
        assert!(of(json!({"request_uri": "urn:x:1", "expires_in": "60"})).is_ok());
        assert!(of(json!({"request_uri": "urn:x:1"})).is_ok());
        for bad in [
            json!({}),
            json!([]),
            json!(null),
            json!({"request_uri": ""}),
            json!({"request_uri": null}),
            json!({"request_uri": 7}),
            json!({"request_uri": "not a uri"}),
            json!({"request_uri": "urn:x:1", "expires_in": 0}),
            json!({"request_uri": "urn:x:1", "expires_in": -1}),
            json!({"request_uri": "urn:x:1", "expires_in": "soon"}),
            json!({"request_uri": "urn:x:1", "expires_in": {}}),
        ] {
            assert!(of(bad.clone()).is_err(), "{bad}");
        }
    }
}

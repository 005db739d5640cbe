//! Dynamic registration (RFC 7591) of public native apps, open to everybody on this machine.

use hyper::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::answer::{Answer, Outcome, Refusal, set};
use super::clients::{CODE, Client, GRANT_TYPES, is_loopback};
use super::id_token::unix_seconds;
use super::request::Request;
use super::route::Route;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[Route { method: "POST", path: "/register", handler: register }];

const MOST: usize = 16;

fn register(state: &mut State, request: &Request) -> Outcome {
    if !request.has_content_type("application/json") {
        return Err(bad("the body must be application/json"));
    }
    let asked: Value = serde_json::from_slice(&request.body).map_err(|_| bad("the body is not JSON"))?;
    let field = |name: &str| asked.get(name).unwrap_or(&Value::Null);
    if field("token_endpoint_auth_method").as_str() != Some("none") {
        return Err(bad("token_endpoint_auth_method must be none: only public clients can register"));
    }
    if field("application_type").as_str().is_some_and(|kind| kind != "native") {
        return Err(bad("application_type must be native"));
    }
    let grant_types = grant_types(field("grant_types"))?;
    let response_types = texts(field("response_types"))?;
    if response_types.is_some_and(|types| types.iter().any(|kind| *kind != "code")) {
        return Err(bad("response_types may only hold code"));
    }
    let written = texts(field("redirect_uris"))?.unwrap_or_default();
    if written.is_empty() && grant_types.contains(&CODE) {
        return Err(redirect("redirect_uris is missing"));
    }
    let redirects =
        written.iter().map(|text| Url::parse(text).ok().filter(is_loopback)).collect::<Option<Vec<_>>>();
    let redirects = redirects.ok_or(redirect("redirect_uris must be plain http on a loopback address"))?;
    let name: String =
        field("client_name").as_str().unwrap_or("An app without a name").chars().take(100).collect();

    let mut body = json!({
        "client_id_issued_at": unix_seconds(),
        "client_name": name,
        "redirect_uris": written,
        "grant_types": grant_types,
        "response_types": if grant_types.contains(&CODE) { vec!["code"] } else { Vec::new() },
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "id_token_signed_response_alg": "none",
    });
    let id = state.clients.register(Client { name, redirects, grant_types });
    let id =
        id.ok_or(Refusal::new(StatusCode::FORBIDDEN, "access_denied", "too many clients are registered"))?;
    set(&mut body, "client_id", id);
    Ok(Answer::json(&body).status(StatusCode::CREATED).no_store())
}

/// Left out, it means the code alone (RFC 7591, 2): whoever wants to refresh has to say so.
fn grant_types(value: &Value) -> Result<Vec<&'static str>, Refusal> {
    let Some(asked) = texts(value)? else {
        return Ok(vec![CODE]);
    };
    asked
        .iter()
        .map(|asked| GRANT_TYPES.into_iter().find(|known| known == asked))
        .collect::<Option<Vec<_>>>()
        .ok_or(bad("a grant type is not offered"))
}

fn texts(value: &Value) -> Result<Option<Vec<&str>>, Refusal> {
    if value.is_null() {
        return Ok(None);
    }
    let texts = value.as_array().filter(|list| list.len() <= MOST);
    let texts = texts.and_then(|list| list.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    texts.map(Some).ok_or(bad("a list of texts was expected, and not a long one"))
}

fn bad(why: &'static str) -> Refusal {
    Refusal::bad("invalid_client_metadata", why)
}

fn redirect(why: &'static str) -> Refusal {
    Refusal::bad("invalid_redirect_uri", why)
}

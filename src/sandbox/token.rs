//! The token endpoint: a code, a refresh token or a device code becomes an access token.

use hyper::StatusCode;
use serde_json::json;

use super::answer::{Answer, Outcome, Refusal, set};
use super::clients::{CODE, Client, DEVICE, REFRESH};
use super::grants::{Family, FamilyId, Stale};
use super::id_token;
use super::request::{Params, Request};
use super::route::Route;
use super::scopes::{self, Scopes};
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[Route { method: "POST", path: "/token", handler: token }];

fn token(state: &mut State, request: &Request) -> Outcome {
    let mut answer = exchange(state, request).unwrap_or_else(Answer::from);
    answer.delay = state.trouble.delay;
    Ok(answer)
}

fn exchange(state: &mut State, request: &Request) -> Outcome {
    state.trouble.strike()?;
    let form = request.oauth_form()?;
    let (client_id, client) = client(state, request, &form)?;
    let grant_type = required(&form, "grant_type")?;
    let known: Option<Exchange> = match grant_type {
        CODE => Some(with_code),
        REFRESH => Some(with_refresh_token),
        DEVICE => Some(with_device_code),
        _ => None,
    };
    let Some(exchange) = known else {
        return Err(Refusal::bad("unsupported_grant_type", "this grant_type is not offered"));
    };
    if !client.may(grant_type) {
        return Err(Refusal::bad("unauthorized_client", "this client did not register for this grant_type"));
    }
    exchange(state, &form, &client_id, &client)
}

type Exchange = fn(&mut State, &Params, &str, &Client) -> Outcome;

/// Public clients name themselves and prove nothing; one that tries to has been set up wrongly.
pub(crate) fn client(state: &State, request: &Request, form: &Params) -> Result<(String, Client), Refusal> {
    let refused = |why| Refusal::new(StatusCode::UNAUTHORIZED, "invalid_client", why);
    if request.authorization().is_some() {
        let refusal =
            refused("this client is public: send client_id in the body and no Authorization header");
        return Err(refusal.challenge("Basic realm=\"sandbox\""));
    }
    if form.get("client_secret").is_some() {
        return Err(refused("this client is public and has no secret"));
    }
    let id = form.get("client_id").ok_or(refused("client_id is missing"))?;
    let client = state.clients.get(id).ok_or(refused("this client is unknown"))?;
    Ok((id.to_owned(), client.clone()))
}

fn with_code(state: &mut State, form: &Params, client_id: &str, client: &Client) -> Outcome {
    let text = required(form, "code")?;
    let redirect_uri = required(form, "redirect_uri")?;
    let verifier = required(form, "code_verifier")?;
    let now = state.now();
    let code = state.codes.redeem(text, client_id, redirect_uri, verifier, now, &mut state.grants)?;
    let family = state.grants.open(Family {
        client_id: client_id.to_owned(),
        person: code.person,
        granted: code.granted.clone(),
        refreshes: client.may(REFRESH),
    });
    state.codes.remember_use(text, family, &state.grants);
    Ok(issue(state, family, code.granted, code.attempt.nonce.as_deref()))
}

fn with_refresh_token(state: &mut State, form: &Params, client_id: &str, _: &Client) -> Outcome {
    let token = required(form, "refresh_token")?;
    let family = state.grants.present(token, client_id).map_err(|stale| {
        Refusal::invalid_grant(match stale {
            Stale::Unknown => "this refresh token is unknown, expired or revoked",
            Stale::Reused => "this refresh token was used before; everything from this sign-in is revoked",
        })
    })?;
    let granted = state.grants.family(family).map(|family| family.granted.clone()).unwrap_or_default();
    let scopes = match form.get("scope") {
        None => granted,
        // Fewer than granted is fine, more is not (RFC 6749, 6).
        Some(text) => scopes::parse(text)
            .filter(|asked| asked.iter().all(|scope| granted.contains(scope)))
            .ok_or(Refusal::bad("invalid_scope", "a scope is unknown or was not granted"))?,
    };
    state.grants.spend(token);
    Ok(issue(state, family, scopes, None))
}

fn with_device_code(state: &mut State, form: &Params, client_id: &str, client: &Client) -> Outcome {
    let code = required(form, "device_code")?;
    let now = state.now();
    let (person, granted) = state.devices.poll(code, client_id, now)?;
    let refreshes = client.may(REFRESH);
    let family = state.grants.open(Family {
        client_id: client_id.to_owned(),
        person,
        granted: granted.clone(),
        refreshes,
    });
    Ok(issue(state, family, granted, None))
}

fn issue(state: &mut State, family: FamilyId, scopes: Scopes, nonce: Option<&str>) -> Answer {
    let now = state.now();
    let issued = state.grants.issue(family, scopes.clone(), now, now + state.access_ttl);
    let mut body = json!({
        "access_token": issued.access,
        "token_type": "Bearer",
        "expires_in": state.access_ttl.as_secs(),
        "scope": scopes.join(" "),
    });
    if let Some(refresh) = issued.refresh {
        set(&mut body, "refresh_token", refresh);
    }
    if let Some(family) = state.grants.family(family).filter(|_| scopes.contains(&"openid")) {
        set(&mut body, "id_token", id_token::text(&state.base, family, state.access_ttl, nonce));
    }
    Answer::json(&body).no_store()
}

fn required<'a>(form: &'a Params, name: &'static str) -> Result<&'a str, Refusal> {
    form.get(name).ok_or_else(|| Refusal::invalid_request(format!("{name} is missing")))
}

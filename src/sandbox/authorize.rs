//! The authorization endpoint: checks what an app asks for, then lets a person decide.

use url::Url;

use super::answer::{Answer, Outcome};
use super::choice::{self, Choice};
use super::clients::CODE;
use super::consent::{Attempt, Decision, Redirect};
use super::page;
use super::request::{Params, Request};
use super::route::Route;
use super::scopes;
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "GET", path: "/authorize", handler: authorize },
    Route { method: "POST", path: "/authorize/decision", handler: decided },
];

/// Why there is nothing to decide.
enum Stop {
    /// Who asked, or where to answer, is not certain: only the person may hear of it (RFC 6749, 4.1.2.1).
    Tell(&'static str),
    Return(Box<Redirect>, &'static str, &'static str),
}

fn authorize(state: &mut State, request: &Request) -> Outcome {
    let query = &request.query;
    let attempt = match check(state, query) {
        Ok(attempt) => attempt,
        Err(Stop::Tell(why)) => return Ok(page::refused(why)),
        Err(Stop::Return(redirect, error, why)) => {
            let parameters = [("error", error), ("error_description", why)];
            return Ok(back(state, &redirect, query.get("state"), &parameters));
        }
    };
    let hint = query.get("login_hint");
    if let Some(decision) = state.consent.decide(&attempt.scopes, hint) {
        return Ok(conclude(state, attempt, decision));
    }
    if query.get("prompt") == Some("none") {
        let parameters =
            [("error", "interaction_required"), ("error_description", "a person has to be asked")];
        return Ok(back(state, &attempt.redirect_uri, attempt.state.as_deref(), &parameters));
    }
    let now = state.now();
    let key = state.attempts.wait(attempt, now);
    let Some(attempt) = state.attempts.get(&key, now) else {
        return Ok(page::refused("This sign-in is over."));
    };
    let client = state.clients.get(&attempt.client_id);
    Ok(choice::page(&Choice {
        action: "/authorize/decision",
        key: &key,
        client: client.map_or("", |client| &client.name),
        scopes: &attempt.scopes,
        hint,
        redirect: Some(&attempt.redirect_uri.url),
        user_code: None,
    }))
}

fn decided(state: &mut State, request: &Request) -> Outcome {
    let form = request.form()?;
    let key = form.get("key").unwrap_or_default();
    let Some(attempt) = state.attempts.get(key, state.now()) else {
        return Ok(page::refused(
            "This sign-in is over, or it was answered before. Start it again from the app.",
        ));
    };
    let decision = Decision::from_form(&form, &attempt.scopes)?;
    match state.attempts.take(key) {
        Some(attempt) => Ok(conclude(state, attempt, decision)),
        None => Ok(page::refused("This sign-in is over.")),
    }
}

fn conclude(state: &mut State, attempt: Attempt, decision: Decision) -> Answer {
    match decision {
        Decision::Deny => {
            let parameters = [("error", "access_denied"), ("error_description", "the person said no")];
            back(state, &attempt.redirect_uri, attempt.state.as_deref(), &parameters)
        }
        Decision::Allow { person, granted } => {
            let redirect = attempt.redirect_uri.clone();
            let passed = attempt.state.clone();
            let now = state.now();
            let code = state.codes.issue(attempt, person, granted, now);
            back(state, &redirect, passed.as_deref(), &[("code", &code)])
        }
    }
}

/// Everything that goes back names the issuer, so that a client can tell servers apart (RFC 9207).
fn back(state: &State, redirect: &Redirect, passed: Option<&str>, parameters: &[(&str, &str)]) -> Answer {
    let mut url = redirect.url.clone();
    {
        let mut query = url.query_pairs_mut();
        query.extend_pairs(parameters);
        if let Some(passed) = passed {
            query.append_pair("state", passed);
        }
        query.append_pair("iss", &state.base);
    }
    Answer::redirect(&url)
}

fn check(state: &State, query: &Params) -> Result<Attempt, Stop> {
    let client_id = query.get("client_id").ok_or(Stop::Tell("The app did not say who it is (client_id)."))?;
    let client =
        state.clients.get(client_id).ok_or(Stop::Tell("No app of this name is registered (client_id)."))?;
    let written =
        query.get("redirect_uri").ok_or(Stop::Tell("The app did not say where to return (redirect_uri)."))?;
    let url = Url::parse(written).ok().filter(|url| client.allows(url));
    let url =
        url.ok_or(Stop::Tell("The app asked to return to an address it did not register (redirect_uri)."))?;
    let redirect = Redirect { written: written.to_owned(), url };
    let stop = |error, why| Err(Stop::Return(Box::new(redirect.clone()), error, why));

    if query.repeats() {
        return stop("invalid_request", "a parameter is given more than once");
    }
    match query.get("response_type") {
        Some("code") => {}
        Some(_) => return stop("unsupported_response_type", "only code is offered"),
        None => return stop("invalid_request", "response_type is missing"),
    }
    if !client.may(CODE) {
        return stop("unauthorized_client", "this client did not register for authorization codes");
    }
    if query.get("code_challenge_method") != Some("S256") {
        return stop("invalid_request", "code_challenge_method must be S256");
    }
    let Some(challenge) = query.get("code_challenge").filter(|text| is_sha256(text)) else {
        return stop("invalid_request", "code_challenge must be a SHA-256 hash in base64url");
    };
    let Some(scopes) = scopes::parse(query.get("scope").unwrap_or(scopes::DEFAULT)) else {
        return stop("invalid_scope", "a scope is unknown");
    };
    Ok(Attempt {
        client_id: client_id.to_owned(),
        scopes,
        state: query.get("state").map(str::to_owned),
        challenge: challenge.to_owned(),
        nonce: query.get("nonce").map(str::to_owned),
        redirect_uri: redirect,
    })
}

fn is_sha256(text: &str) -> bool {
    text.len() == 43 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

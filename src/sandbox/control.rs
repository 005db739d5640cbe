//! The hidden hand: what a test or the demo in another process makes happen.

use std::time::Duration;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::answer::{Answer, Outcome, Refusal};
use super::clients::{CODE, DEVICE, REFRESH};
use super::consent::Consent;
use super::people;
use super::request::Request;
use super::route::Route;
use super::scopes::{self, Scopes};
use super::state::State;

pub(crate) const ROUTES: &[Route] = &[
    Route { method: "POST", path: "/_sandbox/expire", handler: expire },
    Route { method: "POST", path: "/_sandbox/forget", handler: forget },
    Route { method: "POST", path: "/_sandbox/fail", handler: fail },
    Route { method: "POST", path: "/_sandbox/delay", handler: delay },
    Route { method: "POST", path: "/_sandbox/advance", handler: advance },
    Route { method: "POST", path: "/_sandbox/consent", handler: consent },
    Route { method: "GET", path: "/_sandbox/stats", handler: stats },
    Route { method: "GET", path: "/_sandbox/log", handler: log },
];

const LONGEST_DELAY: u64 = 60_000;
const FARTHEST: u64 = 10 * 365 * 24 * 60 * 60;

/// Every access token, now.
fn expire(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    state.grants.expire();
    done(json!({}))
}

/// `account=EMAIL`
fn forget(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let account = request.query.get("account").ok_or(Refusal::invalid_request("account is missing"))?;
    let ended = state.grants.forget(account);
    done(json!({ "families": ended }))
}

/// `n=1&status=503&retry_after=SECONDS&error=CODE`, for token requests
fn fail(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let n = number(request, "n", u32::MAX.into())?.unwrap_or(1);
    let status = number(request, "status", 599)?.filter(|status| *status >= 400);
    let status = status.ok_or(Refusal::invalid_request("status must be 400 to 599"))?;
    let retry_after = number(request, "retry_after", u32::MAX.into())?;
    state.trouble.fail_next(
        u32::try_from(n).unwrap_or(u32::MAX),
        u16::try_from(status).unwrap_or(500),
        retry_after.and_then(|seconds| u32::try_from(seconds).ok()),
    );
    if let Some(error) = request.query.get("error") {
        state.trouble.call_it(error);
    }
    done(json!({}))
}

/// `ms=N`: how late every answer of the token endpoint is; what it says has happened by then.
fn delay(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let ms = number(request, "ms", LONGEST_DELAY)?.ok_or(Refusal::invalid_request("ms is missing"))?;
    state.trouble.delay = Duration::from_millis(ms);
    done(json!({}))
}

/// `seconds=N`: puts the sandbox's clock forward.
fn advance(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let seconds =
        number(request, "seconds", FARTHEST)?.ok_or(Refusal::invalid_request("seconds is missing"))?;
    state.advance(Duration::from_secs(seconds));
    done(json!({}))
}

/// `as=ask`, `as=deny` or `as=EMAIL&withhold=SCOPE SCOPE`: what becomes of the sign-ins from now on.
fn consent(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let withheld = match request.query.get("withhold") {
        None => Scopes::new(),
        Some(text) => {
            scopes::parse(text).ok_or(Refusal::invalid_request("withhold names an unknown scope"))?
        }
    };
    state.consent = match request.query.get("as") {
        Some("ask") => Consent::Ask,
        Some("deny") => Consent::Deny,
        Some(email) => {
            let person = people::find(email).ok_or(Refusal::invalid_request("as is nobody here"))?;
            Consent::Allow { person, withheld }
        }
        None => return Err(Refusal::invalid_request("as is missing")),
    };
    done(json!({}))
}

fn stats(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    let log = &state.log;
    done(json!({
        "authorize": log.at("/authorize"),
        "token": {
            "authorization_code": log.token_requests(CODE),
            "refresh_token": log.token_requests(REFRESH),
            "device_code": log.token_requests(DEVICE),
            "other": log.token_requests("other"),
        },
        "told_to_fail": state.trouble.refused,
        "device_authorization": log.at("/device_authorization"),
        "register": log.at("/register"),
        "revoke": log.at("/revoke"),
        "introspect": log.at("/introspect"),
        "me": log.at("/me"),
        "api": log.under("/api/"),
        "live_families": state.grants.live(),
        "spent_reuse": state.grants.reuses,
    }))
}

fn log(state: &mut State, request: &Request) -> Outcome {
    programs_only(request)?;
    done(state.log.entries())
}

fn done(body: Value) -> Outcome {
    Ok(Answer::json(&body).no_store())
}

/// A web page that happens to be open must not pull these strings.
fn programs_only(request: &Request) -> Result<(), Refusal> {
    if request.comes_from_a_web_page() {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "access_denied", "not from a web page"));
    }
    Ok(())
}

fn number(request: &Request, name: &'static str, most: u64) -> Result<Option<u64>, Refusal> {
    let Some(text) = request.query.get(name) else {
        return Ok(None);
    };
    let number = text.parse().ok().filter(|number| *number <= most);
    number
        .map(Some)
        .ok_or_else(|| Refusal::invalid_request(format!("{name} must be a number, at most {most}")))
}

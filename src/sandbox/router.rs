//! Which endpoint answers. A new group of endpoints is one more line in `GROUPS`.

use hyper::StatusCode;
use hyper::header::ALLOW;
use url::form_urlencoded;

use super::answer::{Answer, Outcome, Refusal};
use super::request::Request;
use super::route::Route;
use super::state::State;
use super::{api, authorize, calendars, control, device, discovery, home, me, register, revoke, token};

const GROUPS: &[&[Route]] = &[
    home::ROUTES,
    discovery::ROUTES,
    register::ROUTES,
    authorize::ROUTES,
    device::ROUTES,
    token::ROUTES,
    revoke::ROUTES,
    me::ROUTES,
    api::ROUTES,
    calendars::ROUTES,
    control::ROUTES,
];

pub(crate) fn dispatch(state: &mut State, request: &mut Request) -> Answer {
    let answer = if state.is_our_host(request.host()) {
        route(state, request).unwrap_or_else(Answer::from)
    } else {
        // Another name for 127.0.0.1 is how a web page gets around the same-origin policy.
        Refusal::new(StatusCode::MISDIRECTED_REQUEST, "invalid_request", "this host is not served here")
            .into()
    };
    state.log.record(request, answer.status);
    answer
}

fn route(state: &mut State, request: &mut Request) -> Outcome {
    let mut allowed = Vec::new();
    for route in GROUPS.iter().flat_map(|group| group.iter()) {
        let Some(captures) = captures(route.path, &request.path) else {
            continue;
        };
        if route.method == "*" || route.method == request.method.as_str() {
            request.captures = captures;
            return (route.handler)(state, request);
        }
        allowed.push(route.method);
    }
    if allowed.is_empty() {
        return Err(Refusal::new(StatusCode::NOT_FOUND, "not_found", "there is nothing here"));
    }
    Err(Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "invalid_request", "this method is not offered here")
        .with(ALLOW, allowed.join(", ")))
}

fn captures(pattern: &'static str, path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut captured = Vec::new();
    let mut segments = path.split('/');
    for wanted in pattern.split('/') {
        let segment = segments.next()?;
        match wanted.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) if !segment.is_empty() => captured.push((name, decode(segment))),
            Some(_) => return None,
            None if wanted == segment => {}
            None => return None,
        }
    }
    segments.next().is_none().then_some(captured)
}

/// In a path `+` means itself, unlike in a form.
fn decode(segment: &str) -> String {
    form_urlencoded::parse(segment.replace('+', "%2B").replace('=', "%3D").replace('&', "%26").as_bytes())
        .map(|(text, _)| text.into_owned())
        .collect()
}

//! Which endpoint a request is for, and who answers it there.

use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use super::token_modes::{self, Does, Facts, Odd};
use super::wire::{self, Answer, Request};
use super::{Shared, State, api, authorize, calendar, device, discovery, register, resource, tasks, token};

pub(super) fn accept(listener: TcpListener, shared: Arc<Shared>, handle: fn(TcpStream, &Shared)) {
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if shared.stop.load(Ordering::SeqCst) {
                break;
            }
            let shared = Arc::clone(&shared);
            thread::spawn(move || handle(stream, &shared));
        }
    });
}

pub(super) fn serve(stream: TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(20)));
    let Some(request) = wire::read(&stream, &shared.stop) else { return };
    let answer = route(shared, request);
    wire::write(stream, answer, &shared.stop);
}

fn route(shared: &Shared, request: Request) -> Answer {
    let said = shared.lock().said.get_mut(&request.path).and_then(|answers| {
        answers.rotate_left(1);
        answers.back().cloned()
    });
    if let Some(answer) = said {
        shared.admit(request, "said");
        return shared.lock().chance.answer().unwrap_or(answer);
    }
    let endpoint = endpoint(&request);
    let (request, mode) = shared.admit(request, endpoint);
    if endpoint == "token" {
        return token::answer(shared, &request, &mode);
    }
    let mut state = shared.lock();
    let anywhere = token_modes::anywhere().find(|own| own.name == mode);
    // What is only said has not happened.
    let happens = anywhere.is_none_or(|own| matches!(own.does, Does::Alters(_)));
    let answer = match endpoint {
        "resource" if request.path == "/mcp" => resource::knock(&state, &mode),
        "resource" => resource::metadata(&state, &request, &mode),
        "discovery" => discovery::answer(&state, &request, &mode),
        "authorize" => authorize::answer(&mut state, &request, &mode),
        "par" => authorize::push(&mut state, &request, &mode),
        "device" => device::answer(&mut state, &mode),
        "register" => register::answer(&mut state, &request, &mode),
        "revoke" => api::revoke(&mut state, &request, &mode),
        "me" => api::me(&state, &request, &mode),
        "api" => api::answer(&state, &request, &mode),
        "unknown" => wire::http("404 Not Found", &[], ""),
        _ if !request.bearer().is_some_and(|token| state.grants.is_live(token)) => api::unauthorized(),
        "calendars" => oddly(&state, &mode, calendar::LIST, calendar::list()),
        "events" => oddly(&state, &mode, calendar::EVENTS, calendar::events(&request)),
        "task-lists" => oddly(&state, &mode, tasks::LISTS, tasks::lists()),
        "task-create" => {
            let happens = happens && !tasks::REFUSALS.contains(&mode.as_str());
            let task = tasks::create(&mut state, &request, happens);
            oddly(&state, &mode, tasks::CREATE, task)
        }
        _ => panic!("nobody answers at {endpoint}"),
    };
    match (anywhere, &answer) {
        (Some(own), Answer::Bytes(bytes)) => {
            let body = bytes.windows(4).position(|w| w == b"\r\n\r\n").map_or(&[][..], |at| &bytes[at + 4..]);
            let (Does::Says(make) | Does::Alters(make)) = own.does;
            make(&Facts::new(&state, serde_json::from_slice(body).unwrap_or_default()))
        }
        _ => answer,
    }
}

/// A document, or what this mode of its own makes of it.
fn oddly(state: &State, mode: &str, odd: &[Odd], document: Value) -> Answer {
    let facts = Facts::new(state, document);
    match odd.iter().find(|(name, _)| *name == mode) {
        Some((_, make)) => make(&facts),
        None => wire::json("200 OK", &facts.document),
    }
}

fn endpoint(request: &Request) -> &'static str {
    match (request.method.as_str(), request.path.as_str()) {
        (_, "/mcp" | "/meta") => "resource",
        (_, path) if path.starts_with("/.well-known/oauth-protected-resource") => "resource",
        (_, path) if path.contains("/.well-known/") => "discovery",
        (_, "/authorize") => "authorize",
        (_, "/par") => "par",
        (_, "/token") => "token",
        (_, "/device") => "device",
        (_, "/register") => "register",
        (_, "/revoke") => "revoke",
        (_, "/me") => "me",
        (_, path) if path.starts_with("/api/") => "api",
        ("GET", "/calendar/v3/users/me/calendarList") => "calendars",
        ("GET", "/calendar/v3/calendars/primary/events") => "events",
        ("GET", "/projects") => "task-lists",
        ("POST", "/tasks") => "task-create",
        _ => "unknown",
    }
}

pub(super) fn record_leak(stream: TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let head = wire::read(&stream, &shared.stop)
        .map_or_else(|| "a connection".to_owned(), |r| format!("{} {} {:?}", r.method, r.path, r.headers));
    if !shared.stop.load(Ordering::SeqCst) {
        shared.lock().leaks.push(head);
    }
    wire::write(stream, wire::http("200 OK", &[], ""), &shared.stop);
}

pub(super) fn assert_known(endpoint: &str, mode: &str) {
    let odd = |own: &[Odd]| mode == "ok" || own.iter().any(|(name, _)| *name == mode);
    let anywhere = token_modes::anywhere().any(|own| own.name == mode);
    let known = match endpoint {
        "discovery" => discovery::MODES.contains(&mode),
        "authorize" => authorize::MODES.iter().any(|(name, _)| *name == mode),
        "token" => token_modes::find(mode).is_some(),
        "par" => authorize::PUSH_MODES.contains(&mode),
        "resource" => resource::MODES.contains(&mode),
        "device" => device::MODES.iter().any(|(name, _)| *name == mode),
        "register" => register::MODES.contains(&mode),
        "revoke" | "me" | "api" => api::MODES.contains(&mode),
        "calendars" => odd(calendar::LIST),
        "events" => odd(calendar::EVENTS),
        "task-lists" => odd(tasks::LISTS),
        "task-create" => odd(tasks::CREATE),
        _ => false,
    };
    assert!(known || anywhere, "the evil provider has no mode {mode} at {endpoint}");
}

//! A provider that misbehaves on demand. Every endpoint has a mode, set by the test in this process; the default is
//! `ok`, a strict and correct provider. A second listener, OTHER, is where no token may ever go: a hit there is a leak.

pub(crate) mod api;
pub(crate) mod authorize;
pub(crate) mod browser;
pub(crate) mod calendar;
mod chance;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod grants;
pub(crate) mod machine;
mod proof;
pub(crate) mod register;
pub(crate) mod resource;
pub(crate) mod tasks;
pub(crate) mod token;
pub(crate) mod token_modes;
pub(crate) mod wire;

use std::collections::{HashMap, VecDeque};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use grants::Grants;
use serde_json::Value;
use token_modes::{Does, Facts, Odd};
use wire::{Answer, Request};

/// Long enough for a loaded machine, short enough to end.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Evil {
    pub(crate) base: String,
    pub(crate) other: String,
    shared: Arc<Shared>,
    addresses: [SocketAddr; 2],
}

#[derive(Default)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stop: AtomicBool,
}

#[derive(Default)]
pub(crate) struct State {
    pub(crate) base: String,
    pub(crate) other: String,
    modes: HashMap<String, String>,
    queues: HashMap<String, VecDeque<String>>,
    held: HashMap<String, bool>,
    /// What a path answers whatever its endpoint would, by path.
    said: HashMap<String, VecDeque<Answer>>,
    log: Vec<Request>,
    leaks: Vec<String>,
    /// Authorization requests that were pushed, by their request URI.
    pub(crate) pushed: HashMap<String, Vec<(String, String)>>,
    /// What is wrong with the authorization requests themselves (CL, AR1).
    pub(crate) problems: Vec<String>,
    pub(crate) grants: Grants,
    pub(crate) devices: device::Devices,
    chance: chance::Chance,
    /// What was created: its key and its title.
    pub(crate) tasks: Vec<(String, String)>,
}

impl State {
    /// Requests so far are not part of the test.
    pub(crate) fn forget(&mut self) {
        self.log.clear();
    }
}

impl Evil {
    pub(crate) fn start() -> Evil {
        let main = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let other = TcpListener::bind("127.0.0.1:0").expect("a port on loopback");
        let addresses = [main.local_addr().unwrap(), other.local_addr().unwrap()];
        let shared = Arc::new(Shared::default());
        let base = format!("http://{}", addresses[0]);
        // Another name of the same interface: a check that compares hosts must see a difference.
        let elsewhere = format!("http://localhost:{}", addresses[1].port());
        {
            let mut state = shared.lock();
            state.base.clone_from(&base);
            state.other.clone_from(&elsewhere);
        }
        accept(main, Arc::clone(&shared), serve);
        accept(other, Arc::clone(&shared), record_leak);
        Evil { base, other: elsewhere, shared, addresses }
    }

    /// How `endpoint` answers from now on.
    pub(crate) fn mode(&self, endpoint: &str, mode: &str) -> &Evil {
        assert_known(endpoint, mode);
        self.state().modes.insert(endpoint.into(), mode.into());
        self
    }

    /// How `endpoint` answers the next requests, one mode each.
    pub(crate) fn queue(&self, endpoint: &str, modes: &[&str]) -> &Evil {
        modes.iter().for_each(|mode| assert_known(endpoint, mode));
        self.state().queues.entry(endpoint.into()).or_default().extend(modes.iter().map(|&m| m.to_owned()));
        self
    }

    /// What the next polls of the device flow are told; after them the person has said yes.
    pub(crate) fn polls(&self, told: &[&str]) -> &Evil {
        self.state().devices.polls = told.iter().map(|&told| told.to_owned()).collect();
        self
    }

    /// What `path` answers from now on; such requests are logged as `said`.
    pub(crate) fn says(&self, path: &str, status: &str, headers: &[(&str, &str)], body: &str) -> &Evil {
        let headers: Vec<_> = headers.iter().copied().chain([wire::JSON]).collect();
        self.state().said.insert(path.into(), [wire::http(status, &headers, body)].into());
        self
    }

    /// What `path` answers, one after the other, round and round.
    pub(crate) fn says_each(&self, path: &str, status: &str, bodies: impl Iterator<Item = Value>) {
        let answers = bodies.map(|body| wire::json(status, &body)).collect();
        self.state().said.insert(path.into(), answers);
    }

    /// It answers by its mode again.
    pub(crate) fn says_no_more(&self, path: &str) {
        self.state().said.remove(path);
    }

    /// Scripted requests to this path.
    pub(crate) fn asked(&self, path: &str) -> Vec<Request> {
        self.log("said").into_iter().filter(|request| request.path == path).collect()
    }

    /// Requests to `endpoint` wait, before anything happens, until `release`.
    pub(crate) fn hold(&self, endpoint: &str) {
        self.state().held.insert(endpoint.into(), true);
    }

    pub(crate) fn release(&self, endpoint: &str) {
        self.state().held.insert(endpoint.into(), false);
        self.shared.changed.notify_all();
    }

    pub(crate) fn log(&self, endpoint: &str) -> Vec<Request> {
        self.state().log.iter().filter(|r| r.endpoint == endpoint).cloned().collect()
    }

    /// All requests, of any endpoint.
    pub(crate) fn requests(&self) -> usize {
        self.state().log.len()
    }

    pub(crate) fn count(&self, endpoint: &str, grant_type: &str) -> usize {
        self.log(endpoint).iter().filter(|r| r.field("grant_type").as_deref() == Some(grant_type)).count()
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.count("token", "refresh_token")
    }

    /// Tokens that machines asked for.
    pub(crate) fn asked_by_machines(&self) -> usize {
        self.count("token", machine::JWT_BEARER) + self.count("token", "client_credentials")
    }

    /// Waits until `endpoint` has been asked `times` times.
    pub(crate) fn wait_for(&self, endpoint: &str, times: usize) {
        let started = Instant::now();
        while self.log(endpoint).len() < times {
            assert!(started.elapsed() < PATIENCE, "{endpoint} was not asked {times} times");
            thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn leaks(&self) -> Vec<String> {
        self.state().leaks.clone()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.shared.lock()
    }

    pub(crate) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }
}

impl Drop for Evil {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.changed.notify_all();
        for address in self.addresses {
            let _ = TcpStream::connect(address);
        }
    }
}

impl Shared {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn leaks(&self) -> Vec<String> {
        self.lock().leaks.clone()
    }

    /// The mode that answers this request: logs it, and waits while the endpoint is held.
    fn admit(&self, mut request: Request, endpoint: &'static str) -> (Request, String) {
        let mut state = self.lock();
        let mode = state.queues.get_mut(endpoint).and_then(VecDeque::pop_front);
        let mode = mode.or_else(|| state.chance.mode(endpoint).map(str::to_owned));
        let mode = mode.or_else(|| state.modes.get(endpoint).cloned()).unwrap_or_else(|| "ok".to_owned());
        request.endpoint = endpoint;
        request.mode.clone_from(&mode);
        state.log.push(request.clone());
        while state.held.get(endpoint).copied().unwrap_or(false) && !self.stop.load(Ordering::SeqCst) {
            state = self
                .changed
                .wait_timeout(state, Duration::from_millis(50))
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .0;
        }
        (request, mode)
    }
}

fn accept(listener: TcpListener, shared: Arc<Shared>, handle: fn(TcpStream, &Shared)) {
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

fn serve(stream: TcpStream, shared: &Shared) {
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

fn record_leak(stream: TcpStream, shared: &Shared) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let head = wire::read(&stream, &shared.stop)
        .map_or_else(|| "a connection".to_owned(), |r| format!("{} {} {:?}", r.method, r.path, r.headers));
    if !shared.stop.load(Ordering::SeqCst) {
        shared.lock().leaks.push(head);
    }
    wire::write(stream, wire::http("200 OK", &[], ""), &shared.stop);
}

fn assert_known(endpoint: &str, mode: &str) {
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

/// Unlike anything else in a file or an output: what is found anywhere carrying this word is a leak.
pub(crate) fn canary(kind: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut word = NEXT.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    format!("CANARY-{kind}-{word:016x}{:016x}", word.rotate_left(23) ^ 0x5DEE_CE66)
}

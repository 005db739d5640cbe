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
mod router;
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
        router::accept(main, Arc::clone(&shared), router::serve);
        router::accept(other, Arc::clone(&shared), router::record_leak);
        Evil { base, other: elsewhere, shared, addresses }
    }

    /// How `endpoint` answers from now on.
    pub(crate) fn mode(&self, endpoint: &str, mode: &str) -> &Evil {
        router::assert_known(endpoint, mode);
        self.state().modes.insert(endpoint.into(), mode.into());
        self
    }

    /// How `endpoint` answers the next requests, one mode each.
    pub(crate) fn queue(&self, endpoint: &str, modes: &[&str]) -> &Evil {
        modes.iter().for_each(|mode| router::assert_known(endpoint, mode));
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

/// Unlike anything else in a file or an output: what is found anywhere carrying this word is a leak.
pub(crate) fn canary(kind: &str) -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut word = NEXT.fetch_add(1, Ordering::SeqCst).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    word = (word ^ (word >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    format!("CANARY-{kind}-{word:016x}{:016x}", word.rotate_left(23) ^ 0x5DEE_CE66)
}

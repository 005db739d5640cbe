//! A server that keeps calendars: it remembers every change, so that it can say what changed since. `google.rs` and
//! `microsoft.rs` speak of it in their own words; faults are queued, one a request.

pub(crate) mod event;
mod google;
mod microsoft;
mod serve;
mod state;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

pub(crate) use event::Event;
pub(crate) use state::{Calendar, State};

use crate::evil::{Evil, PATIENCE, Shared};
use crate::scene::Mirrored;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    Google,
    Microsoft,
}

impl Dialect {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Dialect::Google => "google",
            Dialect::Microsoft => "microsoft",
        }
    }
}

/// What happens to one request in place of its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// None: this one is answered.
    Fine,
    Status(u16),
    /// Not so fast, with `Retry-After`.
    Limited(u64),
    /// 403 with a code.
    Forbidden(&'static str),
    /// The connection is closed in the middle of the answer.
    Cut,
    /// It is closed at once.
    Drop,
    /// The token is refused, from now on.
    Unauthorized,
    /// The cursor has expired, or whatever was asked.
    Gone,
    /// This body.
    Says(String),
    /// The next page is said to be there.
    NextAt(String),
    /// The next pass is said to begin there.
    CursorAt(String),
    /// The page itself is named as the next one.
    Loop,
    /// The last page names no place to go on from.
    NoCursor,
    /// Entries come twice.
    Twice,
    /// Entries come backwards.
    Backwards,
    /// A page without entries before the real ones.
    Empty,
    /// A moment before the answer.
    Late(Duration),
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

pub(crate) struct Server {
    pub(crate) base: String,
    inner: Arc<Inner>,
    address: SocketAddr,
}

pub(crate) struct Inner {
    state: Mutex<State>,
    /// Who knows which tokens are good.
    evil: Arc<Shared>,
    stop: AtomicBool,
    dialect: Dialect,
    base: String,
}

impl Server {
    pub(crate) fn start(dialect: Dialect, evil: &Evil) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let base = format!("http://{address}");
        let state = Mutex::new(State::default());
        let inner =
            Inner { state, evil: evil.shared(), stop: AtomicBool::new(false), dialect, base: base.clone() };
        let inner = Arc::new(inner);
        serve::listen(listener, Arc::clone(&inner));
        let server = Server { base, inner, address };
        server.state().calendars.insert("primary".into(), Calendar::new("Main"));
        server
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.inner.lock()
    }

    /// The next requests for events meet these, one each.
    pub(crate) fn queue(&self, faults: &[Fault]) {
        self.state().faults.extend(faults.iter().cloned());
    }

    /// Every request for events meets this, until there is another.
    pub(crate) fn always(&self, fault: Fault) {
        self.state().always = fault;
    }

    pub(crate) fn put(&self, calendar: &str, event: Event) {
        self.state().calendar(calendar).put(event);
    }

    pub(crate) fn delete(&self, calendar: &str, id: &str) {
        self.state().calendar(calendar).delete(id);
    }

    /// Every cursor given so far is forgotten.
    pub(crate) fn expire(&self) {
        for calendar in self.state().calendars.values_mut() {
            calendar.expire();
        }
    }

    /// Requests for events and lists of calendars since the last `forget`.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.state().asked.clone()
    }

    /// Of those, the ones for events.
    pub(crate) fn pages(&self) -> Vec<Asked> {
        let is_list =
            |asked: &Asked| asked.path.ends_with("calendarList") || asked.path.ends_with("me/calendars");
        self.asked().into_iter().filter(|asked| !is_list(asked)).collect()
    }

    pub(crate) fn forget(&self) {
        self.state().asked.clear();
    }

    /// Returns once a request has come that is not answered yet.
    #[track_caller]
    pub(crate) fn is_asked(&self) {
        let since = Instant::now();
        while self.state().at_once == 0 {
            assert!(since.elapsed() < PATIENCE, "no request came");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// What a mirror of the usual window must hold.
    pub(crate) fn truth(&self, calendar: &str) -> BTreeMap<String, Mirrored> {
        let mut state = self.state();
        let window = state.calendar(calendar).window;
        let events = state.calendar(calendar).events.values();
        let seen = events.filter(|event| window.is_none_or(|window| event.is_in(window)));
        seen.map(|event| (event.id.clone(), event.mirrored(self.inner.dialect))).collect()
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.inner.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

//! A provider that lives on this machine, so that the demo and the tests run the real code.
//!
//! An authorization server as strict as the best real ones, two people who can sign in, and a small API. It listens
//! on 127.0.0.1 only, keeps everything in memory and forgets it when it stops.
//!
//! A dialect (calendars, tasks, ...) is one more file here: its `ROUTES`, named once in `router.rs`.

mod answer;
mod api;
mod authorize;
mod bearer;
mod calendars;
mod choice;
mod clients;
mod codes;
mod consent;
mod control;
mod device;
mod devices;
mod discovery;
mod grants;
mod home;
mod id_token;
mod log;
mod me;
mod page;
mod people;
mod provider_file;
mod random;
mod register;
mod request;
mod revoke;
mod route;
mod router;
mod scopes;
mod server;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod trouble;

use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;

use state::State;

pub(crate) struct Settings {
    /// None: the system picks a free one.
    pub(crate) port: Option<u16>,
    pub(crate) access_ttl: Duration,
    /// Visiting the authorization URL consents at once, as Alice or as the person in `login_hint`.
    pub(crate) auto_consent: bool,
}

pub(crate) struct Sandbox {
    url: String,
    state: Arc<Mutex<State>>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Sandbox {
    /// Returns when the port answers.
    pub(crate) fn start(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port.unwrap_or(0)))?;
        let url = format!("http://{}", listener.local_addr()?);
        let state = Arc::new(Mutex::new(State::new(url.clone(), &settings)));
        let (stop, stopped) = watch::channel(false);
        let thread = server::spawn(listener, Arc::clone(&state), stopped)?;
        Ok(Self { url, state, stop, thread: Some(thread) })
    }

    /// `http://127.0.0.1:PORT`; also the issuer.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// What `providers/sandbox.toml` must say for `integ connect sandbox` to come here.
    pub(crate) fn provider_file(&self) -> String {
        provider_file::text(&self.url)
    }

    /// The person removed the app in the provider's settings: every token of theirs dies.
    pub(crate) fn forget(&self, account: &str) {
        self.state().grants.forget(account);
    }

    /// Every access token handed out so far stops working; refresh tokens stay good.
    #[cfg(test)]
    pub(crate) fn expire(&self) {
        self.state().grants.expire();
    }

    /// Of the access tokens handed out from now on.
    pub(crate) fn set_access_ttl(&self, ttl: Duration) {
        self.state().access_ttl = ttl;
    }

    /// The next `n` token requests are refused before anything is looked at or spent.
    pub(crate) fn fail_next(&self, n: u32, status: u16, retry_after: Option<u32>) {
        self.state().trouble.fail_next(n, status, retry_after);
    }

    /// Requests under way are answered, then the thread ends.
    #[cfg(test)]
    pub(crate) fn stop(self) {}

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            // A panic of that thread has already been reported by the panic hook.
            let _ = thread.join();
        }
    }
}

//! One request, one answer.

use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use url::Url;

use super::error::{causes, translate};
use super::message::{Answer, Request, USER};
use super::pace::Pace;
use super::retry::time_there;
use super::sketch::{Sketch, Sketches};
use super::{HttpError, Limits, host};

/// Built on first use: reading the system's roots costs more than everything else a command does.
pub(crate) struct Client {
    limits: Limits,
    sent: Cell<u64>,
    /// How far our clock was ahead of the one that dated the last answer (seconds).
    skew: Cell<Option<i64>>,
    pace: Pace,
    /// `--dry-run`: every request ends here.
    dry: Option<Sketches>,
    /// For this machine over plain http: no roots, no proxy.
    plain: OnceCell<reqwest::Client>,
    direct: OnceCell<reqwest::Client>,
    routed: OnceCell<reqwest::Client>,
}

impl Client {
    pub(crate) fn new(limits: Limits) -> Client {
        Client {
            dry: None,
            limits,
            sent: Cell::new(0),
            skew: Cell::new(None),
            pace: Pace::default(),
            plain: OnceCell::new(),
            direct: OnceCell::new(),
            routed: OnceCell::new(),
        }
    }

    /// With somewhere to note requests it sends nothing.
    pub(crate) fn noting(self, dry: Option<Sketches>) -> Client {
        Client { dry, ..self }
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Requests so far, for the history.
    pub(crate) fn count(&self) -> u64 {
        self.sent.get()
    }

    /// What the last answer's `Date` says about our clock: how far it is ahead (seconds).
    pub(crate) fn clock_skew(&self) -> Option<i64> {
        self.skew.get()
    }

    /// Waits for the next turn to ask `whom`, who wants so much time between two requests.
    pub(crate) async fn turn(&self, whom: &str, gap: Duration) {
        if self.dry.is_none() {
            self.pace.turn(whom, gap).await;
        }
    }

    /// `whom` asked us to wait: nobody with this client asks before.
    pub(crate) fn hold(&self, whom: &str, pause: Duration) {
        self.pace.hold(whom, Instant::now() + pause);
    }

    /// Sends a request once and reads the whole answer within `patience`. Redirects are answers, not followed.
    pub(crate) async fn send(&self, request: Request, patience: Duration) -> Result<Answer, HttpError> {
        host::safe(&request.url)
            .map_err(|why| HttpError::Address { url: without_query(&request.url), why: why.to_owned() })?;
        if let Some(sketches) = &self.dry {
            sketches.borrow_mut().push(Sketch::of(&request));
            return Err(HttpError::Dry);
        }
        let Request { method, url, headers, body, has_secret_path, .. } = request;
        let name = url.host_str().unwrap_or("?").to_owned();
        let started = Instant::now();
        self.sent.set(self.sent.get() + 1);
        let client = self.client_for(&url)?;
        let building = client.request(method.clone(), url.clone()).headers(headers).body(body);
        let outcome = tokio::time::timeout(patience, self.exchange(building, &name)).await;
        let answer = outcome.unwrap_or(Err(HttpError::TimedOut { host: name.clone(), sent: true }));
        self.skew.set(answer.as_ref().ok().and_then(skew));
        let shown_path = if has_secret_path { "/***" } else { url.path() };
        let outcome = answer.as_ref().map(|answer| answer.status.as_u16()).map_err(|error| error as _);
        crate::log::request(&method, &url, shown_path, started.elapsed(), outcome);
        answer
    }

    async fn exchange(&self, request: reqwest::RequestBuilder, name: &str) -> Result<Answer, HttpError> {
        let mut response = request.send().await.map_err(|error| translate(&error, name))?;
        let (status, headers) = (response.status(), response.headers().clone());
        // A promise of more is believed as it comes true.
        let promised = response.content_length().and_then(|length| usize::try_from(length).ok()).unwrap_or(0);
        let mut body = Vec::with_capacity(promised.min(self.limits.body).min(8 << 20));
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if body.len() + chunk.len() > self.limits.body => {
                    return Err(HttpError::TooLarge { host: name.to_owned(), limit: self.limits.body });
                }
                Ok(Some(chunk)) => body.extend_from_slice(&chunk),
                Ok(None) => return Ok(Answer { status, headers, body }),
                Err(_) => return Err(HttpError::Broken { host: name.to_owned() }),
            }
        }
    }

    /// Whether the roots that certificates are checked against can be read; nothing is sent.
    pub(crate) fn check_roots(&self) -> Result<(), HttpError> {
        let url =
            Url::parse("https://roots.invalid/").map_err(|error| HttpError::Setup(error.to_string()))?;
        self.client_for(&url).map(drop)
    }

    /// What is on this machine is never asked through a proxy, and needs no roots while it is plain http.
    fn client_for(&self, url: &Url) -> Result<&reqwest::Client, HttpError> {
        let plain_loopback = host::is_loopback(url) && url.scheme() == "http";
        let cell = match (plain_loopback, host::is_loopback(url)) {
            (true, _) => &self.plain,
            (false, true) => &self.direct,
            (false, false) => &self.routed,
        };
        if let Some(client) = cell.get() {
            return Ok(client);
        }
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut builder = reqwest::Client::builder()
            .user_agent(USER)
            .redirect(reqwest::redirect::Policy::none())
            .connect_timeout(self.limits.connect)
            .pool_max_idle_per_host(4);
        if host::is_loopback(url) {
            builder = builder.no_proxy();
        }
        if plain_loopback {
            builder = builder.tls_certs_only(Vec::<reqwest::Certificate>::new());
        }
        let client = builder.build().map_err(|error| HttpError::Setup(causes(&error)))?;
        Ok(cell.get_or_init(|| client))
    }
}

fn skew(answer: &Answer) -> Option<i64> {
    time_there(&answer.headers).map(|theirs| crate::clock::now().saturating_sub(theirs))
}

/// For messages: a query may hold a secret.
fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
